// Inside the detector: which of the feature's peaks are beats. All of a recording's peaks are judged
// together: the chosen ones are those whose heights, likeness to other beats and intervals together are the
// most credible.
#pragma once
#include <vector>

#include "analysis/ecg/feature.hpp"
#include "analysis/ecg/followers.hpp"

namespace caukham::analysis::ecg::detail {

struct Candidate {
  std::size_t tick = 0;
  float value = 0;      // of the fused feature; 1: a typical QRS
  float threshold = 0;  // what a beat should reach here
  float steep = 0;      // steepest slope, leads weighted as in value; to compare candidates by
  float first = 2, second = 2;  // the feature in the best two of the leads that can be trusted; 1: a typical QRS there
  int family = -1;      // of Shapes, where match is known
  float match = -2;     // correlation with the recording's families; -2: not known (yet)
  float rr_s = 0;       // usual interval here; 0: not known
  float lower = 0;      // by how much the threshold lies lower here, because its family is known to be a low one
  bool like_p = false;  // it looks like the P waves of the beats around
  bool like_t = false;  // of a family that is another one's T wave
  bool common = false;  // of one of the families that most beats are of
  bool stands_alone = false;  // of a common family that is no P or T wave of another one's
};

// Peaks of the feature, ascending, at least 0.16 s apart (the higher and steeper one stays).
std::vector<Candidate> candidates(const Fused& fused, const std::vector<Lead>& leads, const Clock& clock);

// Indices of the chosen, ascending. Where the signal is not readable only a regular row of peaks counts: wide
// complexes at 200 a minute leave no floor between them, and noise has no rhythm. `usual`: what follows the beats of
// each family, once beats are known; else null.
std::vector<std::size_t> choose(const std::vector<Candidate>& all, const Fused& fused, const Clock& clock,
                                const Followers* usual = nullptr);

}  // namespace caukham::analysis::ecg::detail
