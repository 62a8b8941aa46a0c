// What is measured on the median beat once it is marked: intervals, axes, ST levels. Each is a number or the reason why not.
#pragma once
#include <vector>

#include "analysis/ecg/analysis.hpp"

namespace caukham::analysis::ecg {

// Needs a.median, a.marks, a.quality and a.rr_s; fills the intervals, the axes and a.st. `fit_for_axis`: a lead.
void measure(EcgAnalysis& a, const std::vector<bool>& fit_for_axis);

}  // namespace caukham::analysis::ecg
