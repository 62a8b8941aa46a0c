// Inside the detector: which beats are of ventricular origin.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {

// `families`: of each beat in `shapes`; `ticks` ascending; `noisy`: where noise may have made a beat's shape. Sets the types.
// Fewer than 5 beats stay Q, and so does what is of another shape once or twice and in noise.
void classify(const Shapes& shapes, std::span<const Shapes::Match> families, const std::vector<Lead>& leads, const Clock& clock,
              std::span<const std::size_t> ticks, std::span<const std::uint8_t> noisy, std::span<Beat> beats);

}  // namespace caukham::analysis::ecg::detail
