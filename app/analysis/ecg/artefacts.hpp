// Inside the detector: parts of a lead that are no ECG, whatever they look like.
#pragma once
#include <span>

#include "analysis/ecg/feature.hpp"

namespace caukham::analysis::ecg::detail {

inline constexpr float most_uv = 1e7f;  // 10 V is no ECG: what a broken file or an overflow gives

// Runs of at least `run` samples at the channel's rail, by tick (`factor` samples each).
void mark_rails(std::span<const float> uv, std::size_t run, std::vector<std::uint8_t>& bad, unsigned factor);
// Each bad run `by` ticks longer at both ends.
void widen(std::vector<std::uint8_t>& bad, std::size_t by);
// Jumps of the baseline, 0.1 s on each side. Reads smooth and feature, writes bad.
void mark_steps(Lead& lead, const Clock& clock);

}  // namespace caukham::analysis::ecg::detail
