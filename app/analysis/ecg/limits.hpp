// Limits of waves in one signal (a lead of the median beat, or a weighted sum of leads): what delineate.cpp
// is made of. Indices are samples of the median beat; results are ms from its R peak.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace caukham::analysis::ecg::limits {

// All ours, chosen on synthetic beats of known limits (tests/unit/analysis/ecg_delineate.cpp) and looked at
// on real ones.
inline constexpr double min_t_uv = 35;

using Signal = std::vector<double>;  // µV a sample

struct Frame {
  double fs = 0, dt_ms = 0;
  std::size_t r = 0, n = 0;
  std::size_t samples(double ms) const {
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(ms / dt_ms)));
  }
  double ms(double index) const { return (index - static_cast<double>(r)) * dt_ms; }
  std::size_t index(double ms_from_r) const {
    const double i = static_cast<double>(r) + ms_from_r / dt_ms;
    return i < 0 ? 0 : std::min(n - 1, static_cast<std::size_t>(std::lround(i)));
  }
};

// One lead: as it is, smoothed for P and T, and the slopes of both in µV/ms; noise of the first two and of
// `steep`.
struct Lead {
  std::size_t number = 0;
  Signal x, slow, steep, slow_steep;  // as it is, smoothed for P and T, and their slopes
  double noise = 0, slow_noise = 0, steep_noise = 0;
};

double median(Signal v);  // 0 for nothing

// Centred moving average over 2 half + 1, twice (a triangle): no phase. Ends use what is there.
Signal smooth(const Signal& x, std::size_t half);

// Slope in µV/ms: means of w samples on both sides; 0 within w of the ends.
Signal slope(const Signal& x, std::size_t w, double dt_ms);

// QRS onset (direction -1) or end (+1): from the steepest point outwards until the slope stays below a
// threshold for 12 ms (16 ms at the end); `width`: of the slope, half of which is given back. nullopt: the
// noise is too large, or no such stretch within 130 ms before and 170 ms after R.
std::optional<double> qrs_limit(const Lead& lead, const Frame& f, std::size_t width, int direction);

// Where the sum over leads of (signal over noise) squared is largest among its local maxima in [from, to];
// strength is the root of that sum.
struct Peak {
  std::size_t at = 0;
  double strength = 0;
};
std::optional<Peak> strongest(const std::vector<Signal>& y, const Signal& noise, std::size_t from,
                              std::size_t to);

// Leads weighted as a matched filter for what they show at `at`; unit: µV of the strongest lead.
Signal weighted(const std::vector<Signal>& y, const Signal& noise, std::size_t at);

// A small wave's limit on the side of `edge`: from its steepest point there outwards, until slope and height
// are small.
std::optional<double> wave_limit(const Signal& y, const Signal& s, double noise, std::size_t peak,
                                 std::size_t edge, const Frame& f);

// Tangent to the last limb of T; `about`: where the leads together have their T peak. nullopt: no T in this
// signal.
struct TEnd {
  std::size_t peak = 0;
  double end_ms = 0;
};
std::optional<TEnd> t_end(const Signal& y, const Signal& s, double noise, std::size_t about,
                          std::size_t first, std::size_t last, const Frame& f);

}  // namespace caukham::analysis::ecg::limits
