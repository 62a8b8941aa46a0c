// Can a lead be read, and if not, why: in numbers and in words. Looked at in blocks of one second, so that an
// hour costs little; what is spectral is looked at in at most 60 of them, spread evenly.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

// Limits; all ours unless said. A reason is given from `note_…` on, the lead is not usable from `bad_…` on.
struct QualityLimits {
  double flat_uv = 10;  // peak to peak in a second; an electrode that is off shows less (or the rail)
  double bad_flat_part = 0.5;
  double note_missing_part = 0.02, bad_missing_part = 0.5;
  double note_rail_part = 0.002,
         bad_rail_part = 0.05;   // of the samples, at a plateau of the largest or smallest value
  double note_wander_uv = 1000;  // range of the one-second means: 10 mm on paper
  double note_mains_uv = 50;     // amplitude; half a millimetre
  double bad_mains_part = 0.33;  // of the QRS's peak to peak
  double note_noise_uv = 30;     // standard deviation of what is fast and not QRS
  double bad_noise_part = 0.25;  // of the QRS's peak to peak
  double min_qrs_uv = 50;        // peak to peak of the median beat's QRS
  double max_qrs_uv = 30'000;    // beyond any heart's, some three times the largest: a wrong gain or unit
};

struct LeadQuality {
  std::string lead;
  bool usable = false;
  std::vector<Sentence> reasons;  // also for a usable lead: what is not good about it
  // What was measured. NaN: could not be (lead is flat, or too short).
  double missing_part = 0, flat_part = 0, rail_part = 0;  // 0 … 1 of the samples
  double wander_uv = 0;                                   // range (95 % - 5 %) of the one-second means
  double mains_hz = 0, mains_uv = 0;                      // 50 or 60, the stronger; amplitude
  double noise_uv = 0;                                    // median over blocks, without mains
  std::optional<double> qrs_uv;                           // set by judge()
};

// Signal facts of every channel, before any beat is known. Reasons and `usable` follow from those facts
// alone. Throws nothing; needs fs 100 … 4000 Hz and channels of equal length (analyze() has checked).
std::vector<LeadQuality> measure_quality(const Recording& recording, const QualityLimits& limits = {});

// Once the median beat is known: its QRS against the noise and the mains. `qrs_uv` peak to peak in this lead.
void judge(LeadQuality& quality, double qrs_uv, const QualityLimits& limits = {});

}  // namespace caukham::analysis::ecg
