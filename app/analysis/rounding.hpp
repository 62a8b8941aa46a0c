// Numbers that print the same everywhere. A result is rounded to a stated number of decimals before it is
// written, so that the last bits (another compiler, another maths library, fused multiply-add) do not show: a
// double that is the nearest to a short decimal number prints as that decimal number with any shortest-form
// printer. Two machines can still differ where a value lies within their last bits of a rounding limit (x.5):
// by one unit of the last decimal. The project is built without fast-math; every number that leaves as text
// goes through here.
#pragma once
#include <cmath>

namespace caukham::analysis {

// Half away from zero. decimals 0 … 9. NaN and infinities pass through; what is too large to have the
// decimals too. Never -0, which prints with a sign.
inline double round_to(double value, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  const double scaled = value * scale;
  if (!std::isfinite(scaled) || std::abs(scaled) >= 9007199254740992.0)
    return value;  // 2^53: no fraction left
  // Division, not multiplication by 0.1: the quotient of two exact integers is the nearest double to the
  // decimal.
  const double out = std::round(scaled) / scale;
  return out == 0 ? 0.0 : out;
}

}  // namespace caukham::analysis
