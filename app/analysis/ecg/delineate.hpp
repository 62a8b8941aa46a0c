// Where P, QRS and T begin and end on the median beat: in every lead, and once for all leads. The global
// limits are the earliest onset and the latest end in any lead, as the CSE Working Party recommends (Eur
// Heart J 1985;6:815) and the AHA/ACC/HRS paper of 2007 repeats; a lead that stands alone with its opinion is
// not followed (see delineate.cpp: Guard).
//
//   QRS   the stretch around the steepest point in which the slope does not stay below a threshold for 12 ms
//   (ours). P     the largest wave before the QRS, in the sum of leads weighted by their signal over noise;
//   limits by slope. T end the tangent to the steepest part of T's last limb meets the baseline between T and
//   P
//         (Lepeschkin and Surawicz, Circulation 1952;6:378).
//
// Times in ms relative to the median beat's R peak.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/ecg/median_beat.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

struct LeadMarks {
  std::string lead;
  std::optional<double> p_onset_ms, p_peak_ms, p_end_ms, qrs_onset_ms, qrs_end_ms, t_peak_ms, t_end_ms;
};

// A global mark: value, how many leads carry it (within the guard), and how far the leads' own marks scatter.
struct Mark {
  std::optional<double> ms;
  Sentence reason;        // why not; empty when there is a value
  std::size_t leads = 0;  // that have a mark of their own
  double spread_ms = 0;   // median distance of the leads' own marks from their median
  double confidence = 0;  // 0 … 1: part of the leads whose mark is within twice the guard of the global one
};

struct Delineation {
  Mark p_onset, p_end, qrs_onset, qrs_end, t_end;
  std::optional<double> p_peak_ms, t_peak_ms;  // of the weighted sum of leads
  std::vector<LeadMarks> leads;                // one a lead of the median beat
};

// `usable` as for median_beat: others are not looked at.
Delineation delineate(const MedianBeat& beat, const std::vector<bool>& usable);

}  // namespace caukham::analysis::ecg
