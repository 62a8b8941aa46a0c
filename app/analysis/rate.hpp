// Live heart rate of the eight measured leads, for the screen: ecg/live.hpp with the electrodes' mask. Made
// to be robust and quick, not to diagnose.
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "analysis/ecg/live.hpp"
#include "analysis/leads.hpp"

namespace caukham::analysis {

class HeartRate {
 public:
  explicit HeartRate(double rate_hz)
      : beats_(rate_hz, measured_count) {}  // 100 … 4000 Hz; else throws invalid_argument

  // One sample of the eight measured leads in µV; invalid_mask as invalid_leads(). Returns as
  // LiveDetector::push().
  std::optional<std::uint64_t> push(std::span<const float, measured_count> uv,
                                    std::uint32_t invalid_mask = 0) {
    return beats_.push(
        uv, (invalid_mask & 3u) | (invalid_mask >> 4 & 0xFCu));  // I, II, then V1 … V6 of the twelve
  }
  void gap(std::uint64_t samples) { beats_.gap(samples); }
  double bpm() const { return beats_.bpm(); }  // 0: not known

 private:
  ecg::LiveDetector beats_;
};

}  // namespace caukham::analysis
