// The flight recorder: the last transfers between a plugin and its device, in memory that the application shares with
// the plugin host, so that they can be read however the host ended. The host writes, the application reads; the plugin
// may scribble over it, so that nothing in it is believed.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "ipc/messages.hpp"

namespace caukham::ipc {

struct FlightLines {
  static constexpr std::size_t lines = 64, line_bytes = 160;
  std::atomic<std::uint32_t> next;  // counts for ever; line next % lines is the oldest
  std::uint32_t reserved[15];
  std::array<std::array<char, line_bytes>, lines> line;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// Oldest first, cleaned for a log.
inline std::vector<std::string> read_flight(const FlightLines& flight) {
  std::vector<std::string> out;
  const std::uint32_t end = flight.next;
  for (std::uint32_t i = 0; i < FlightLines::lines; ++i) {
    const auto copy = flight.line[(end + i) % FlightLines::lines];
    auto text = clean_text(std::string_view(copy.data(), copy.size()));
    if (!text.empty()) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace caukham::ipc
