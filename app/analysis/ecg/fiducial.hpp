// Inside the detector: from "about here" to the R peak, at the recording's own rate.
#pragma once
#include <vector>

#include "analysis/ecg/feature.hpp"
#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {

// The first channel whose QRS stands clear of its noise over the recording.
std::size_t fiducial_channel(const std::vector<Lead>& leads);

// The sample of each beat's largest deflection in that channel; which way is decided once a family of shapes,
// so that alike beats are marked alike. Where the channel is bad, the family's usual place is taken.
// `families`: of each beat in `shapes`, with the shift that aligns it.
std::vector<std::uint64_t> place(const Recording& recording, std::size_t channel,
                                 const std::vector<Lead>& leads, const Clock& clock,
                                 const std::vector<std::size_t>& ticks,
                                 const std::vector<Shapes::Match>& families, std::size_t family_count);

}  // namespace caukham::analysis::ecg::detail
