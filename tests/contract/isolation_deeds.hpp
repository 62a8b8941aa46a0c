// What every hostile deed must come to.
#pragma once
#include <cstdio>

#include "isolation_bench.hpp"

namespace caukham::tests {

using core::PluginState;

#if defined(_WIN32)
inline constexpr const char* segfault_words = "end: was ended by exception 0xc0000005";
// Threads wait for each other by handles too: without any, the process may end before its host sees its channel go.
inline constexpr const char* no_handles_words = "end: ";
#else
#if defined(__SANITIZE_ADDRESS__)
inline constexpr const char* segfault_words = "end: ended with code";  // the sanitizer turns the signal into an exit of its own
#else
inline constexpr const char* segfault_words = "end: was killed by signal 11";
#endif
inline constexpr const char* no_handles_words = "closed its channel and went on";
#endif
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;
inline constexpr double slower = 3;
#else
inline constexpr bool sanitized = false;
inline constexpr double slower = 1;
#endif
inline constexpr double back_within_ms = 3000 * slower;

// The plugin does its deed, dies of it or is ended for it, and is back: within 3 s of its last sample, or, where the deed
// itself takes its time, of its end.
inline void dies_and_comes_back(Isolation& bench, const std::string& deed, const std::string& in_report,
                         const std::string& reason, bool at_once = true) {
  INFO(deed);
  bench.run(deed);
  REQUIRE(bench.await_state(2, DeviceState::restarting));
  const auto ended = core::now_ns();
  INFO(bench.last.problem);
  CHECK(bench.last.problem.size() > 20);
  REQUIRE(bench.await_state(2, DeviceState::live));
  const auto back_ms = static_cast<double>(core::now_ns() - ended) / 1e6;
  REQUIRE(bench.goes_on(2));
  REQUIRE(bench.goes_on(1));
  bench.require_every_sample();
  std::printf("%s: back %.0f ms after its end, %.0f ms without samples\n", deed.c_str(), back_ms,
              bench.longest_silence_ms());
  CHECK((at_once ? bench.longest_silence_ms() : back_ms) < back_within_ms);
  // The hole is a fact with a length, told before the first sample behind it.
  std::uint64_t lost = 0;
  for (const auto& item : bench.seen)
    if (const auto* gap = std::get_if<core::Gap>(&item)) {
      CHECK(gap->stream == bench.stream_of(2));
      CHECK(gap->reason == reason);  // its own, not another's
      lost += gap->length;
    }
  CHECK(lost > 0);
  const auto info = bench.info();
  CHECK(info.restarts == 1);
  CHECK(info.crashes == 1);
  CHECK(info.state == PluginState::running);
  const auto reports = bench.crash_reports();
  REQUIRE(reports.size() == 1);
  INFO(reports[0]);
  CHECK(reports[0].size() < 64 * 1024);
  for (const auto& part : {in_report, std::string("plugin: org.caukham.test.hostile 1 of Hostile Ltd"),
                           std::string("host: Caukham "), std::string("sandbox: ")})
    CHECK(reports[0].find(part) != std::string::npos);
}

inline void tries_in_vain(const std::string& deed, std::initializer_list<const char*> lines) {
  INFO(deed);
  Isolation bench;
  bench.run(deed);
  REQUIRE(bench.goes_on(2, 60));  // it goes on after its deed
  for (const char* line : lines) {
    INFO(line);
    CHECK(bench.await_line(line));
  }
  for (const auto& line : bench.info().log_tail) INFO(line);
  REQUIRE(bench.goes_on(1));
  bench.require_every_sample();
  CHECK(bench.info().restarts == 0);
}

}  // namespace caukham::tests
