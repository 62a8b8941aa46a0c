// One beat for all: the beats of the commonest shape laid over each other and, sample by sample, their
// median. Noise that is not tied to the heart falls with the square root of their number.
//
// Each beat is cut out, its baseline taken off as the cubic through the levels 90 ms before four successive R
// peaks (the PR segments; after Meyer and Keiser, Comput Biomed Res 1977;10:459), its mains taken off as the
// sinusoid that fits best outside the QRS, and shifted to where its cross-correlation with the others (all
// leads at once) is largest. Left out: ventricular beats, premature beats and those before them, beats with
// holes, beats that do not look like the rest.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

struct MedianOptions {
  double before_s = 0.40, after_s = 0.80;  // of the R peak, at most; less when the heart is fast
  std::size_t max_beats = 96;              // spread evenly over the recording
  double mains_hz = 0;                     // 50 or 60: taken off each beat; 0: not
  bool of_slopes = false;                  // the beats' slopes in place of the beats: slow waves count little
};

struct MedianLead {
  std::string lead;
  std::vector<float> uv;       // empty: no median for this lead (missing, too few beats)
  std::size_t beats = 0;       // that went into it
  double single_noise_uv = 0;  // of one beat: standard deviation (robust) of beats about their median
  double noise_uv = 0;         // of the median: single_noise sqrt(pi / (2 beats)) (efficiency of the median)
  double slow_noise_uv =
      0;  // the same of means over 24 ms: what is left for P and T (f waves, wander, breathing)
};

struct MedianBeat {
  double fs_hz = 0;
  std::size_t r_at = 0;              // index of the R peak in every lead's samples
  std::vector<MedianLead> leads;     // one a channel, in the recording's order
  std::size_t beats = 0;             // used
  std::size_t of = 0;                // all that were found
  BeatType type = BeatType::normal;  // shape of those used
  double likeness = 0;               // 0 … 1: median correlation of a beat with the median of the others
  double rr_s = 0;                   // median interval of the recording; 0: fewer than two beats
  Sentence reason;                   // why there is none; empty when there is

  std::size_t samples() const;  // of the longest lead
  bool empty() const { return beats == 0; }
};

// `usable`: a flag a channel, those that take part in alignment and in choosing beats; others get a median
// nevertheless. At least three beats are needed. Deterministic; throws nothing for a recording that analyze()
// accepts.
MedianBeat median_beat(const Recording& recording, std::span<const Beat> beats,
                       const std::vector<bool>& usable, const MedianOptions& options = {});

// Median of the intervals between successive beats, s; 0 for fewer than two beats.
double median_rr_s(std::span<const Beat> beats, double fs_hz);

}  // namespace caukham::analysis::ecg
