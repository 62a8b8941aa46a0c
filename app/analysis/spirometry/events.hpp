// What happened during a blow besides blowing: cough, closed glottis, the end. Heuristics of ours, since the
// standard leaves the finding to the eye; every threshold is named and was tried on the 24 ATS curves. Pure.
#pragma once
#include <optional>
#include <span>

#include "analysis/spirometry/numbers.hpp"

namespace caukham::analysis::spirometry {

struct BlowEvents {
  std::optional<double> cough_s;        // in the first second, from time zero
  std::optional<double> closure_s;      // flow falls to nothing at once; from time zero, first one
  double end_s = 0;  // end of the expiration from the blow's first sample: the closure when no air
                     // followed it, else the end of the data
  double end_volume_l = 0;              // volume breathed out in the second before that end (EOTV)
  bool endless_flow = false;  // the flow stopped falling while it still flowed: a zero that is not zero
  double last_flow_lps = 0;             // mean of the last 50 ms of the data
};

BlowEvents events_of(std::span<const float> flow_lps, double rate_hz, const BlowNumbers& numbers);

}  // namespace caukham::analysis::spirometry
