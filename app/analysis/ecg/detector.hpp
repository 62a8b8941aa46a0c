// Where the beats are, offline: the whole recording at once, looking both ways. As the samples come:
// live.hpp.
//
// The ideas are known ones, the code and the way they are put together ours; detector.cpp names what comes
// from where.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::analysis::ecg {

struct DetectOptions {
  bool classify = true;  // N/V/Q by rhythm.hpp; else all beats are Q
};

struct Detection {
  std::vector<Beat> beats;  // ascending; sample at the R peak of the first channel that shows one, at the recording's rate
  std::vector<float> lead_weight;  // a channel: mean part it had in the decisions, 0 … 1, sum 1 (or all 0)
  double unusable_part = 0;          // part of the recording, 0 … 1, in which no lead could be read
  std::string reason;                // in words why there are no beats; empty when there are
};

// 1 … 64 channels at 100 … 4000 Hz, NaN where missing. Channels that are flat, at the rail, or noise only are
// left out for as long as they are so. Never throws for bad signals; a recording that cannot be read at all
// (no samples, rate outside the range, channels of unequal length) has no beats and a reason. Beats nearer
// than 0.2 s to each other are not told apart (Pan and Tompkins, IEEE TBME 1985;32:230); wide complexes
// faster than some 210 a minute, that leave no pause between them, are not found. One hour of 12 leads at 1
// kHz takes some 100 MB while it runs.
Detection detect(const Recording& recording, const DetectOptions& options = {});
std::vector<Beat> detect_beats(const Recording& recording, const DetectOptions& options = {});

}  // namespace caukham::analysis::ecg
