// Inside the detector: which beats are of ventricular shape.
#pragma once
#include <span>
#include <vector>

#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {

// `families`: of each beat in `shapes`; `ticks` ascending. Sets the types. Fewer than 5 beats stay Q.
void classify(const Shapes& shapes, std::span<const Shapes::Match> families, const Clock& clock,
              std::span<const std::size_t> ticks, std::span<Beat> beats);

}  // namespace caukham::analysis::ecg::detail
