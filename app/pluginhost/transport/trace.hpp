// The last transfers of a port, for the log and the crash report: into the application's flight recorder where there
// is one, and with --trace onto stderr as well.
#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "caukham/abi.h"
#include "ipc/pool.hpp"

namespace caukham::pluginhost {

// A ring of preformatted lines, written to stderr on request and, because writing them needs nothing but
// write(2), also from the signal handler of a crash. [any thread]
class Trace {
 public:
  // Traffic into the flight recorder, of each transfer the first 4 bytes: what a protocol calls it, no samples.
  static void record_into(ipc::Mapping flight);
  static void enable();  // with 32 bytes of each, dumped at the end and in a crash
  static bool enabled() { return enabled_; }
  // "in 81 512: A0 01 ..".
  static void note(std::string_view what, unsigned endpoint, ck_result result,
                   std::span<const std::uint8_t> data);
  static void dump();

 private:
  static inline std::atomic<bool> enabled_{false};
};

}  // namespace caukham::pluginhost
