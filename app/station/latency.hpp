// A bounded histogram of latencies for the report: percentiles without keeping every value.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>

namespace caukham::station {

class Latency {
 public:
  // Negative values (a clock estimate ahead of the truth) count as 0. [any thread]
  void add_ns(std::int64_t latency_ns) {
    const auto ms = latency_ns <= 0 ? 0 : latency_ns / 1'000'000;
    const std::scoped_lock lock(mutex_);
    ++bins_[static_cast<std::size_t>(ms < static_cast<std::int64_t>(bins_.size()) ? ms : static_cast<std::int64_t>(bins_.size()) - 1)];
    ++count_;
  }
  std::uint64_t count() const {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  // In ms, upper edge of the bin, 1 ms resolution, 10 s at most; -1 without values. `share` 0..1. [any thread]
  double percentile_ms(double share) const {
    const std::scoped_lock lock(mutex_);
    std::uint64_t seen = 0;
    for (std::size_t ms = 0; count_ && ms < bins_.size(); ++ms) {
      seen += bins_[ms];
      if (static_cast<double>(seen) >= share * static_cast<double>(count_)) return static_cast<double>(ms + 1);
    }
    return -1;
  }

 private:
  mutable std::mutex mutex_;
  std::array<std::uint32_t, 10000> bins_{};
  std::uint64_t count_ = 0;
};

}  // namespace caukham::station
