// Inside the detector: from "about here" to the R peak, at the recording's own rate.
#pragma once
#include <vector>

#include "analysis/ecg/feature.hpp"
#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {

// The sample of each beat's largest deflection in the first lead in which its family's average has one that can be told from
// noise; which way is decided once a family of shapes, so that alike beats are marked alike. A lead in which no single beat
// is seen still has an average, the beats being aligned by the others. Where the lead is bad or all noise, the family's
// usual place is taken. `families`: of each beat in `shapes`, with the shift that aligns it.
std::vector<std::uint64_t> place(const Recording& recording, const std::vector<Lead>& leads, const Clock& clock,
                                 const std::vector<std::size_t>& ticks, const std::vector<Shapes::Match>& families,
                                 std::size_t family_count);

}  // namespace caukham::analysis::ecg::detail
