#include "analysis/ecg/beat_cut.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caukham::analysis::ecg {
namespace {

// Ours: the baseline is taken 90 ms before R, between P and QRS, as the mean of 16 ms.
constexpr double knot_s = 0.090, knot_half_s = 0.008;

double mean_about(std::span<const float> uv, std::size_t centre, std::size_t half) {
  const std::size_t from = centre > half ? centre - half : 0, to = std::min(uv.size(), centre + half + 1);
  double sum = 0;
  for (std::size_t i = from; i < to; ++i) sum += static_cast<double>(uv[i]);
  return to > from ? sum / static_cast<double>(to - from) : std::nan("");
}

// Takes the sinusoid of `hz` off that fits best (least squares) where there is no QRS. In place.
void remove_mains(std::vector<float>& v, double hz, double fs, std::size_t r_at, std::size_t qrs) {
  const double w = 2 * std::numbers::pi * hz / fs;
  double ss = 0, cc = 0, sc = 0, sx = 0, cx = 0, mean = 0;
  std::size_t n = 0;
  const auto outside = [&](std::size_t i) { return i + qrs < r_at || i > r_at + qrs; };
  for (std::size_t i = 0; i < v.size(); ++i)
    if (outside(i)) mean += static_cast<double>(v[i]), ++n;
  if (n < static_cast<std::size_t>(0.1 * fs)) return;
  mean /= static_cast<double>(n);
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (!outside(i)) continue;
    const double a = w * static_cast<double>(i), s = std::sin(a), c = std::cos(a),
                 x = static_cast<double>(v[i]) - mean;
    ss += s * s, cc += c * c, sc += s * c, sx += s * x, cx += c * x;
  }
  const double det = ss * cc - sc * sc;
  if (!(det > 1e-6 * ss * cc)) return;
  const double a = (sx * cc - cx * sc) / det, b = (cx * ss - sx * sc) / det;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double t = w * static_cast<double>(i);
    v[i] -= static_cast<float>(a * std::sin(t) + b * std::cos(t));
  }
}

}  // namespace

std::vector<float> cut(std::span<const float> uv, const Beat& beat, std::span<const std::size_t> knots,
                       const Shape& shape, double fs, double mains_hz) {
  const std::size_t from = beat.sample - shape.before - shape.align,
                    length = shape.length() + 2 * shape.align;
  std::vector<float> out(uv.begin() + static_cast<std::ptrdiff_t>(from),
                         uv.begin() + static_cast<std::ptrdiff_t>(from + length));
  for (float v : out)
    if (!std::isfinite(v)) return {};
  const auto knot = static_cast<std::size_t>(knot_s * fs), half = static_cast<std::size_t>(knot_half_s * fs);
  std::vector<double> x, y;
  for (std::size_t r : knots) {
    const double level = r >= knot ? mean_about(uv, r - knot, half) : std::nan("");
    if (std::isfinite(level))
      x.push_back(static_cast<double>(r - knot) - static_cast<double>(from)), y.push_back(level);
  }
  for (std::size_t i = 0; i < length; ++i) {
    double base = 0;
    for (std::size_t a = 0; a < x.size(); ++a) {  // Lagrange
      double term = y[a];
      for (std::size_t b = 0; b < x.size(); ++b)
        if (b != a) term *= (static_cast<double>(i) - x[b]) / (x[a] - x[b]);
      base += term;
    }
    out[i] -= static_cast<float>(base);
  }
  if (mains_hz > 0 && mains_hz < 0.45 * fs)
    remove_mains(out, mains_hz, fs, shape.before + shape.align, shape.qrs);
  return out;
}

std::vector<std::size_t> knots_of(std::span<const Beat> beats, std::size_t i, double fs) {
  const auto near = [&](std::size_t a, std::size_t b) {
    return beats[b].sample > beats[a].sample &&
           static_cast<double>(beats[b].sample - beats[a].sample) < 4 * fs;
  };
  const bool one = i + 1 < beats.size() && near(i, i + 1),
             two = one && i + 2 < beats.size() && near(i + 1, i + 2);
  if (two && i > 0 && near(i - 1, i))
    return {beats[i - 1].sample, beats[i].sample, beats[i + 1].sample, beats[i + 2].sample};
  if (one) return {beats[i].sample, beats[i + 1].sample};
  return {beats[i].sample};
}

}  // namespace caukham::analysis::ecg
