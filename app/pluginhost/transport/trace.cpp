#include "pluginhost/transport/trace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "ipc/crash.hpp"
#include "ipc/flight.hpp"
#include "pluginhost/own_process.hpp"

namespace caukham::pluginhost {
namespace {

using Lines = ipc::FlightLines;
Lines own{};
Lines* ring = &own;
std::size_t shown_bytes = 4;

}  // namespace

void Trace::record_into(ipc::Mapping flight) {
  static ipc::Mapping kept;  // for as long as the process: a crash may come late
  kept = std::move(flight);
  ring = reinterpret_cast<Lines*>(kept.data());
  enabled_ = true;
}

void Trace::enable() {
  enabled_ = true;
  shown_bytes = 32;
  ipc::before_crash([] { dump(); });
}

void Trace::note(std::string_view what, unsigned endpoint, ck_result result,
                 std::span<const std::uint8_t> data) {
  if (!enabled_) return;
  auto& line = ring->line[ring->next.fetch_add(1) % Lines::lines];
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                      std::chrono::steady_clock::now().time_since_epoch()).count();
  int n =
      std::snprintf(line.data(), line.size(), "transport %lld us %.*s %02x %d:", static_cast<long long>(us),
                    static_cast<int>(what.size()), what.data(), endpoint, result);
  for (std::size_t i = 0;
       i < std::min<std::size_t>(data.size(), shown_bytes) && n > 0 && n + 4 < static_cast<int>(line.size()); ++i)
    n += std::snprintf(line.data() + n, line.size() - static_cast<std::size_t>(n), " %02x", data[i]);
}

void Trace::dump() {
  if (shown_bytes < 32) return;  // not asked for
  const std::uint32_t end = ring->next;
  for (std::uint32_t i = end > Lines::lines ? end - Lines::lines : 0; i < end; ++i) {
    const auto& line = ring->line[i % Lines::lines];
    const auto length = static_cast<std::size_t>(std::find(line.begin(), line.end(), '\0') - line.begin());
    write_stderr({line.data(), length});
    write_stderr("\n");
  }
}

}  // namespace caukham::pluginhost
