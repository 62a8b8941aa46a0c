#include "core/clock.hpp"

#include <chrono>
#include <cstdio>

namespace caukham::core {
namespace {
namespace chr = std::chrono;

std::int64_t unix_minus_monotonic() {
  // Between two readings of the monotonic clock lies one of the calendar; the midpoint halves the error.
  const auto before = now_ns();
  const auto unix_now = chr::duration_cast<chr::nanoseconds>(chr::system_clock::now().time_since_epoch()).count();
  const auto after = now_ns();
  return unix_now - (before + (after - before) / 2);
}

const std::int64_t offset_ns = unix_minus_monotonic();  // once, at program start
}  // namespace

// steady_clock is CLOCK_MONOTONIC on Linux and QueryPerformanceCounter on Windows: both count since boot and are
// the same in every process, which is what lets a plugin host stamp its chunks itself.
std::int64_t now_ns() {
  return chr::duration_cast<chr::nanoseconds>(chr::steady_clock::now().time_since_epoch()).count();
}

std::int64_t to_unix_ns(std::int64_t monotonic_ns) { return monotonic_ns + offset_ns; }

std::string iso8601_utc(std::int64_t unix_ns) {
  // Calendar arithmetic of std::chrono, so that neither gmtime's shared buffer nor a time zone comes into it.
  const chr::sys_time<chr::milliseconds> instant{chr::floor<chr::milliseconds>(chr::nanoseconds(unix_ns))};
  const auto day = chr::floor<chr::days>(instant);
  const chr::year_month_day date{day};
  const chr::hh_mm_ss time{instant - day};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return text;
}

}  // namespace caukham::core
