// The last transfers of a port, for the log and the crash report. Off unless the host was started with
// --trace.
#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "caukham/abi.h"

namespace caukham::pluginhost {

// A ring of preformatted lines, written to stderr on request and, because writing them needs nothing but
// write(2), also from the signal handler of a crash. [any thread]
class Trace {
 public:
  static constexpr std::size_t lines = 64;
  static constexpr std::size_t line_bytes = 160;

  static void enable();  // also installs the handler of crashes
  static bool enabled() { return enabled_; }
  // "in 81 512: A0 01 ..", the first 32 bytes.
  static void note(std::string_view what, unsigned endpoint, ck_result result,
                   std::span<const std::uint8_t> data);
  static void dump();

 private:
  static inline std::atomic<bool> enabled_{false};
};

}  // namespace caukham::pluginhost
