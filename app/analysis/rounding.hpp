// Results leave the analysis with stated decimals, so that text and files are the same on every platform.
#pragma once
#include <cmath>

namespace caukham::analysis {

// Nearest decimal, halves away from zero; decimals 0 … 12. A number that is none stays what it is.
inline double round_to(double value, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double scaled = value * scale;
  if (!std::isfinite(scaled)) return value;
  const double rounded = std::round(scaled) / scale;
  return rounded == 0 ? 0 : rounded;  // never "-0"
}

}  // namespace caukham::analysis
