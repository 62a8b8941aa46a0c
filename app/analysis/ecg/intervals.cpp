#include "analysis/ecg/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caukham::analysis::ecg {
namespace {

double position(const MedianBeat& beat, double ms) {
  return static_cast<double>(beat.r_at) + ms * beat.fs_hz / 1000;
}

std::optional<double> mean(const MedianBeat& beat, std::size_t lead, double from_ms, double to_ms) {
  if (lead >= beat.leads.size() || beat.leads[lead].uv.empty()) return std::nullopt;
  const auto& uv = beat.leads[lead].uv;
  const double from = std::ceil(position(beat, from_ms) - 1e-9),
               to = std::floor(position(beat, to_ms) + 1e-9);
  if (from < 0 || to >= static_cast<double>(uv.size()) || to < from) return std::nullopt;
  double sum = 0;
  for (auto i = static_cast<std::size_t>(from); i <= static_cast<std::size_t>(to); ++i)
    sum += static_cast<double>(uv[i]);
  return sum / (to - from + 1);
}

}  // namespace

double qtc_bazett_ms(double qt_ms, double rr_s) { return qt_ms / std::sqrt(rr_s); }
double qtc_fridericia_ms(double qt_ms, double rr_s) { return qt_ms / std::cbrt(rr_s); }
double qtc_framingham_ms(double qt_ms, double rr_s) { return qt_ms + 154 * (1 - rr_s); }
double qtc_hodges_ms(double qt_ms, double rr_s) { return qt_ms + 1.75 * (60 / rr_s - 60); }

std::optional<double> frontal_axis_deg(double i, double avf, double smallest) {
  const double x = i, y = 2 * avf / std::numbers::sqrt3;
  if (!(std::hypot(x, y) >= smallest) || std::hypot(x, y) == 0) return std::nullopt;
  const double deg = std::atan2(y, x) * 180 / std::numbers::pi;
  return deg <= -180 ? 180.0 : deg;
}

std::optional<Area> area(const MedianBeat& beat, std::size_t lead, double from_ms, double to_ms,
                         double level_uv) {
  if (lead >= beat.leads.size() || beat.leads[lead].uv.empty()) return std::nullopt;
  const auto& uv = beat.leads[lead].uv;
  const double from = std::max(0.0, std::ceil(position(beat, from_ms))),
               to = std::min(static_cast<double>(uv.size() - 1), position(beat, to_ms));
  Area out;
  for (auto i = static_cast<std::size_t>(from); static_cast<double>(i) <= to; ++i) {
    const double v = static_cast<double>(uv[i]) - level_uv;
    out.net += v;
    out.total += std::abs(v);
  }
  out.net *= 1000 / beat.fs_hz;
  out.total *= 1000 / beat.fs_hz;
  return out;
}

std::optional<double> pr_level_uv(const MedianBeat& beat, std::size_t lead, double qrs_onset_ms) {
  return mean(beat, lead, qrs_onset_ms - 20, qrs_onset_ms - 4);
}

std::optional<double> level_uv(const MedianBeat& beat, std::size_t lead, double at_ms) {
  const double half = std::max(4.0, 501 / beat.fs_hz);  // at least one sample
  return mean(beat, lead, at_ms - half, at_ms + half);
}

}  // namespace caukham::analysis::ecg
