#include "analysis/spirometry/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::spirometry {
namespace {

// First time at which the curve reaches `level`, between samples.
double time_of(const std::vector<double>& v, double rate_hz, double level) {
  for (std::size_t i = 1; i < v.size(); ++i)
    if (v[i] >= level) {
      const double rise = v[i] - v[i - 1];
      return (static_cast<double>(i - 1) + (rise > 0 ? (level - v[i - 1]) / rise : 1)) / rate_hz;
    }
  return static_cast<double>(v.size() - 1) / rate_hz;
}

struct Slope { double value_lps = 0, time_s = 0, volume_l = 0; };

// The steepest stretch of the given length: its slope, and time and volume at its middle.
Slope steepest(const std::vector<double>& v, double rate_hz, double window_s) {
  const auto w =
      std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(window_s * rate_hz)), 1, v.size() - 1);
  Slope best;
  for (std::size_t i = 0; i + w < v.size(); ++i) {
    const double slope = (v[i + w] - v[i]) * rate_hz / static_cast<double>(w);
    if (slope <= best.value_lps) continue;
    const double middle_s = (static_cast<double>(i) + static_cast<double>(w) / 2) / rate_hz;
    best = {slope, middle_s, volume_at(v, rate_hz, middle_s)};
  }
  return best;
}

}  // namespace

double volume_at(const std::vector<double>& v, double rate_hz, double time_s) {
  const double pos = time_s * rate_hz;
  if (pos <= 0) return v.front();
  if (pos >= static_cast<double>(v.size() - 1)) return v.back();
  const auto i = static_cast<std::size_t>(pos);
  const double part = pos - static_cast<double>(i);
  return v[i] * (1 - part) + v[i + 1] * part;
}

BlowOptions options_for(double rate_hz) {
  return rate_hz <= 200 ? BlowOptions{0.080, 0.080} : BlowOptions{0.010, 0.0};
}

std::vector<double> volume_l(std::span<const float> flow_lps, double rate_hz) {
  std::vector<double> v(flow_lps.size() + 1, 0.0);
  for (std::size_t i = 0; i < flow_lps.size(); ++i)
    v[i + 1] = v[i] + static_cast<double>(flow_lps[i]) / rate_hz;
  return v;
}

std::optional<BlowNumbers> measure(std::span<const float> flow_lps, double rate_hz,
                                   const BlowOptions& options) {
  if (flow_lps.size() < 3 || !(rate_hz > 0)) return std::nullopt;
  if (std::any_of(flow_lps.begin(), flow_lps.end(), [](float f) { return !std::isfinite(f); }))
    return std::nullopt;
  const auto v = volume_l(flow_lps, rate_hz);
  const auto top = std::max_element(v.begin(), v.end());
  BlowNumbers n;
  n.fvc_l = *top;
  if (n.fvc_l <= 0) return std::nullopt;
  const auto slope = steepest(v, rate_hz, options.slope_window_s);
  if (slope.value_lps <= 0) return std::nullopt;
  n.t0_s = slope.time_s - slope.volume_l / slope.value_lps;
  n.bev_l = volume_at(v, rate_hz, n.t0_s);
  n.pef_lps = options.peak_window_s > 0
                  ? steepest(v, rate_hz, options.peak_window_s).value_lps
                  : static_cast<double>(*std::max_element(flow_lps.begin(), flow_lps.end()));
  n.pef_time_s = slope.time_s - n.t0_s;
  const double data_end_s = static_cast<double>(v.size() - 1) / rate_hz;
  const auto until = [&](double t_s) -> std::optional<double> {
    if (data_end_s + 1e-9 < n.t0_s + t_s) return std::nullopt;
    return volume_at(v, rate_hz, n.t0_s + t_s);
  };
  n.fev05_l = until(0.5);
  n.fev075_l = until(0.75);
  n.fev3_l = until(3);
  n.fev6_l = until(6);
  const auto fev1 = until(1);
  n.fev1_known = fev1.has_value();
  n.fev1_l = fev1.value_or(n.fvc_l);
  const double t25 = time_of(v, rate_hz, 0.25 * n.fvc_l), t75 = time_of(v, rate_hz, 0.75 * n.fvc_l);
  if (t75 > t25) n.fef2575_lps = 0.5 * n.fvc_l / (t75 - t25);
  // Flow at a point is noisy: the mean over 40 ms around it.
  const auto flow_at = [&](double t_s) {
    return (volume_at(v, rate_hz, t_s + 0.02) - volume_at(v, rate_hz, t_s - 0.02)) / 0.04;
  };
  n.fef25_lps = flow_at(t25);
  n.fef50_lps = flow_at(time_of(v, rate_hz, 0.5 * n.fvc_l));
  n.fef75_lps = flow_at(t75);
  n.fet_s = time_of(v, rate_hz, n.fvc_l - 0.001) - n.t0_s;
  return n;
}

std::vector<float> resampled(std::span<const float> flow_lps, double rate_hz, double wanted_hz) {
  if (flow_lps.empty() || rate_hz == wanted_hz) return {flow_lps.begin(), flow_lps.end()};
  const auto v = volume_l(flow_lps, rate_hz);
  const auto n =
      static_cast<std::size_t>(std::floor(static_cast<double>(flow_lps.size()) * wanted_hz / rate_hz + 1e-9));
  std::vector<float> out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = static_cast<float>((volume_at(v, rate_hz, static_cast<double>(i + 1) / wanted_hz) -
                                 volume_at(v, rate_hz, static_cast<double>(i) / wanted_hz)) * wanted_hz);
  return out;
}

std::vector<LoopPoint> loop_points(std::span<const float> flow_lps, double rate_hz,
                                   const BlowOptions& options) {
  std::vector<LoopPoint> points;
  const auto n = measure(flow_lps, rate_hz, options);
  if (!n) return points;
  const auto v = volume_l(flow_lps, rate_hz);
  points.reserve(flow_lps.size());
  for (std::size_t i = 0; i < flow_lps.size(); ++i)
    points.push_back({(static_cast<double>(i) + 0.5) / rate_hz - n->t0_s, (v[i] + v[i + 1]) / 2,
                      static_cast<double>(flow_lps[i])});
  return points;
}

}  // namespace caukham::analysis::spirometry
