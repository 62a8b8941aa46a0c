// What happened during a blow besides blowing: cough, closed glottis, the end. Heuristics of ours, since the
// standard leaves the finding to the eye; every threshold is named and was tried on the 24 ATS curves. Pure.
#pragma once
#include <optional>
#include <span>

#include "analysis/spirometry/numbers.hpp"

namespace caukham::analysis::spirometry {

inline constexpr double plateau_l = 0.025;  // in the last second, and no more: end of forced expiration (ATS/ERS 2019)

struct BlowEvents {
  std::optional<double> cough_s;        // in the first second, from time zero
  std::optional<double> closure_s;      // flow falls to nothing at once; from time zero, first one
  double end_s = 0;  // end of the expiration from the blow's first sample: where it closed or stopped when no air
                     // followed, else the end of the data
  double end_volume_l = 0;              // volume breathed out in the second before that end (EOTV)
  bool endless_flow = false;  // the flow stopped falling while it still flowed: a zero that is not zero
  double first_flow_lps = 0;            // mean of the first 20 ms
  double last_flow_lps = 0;             // mean of the last 50 ms of the data
  double clipped_s = 0;                 // how long the flow stayed at its very largest value; 0: not clipped
};

// How long `flow` stays at its largest value as only a converter at its rail does: three samples and more that are the same,
// in and out of which it goes steeply; a rounded peak bends. 0: it does not. For the other rail give it negated.
double clipped_s(std::span<const float> flow_lps, double rate_hz);

BlowEvents events_of(std::span<const float> flow_lps, double rate_hz, const BlowNumbers& numbers);

}  // namespace caukham::analysis::spirometry
