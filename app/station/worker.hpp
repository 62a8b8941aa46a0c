// One thread that does one thing after another: the desk's acts. Its owner is never made to wait.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace caukham::station {

class Worker {
 public:
  // `tick` runs between tasks, about every `period`, and after each task.
  Worker(std::function<void()> tick, std::chrono::milliseconds period) : tick_(std::move(tick)), period_(period) {}
  ~Worker() { stop(); }
  void start() { thread_ = std::thread([this] { run(); }); }
  void post(std::function<void()> task) {  // [any thread]
    {
      const std::scoped_lock lock(mutex_);
      if (ended_) return;
      tasks_.push_back(std::move(task));
    }
    ready_.notify_one();
  }
  // Finishes what was posted and what that posts, then ends.
  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    ready_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_ || !tasks_.empty()) {
      if (tasks_.empty()) ready_.wait_for(lock, period_);
      if (!tasks_.empty()) {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
      }
      lock.unlock();
      tick_();
      lock.lock();
    }
    ended_ = true;
  }
  std::function<void()> tick_;
  std::chrono::milliseconds period_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false, ended_ = false;
  std::thread thread_;
};

}  // namespace caukham::station
