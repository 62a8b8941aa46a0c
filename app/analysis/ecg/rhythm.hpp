// What the beats' order in time says: rate, regularity, and which beats are of ventricular shape.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::analysis::ecg {

enum class Regularity { cannot_tell, regular, irregular, irregularly_irregular };

struct Rhythm {
  std::size_t beats = 0, ventricular = 0, intervals = 0;  // intervals: those that count (not over a gap)
  // All 0 when intervals < 2.
  double mean_bpm = 0, median_bpm = 0, min_bpm = 0, max_bpm = 0;
  double mean_rr_ms = 0, longest_rr_ms = 0, sdnn_ms = 0, rmssd_ms = 0;
  double rmssd_part = 0;     // of intervals between normal beats: RMSSD over mean RR
  double median_change = 0;  // median of |RR(i+1) - RR(i)| over the mean of the two, of the same intervals
  Regularity regularity = Regularity::cannot_tell;
  std::string reason;  // why it cannot be told; else empty
};

// Beats ascending, fs as in the recording. Intervals that span more than 0.1 s of missing samples in every
// channel do not count: give their limits (first, one past the last sample) in `gaps`, ascending.
struct Gap {
  std::uint64_t from = 0, to = 0;
};
Rhythm rhythm(std::span<const Beat> beats, double fs_hz, std::span<const Gap> gaps = {});

// Gaps: where every channel is missing for longer than 0.1 s.
std::vector<Gap> gaps(const Recording& recording);

// "regular": nine of ten intervals within 10 % of their median. "irregularly irregular": the interval changes
// by 8 % and more from each beat to the next, and to the second … eighth after it, so that no pattern repeats
// (as a bigeminus or breathing would). "irregular": the rest. "cannot tell": fewer than 8 intervals between
// normal beats. The numbers are ours; RMSSD over mean RR above 0.115 as a mark of fibrillation: McManus et
// al., Heart Rhythm 2013;10:315.
const char* text(Regularity regularity);

}  // namespace caukham::analysis::ecg
