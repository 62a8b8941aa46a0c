// The one monotonic clock of an examination. The same in every process of the station.
#pragma once
#include <cstdint>
#include <string>

namespace caukham::core {

// Monotonic nanoseconds; never steps, not related to the calendar. [any thread]
std::int64_t now_ns();

// Calendar time of a monotonic instant: ns since 1970-01-01 UTC, by the offset taken once at program start, so that
// times within an examination never step when the calendar is set. [any thread]
std::int64_t to_unix_ns(std::int64_t monotonic_ns);

// "2026-11-21T14:03:07.123Z". [any thread]
std::string iso8601_utc(std::int64_t unix_ns);

}  // namespace caukham::core
