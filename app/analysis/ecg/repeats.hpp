// Inside the analysis: whether what was found can be a heart's, where the beats are not alike over the whole recording.
#pragma once
#include <span>
#include <vector>

#include "analysis/ecg/median_beat.hpp"

namespace caukham::analysis::ecg::detail {

inline constexpr double likeness_alone = 0.80;  // above what noise reaches in one lead: there are several to try

// Beats of several shapes by turns (a bundle branch block that comes and goes) are unlike each other over the recording, but
// alike for a dozen at a time; noise is not.
bool repeat_for_a_while(std::span<const Beat> beats, const Recording& recording, const std::vector<bool>& good, const MedianOptions& how);

// Small beats among waves as large as they are (flutter, movement) are unlike each other until it is the slopes that are
// looked at.
bool repeat_in_slopes(std::span<const Beat> beats, const Recording& recording, const std::vector<bool>& good, MedianOptions how);

// One of the good leads' median beats is as steep as a QRS complex; slow waves, which an electrode makes, are not.
bool steep(const MedianBeat& median, const std::vector<bool>& good);

}  // namespace caukham::analysis::ecg::detail
