// Inside the detector: which of the feature's peaks are beats. All of a recording's peaks are judged
// together: the chosen ones are those whose heights, likeness to other beats and intervals together are the
// most credible.
#pragma once
#include <vector>

#include "analysis/ecg/feature.hpp"

namespace caukham::analysis::ecg::detail {

struct Candidate {
  std::size_t tick = 0;
  float value = 0;      // of the fused feature; 1: a typical QRS
  float threshold = 0;  // what a beat should reach here
  float match = -2;     // correlation with the recording's families; -2: not known (yet)
  float rr_s = 0;       // usual interval here; 0: not known
};

// Peaks of the feature, ascending, at least 0.16 s apart (the higher one stays).
std::vector<Candidate> candidates(const Fused& fused, const Clock& clock);

// Indices of the chosen, ascending. Where the signal is not readable only a regular row of peaks counts: wide
// complexes at 200 a minute leave no floor between them, and noise has no rhythm.
std::vector<std::size_t> choose(const std::vector<Candidate>& all, const Fused& fused, const Clock& clock);

}  // namespace caukham::analysis::ecg::detail
