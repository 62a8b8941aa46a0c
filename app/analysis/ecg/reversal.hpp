// Electrodes that may have been swapped. Hints, never corrections: what is measured stays as it was measured.
//
// Criteria and what they are worth (sources in reversal.cpp): left/right arm is found well; left arm/left leg
// hardly ever shows (22 % of them at 99.8 % specificity, Reiss et al., J Electrocardiol 2014;47:794) and is
// only hinted at when two signs agree. Mirrored hearts (dextrocardia) look like swapped arms in the limb
// leads; the chest leads tell them apart.
#pragma once
#include <string>
#include <vector>

#include "analysis/ecg/delineate.hpp"
#include "analysis/ecg/median_beat.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

enum class Reversal { none, arms, left_arm_left_leg, right_arm_left_leg, right_leg, chest, dextrocardia };

struct ReversalHint {
  Reversal kind = Reversal::none;
  Sentence advice;                   // "Check the electrodes: ..."
  std::vector<std::string> because;  // criteria that were met, for the technician: English, with the numbers
};

// Empty when nothing speaks for it, or when the leads needed are not there.
std::vector<ReversalHint> reversal_hints(const MedianBeat& beat, const Delineation& marks,
                                         const std::vector<bool>& usable);

const char* code(Reversal kind);  // "arms", "left_arm_left_leg", … for the JSON

}  // namespace caukham::analysis::ecg
