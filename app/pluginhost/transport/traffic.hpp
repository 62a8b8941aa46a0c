// A device's traffic as a transcript (devices/transcript/model.hpp), written down while the plugin talks to it: what the
// application asked for with --record. Everything between one write, control request or opening and the next becomes
// what that one is answered with, at its time. Text of any length leaves through a channel, since the sandbox writes
// no files.
#pragma once
#include <atomic>
#include <cstdint>
#include <span>

#include "ipc/channel.hpp"
#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {

// One a process, as it has one device. [any thread]
class Traffic {
 public:
  static void record_into(ipc::Channel to);
  static bool recorded() { return on_; }

  static void opened(const ck_endpoint& endpoint);
  static void line_set(const ck_serial_line& line);
  static void came(std::uint8_t endpoint, ck_result result, const void* data);

  // Around one write or control request: what comes meanwhile is its answer, and belongs behind it.
  class Asking {
   public:
    Asking();
    ~Asking();
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    void wrote(std::uint8_t endpoint, std::span<const std::uint8_t> data, ck_result result) const;
    void asked(const Setup& setup, ck_result result, const void* data) const;

   private:
    std::int64_t began_ns_ = 0;
  };

 private:
  static inline std::atomic<bool> on_{false};
};

}  // namespace caukham::pluginhost
