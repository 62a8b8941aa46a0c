// One beat of one lead, cut out of a recording with its baseline and its mains taken off: what
// median_beat.cpp lays over each other.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::analysis::ecg {

// Samples before and after the R peak, half the QRS, and how far a beat may be shifted.
struct Shape {
  std::size_t before, after, qrs, align;  // samples
  std::size_t length() const { return before + after + 1; }
};

// The R peaks whose PR segments carry the baseline of beat i: with all four a cubic, which follows breathing;
// at the recording's ends, and where an interval is four seconds or more, a line or a level (a cubic would
// swing).
std::vector<std::size_t> knots_of(std::span<const Beat> beats, std::size_t i, double fs);

// One lead of one beat, `align` samples longer at both ends; empty when a sample is missing. `knots`: R peaks
// of the beat before, of this one and of the two after it, as far as there are.
std::vector<float> cut(std::span<const float> uv, const Beat& beat, std::span<const std::size_t> knots,
                       const Shape& shape, double fs, double mains_hz);

}  // namespace caukham::analysis::ecg
