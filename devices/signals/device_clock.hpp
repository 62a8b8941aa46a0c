// Fits a device's clock to the host's by the minimum-delay filter: what arrives can be late (USB frames, schedulers)
// but never early, so the least (arrival - device time) of a stretch is the truest. Minima of one-second buckets
// over the last half minute give the offset and, once long enough, the drift between the crystals.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace caukham::devices {

class DeviceClock {
 public:
  // Forgets everything: after a restart of the device or a jump of its clock.
  void reset() { *this = DeviceClock(); }

  // device_ns: the device's own time of the newest sample in what arrived; host_ns: when it arrived.
  // Both non-decreasing within one reset.
  void observe(std::int64_t device_ns, std::int64_t host_ns) {
    const std::int64_t offset = host_ns - device_ns;
    if (buckets_.empty() || device_ns - buckets_.back().start_ns >= bucket_ns) {
      buckets_.push_back({device_ns, device_ns, offset});
      if (buckets_.size() > max_buckets) buckets_.pop_front();
    } else if (offset < buckets_.back().offset_ns) {
      buckets_.back().at_ns = device_ns;
      buckets_.back().offset_ns = offset;
    }
  }

  bool known() const { return !buckets_.empty(); }

  // Host time at which the sample with this device time was sensed. Never runs backwards for rising device_ns: a
  // better estimate is approached by at most 1 % of the time that passed.
  std::int64_t host_ns(std::int64_t device_ns) {
    const auto target = estimate(device_ns);
    if (!applied_) {
      applied_ = true;
      applied_offset_ns_ = target;
    } else {
      const std::int64_t room = std::max<std::int64_t>(0, device_ns - applied_at_ns_) / 100;
      applied_offset_ns_ += std::clamp(target - applied_offset_ns_, -room, room);
    }
    applied_at_ns_ = std::max(applied_at_ns_, device_ns);
    error_ns_ = std::abs(target - applied_offset_ns_) + spread();
    return device_ns + applied_offset_ns_;
  }

  // How far the last host_ns() may be off, not counting the delay every transfer has (a millisecond on USB).
  std::int64_t error_ns() const { return error_ns_; }

 private:
  struct Bucket { std::int64_t start_ns, at_ns, offset_ns; };
  static constexpr std::int64_t bucket_ns = 1'000'000'000;
  static constexpr std::size_t max_buckets = 32;
  static constexpr double max_drift = 500e-6;  // five times what a poor crystal does

  static Bucket least(std::deque<Bucket>::const_iterator from, std::deque<Bucket>::const_iterator to) {
    return *std::min_element(from, to, [](const Bucket& a, const Bucket& b) { return a.offset_ns < b.offset_ns; });
  }

  // Slope between the best points of the older and the newer half; needs eight seconds to mean anything.
  double drift() const {
    if (buckets_.size() < 8) return 0;
    const auto middle = buckets_.begin() + static_cast<std::ptrdiff_t>(buckets_.size() / 2);
    const auto a = least(buckets_.begin(), middle), b = least(middle, buckets_.end());
    if (b.at_ns - a.at_ns < 2 * bucket_ns) return 0;
    const double slope = static_cast<double>(b.offset_ns - a.offset_ns) / static_cast<double>(b.at_ns - a.at_ns);
    return std::clamp(slope, -max_drift, max_drift);
  }

  std::int64_t estimate(std::int64_t device_ns) const {
    if (buckets_.empty()) return 0;
    const double slope = drift();
    std::int64_t best = INT64_MAX;
    const std::size_t recent = std::min<std::size_t>(buckets_.size(), 12);
    for (auto b = buckets_.end() - static_cast<std::ptrdiff_t>(recent); b != buckets_.end(); ++b)
      best = std::min(best, b->offset_ns + static_cast<std::int64_t>(slope * static_cast<double>(device_ns - b->at_ns)));
    return best;
  }

  // Half the disagreement of the buckets' minima, at least 0.5 ms (half a USB frame).
  std::int64_t spread() const {
    if (buckets_.size() < 3) return 5'000'000;
    std::int64_t low = INT64_MAX, high = INT64_MIN;
    const double slope = drift();
    for (std::size_t i = 0; i + 1 < buckets_.size(); ++i) {  // the newest has not seen its second yet
      const auto& b = buckets_[i];
      const auto v = b.offset_ns - static_cast<std::int64_t>(slope * static_cast<double>(b.at_ns));
      low = std::min(low, v);
      high = std::max(high, v);
    }
    return std::max<std::int64_t>(500'000, (high - low) / 2);
  }

  std::deque<Bucket> buckets_;
  bool applied_ = false;
  std::int64_t applied_offset_ns_ = 0, applied_at_ns_ = INT64_MIN / 2, error_ns_ = 0;
};

}  // namespace caukham::devices
