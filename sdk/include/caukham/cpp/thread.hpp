// What a reading thread needs: StreamThread and Silence.
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

// Tells the bedside, once, when a device that should be sending has been silent for two seconds.
class Silence {
 public:
  // A sentence that says what to do; lives as long as the program.
  explicit Silence(const char* sentence) : sentence_(sentence) {}
  // Something good came, or acquisition begins. [stream]
  void heard(const Host& host) {
    since_ns_ = host.now_ns();
    told_ = false;
  }
  // At least every second. [stream]
  void look(const Host& host) {
    if (told_ || host.now_ns() - since_ns_ < 2'000'000'000) return;
    told_ = true;
    host.say(CK_EVENT_WARNING, sentence_);
  }

 private:
  const char* sentence_;
  std::int64_t since_ns_ = 0;
  bool told_ = false;
};

}  // namespace caukham::sdk
