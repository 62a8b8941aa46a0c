// The same ECG through liblsl, sender and receiver in this process over its own sockets, as its users have it.
#pragma once
#include <lsl_cpp.h>

#include <algorithm>
#include <atomic>

#include "load.hpp"

namespace bench {

struct LslFigures {
  double per_s = 0, p50_us = 0, p99_us = 0;
};

// The stamp travels as LSL's own time stamp, which is this machine's monotonic clock (lsl::local_clock) in seconds.
inline LslFigures through_lsl(const Load& load, bool full, double seconds) {
  lsl::stream_info info("caukham-bench", "ECG", static_cast<int>(load.channels), 1000, lsl::cf_int32, "caukham-bench-border");
  lsl::stream_outlet outlet(info, static_cast<int>(load.count));
  const auto found = lsl::resolve_stream("source_id", "caukham-bench-border", 1, 5.0);
  if (found.empty()) return {};
  lsl::stream_inlet inlet(found[0], 360, static_cast<int>(load.count));
  inlet.open_stream(5.0);
  std::atomic<bool> stop{false};
  std::thread source([&] {
    const std::vector<std::int32_t> data(load.bytes / 4, 1);
    produce(load, full, [&] { return stop.load(); }, [&](std::int64_t) {
      outlet.push_chunk_multiplexed(data, lsl::local_clock());
      return true;
    });
  });
  std::vector<double> us;
  std::vector<std::int32_t> values(load.bytes / 4);
  std::vector<double> stamps(load.count);
  const auto end_ns = now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  while (now_ns() < end_ns)
    if (inlet.pull_chunk_multiplexed(values.data(), stamps.data(), values.size(), stamps.size(), 0.1) == values.size())
      us.push_back((lsl::local_clock() - stamps.back()) * 1e6);
  stop = true;
  source.join();
  if (us.empty()) return {};
  std::sort(us.begin(), us.end());
  return {static_cast<double>(us.size()) / seconds, us[us.size() / 2], us[us.size() * 99 / 100]};
}

}  // namespace bench
