// A [stream] thread that cannot take the process with it: an exception ends the thread, is logged with the plugin's
// name, and is told at the bedside.
#pragma once
#include <atomic>
#include <exception>
#include <string>
#include <thread>

#include "host.hpp"

namespace caukham::sdk {

class StreamThread {
 public:
  StreamThread() = default;
  StreamThread(const StreamThread&) = delete;
  StreamThread& operator=(const StreamThread&) = delete;
  ~StreamThread() { stop(); }

  // Runs body() until it returns; it looks at stopping() at least every 100 ms. [main & !running]
  template <class Body>
  void start(const Host& host, Body body) {
    stop();
    stopping_ = false;
    thread_ = std::thread([host, body]() mutable {
      std::string why = "something that is no std::exception";
      try {
        return body();
      } catch (const std::exception& e) {
        why = e.what();
      } catch (...) {
      }
      host.log(CK_LOG_PLUGIN_MISBEHAVING, "a [stream] thread threw: " + why);
      host.say(CK_EVENT_WARNING, "The device's driver has failed. Unplug the device and plug it in again.");
    });
  }
  bool stopping() const { return stopping_; }
  bool running() const { return thread_.joinable(); }
  // Says that it should end, without waiting: to be followed by what wakes it (Port::cancel), and stop(). [any]
  void ask_stop() { stopping_ = true; }
  // And waits. [main]
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
  std::atomic<bool> stopping_{false};
};

}  // namespace caukham::sdk
