#include "analysis/spirometry.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace caukham::analysis {
namespace {

// V at a time that lies between samples; flat beyond the ends.
double at_time(const std::vector<double>& v, double rate_hz, double t_s) {
  const double pos = t_s * rate_hz;
  if (pos <= 0) return v.front();
  if (pos >= static_cast<double>(v.size() - 1)) return v.back();
  const auto i = static_cast<std::size_t>(pos);
  const double part = pos - static_cast<double>(i);
  return v[i] * (1 - part) + v[i + 1] * part;
}

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
  const auto w = std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(window_s * rate_hz)), 1, v.size() - 1);
  Slope best;
  for (std::size_t i = 0; i + w < v.size(); ++i) {
    const double slope = (v[i + w] - v[i]) * rate_hz / static_cast<double>(w);
    if (slope <= best.value_lps) continue;
    const double middle_s = (static_cast<double>(i) + static_cast<double>(w) / 2) / rate_hz;
    best = {slope, middle_s, at_time(v, rate_hz, middle_s)};
  }
  return best;
}

}  // namespace

BlowOptions options_for(double rate_hz) {
  return rate_hz <= 200 ? BlowOptions{0.080, 0.080} : BlowOptions{0.010, 0.0};
}

std::vector<double> volume_l(std::span<const float> flow_lps, double rate_hz) {
  std::vector<double> v(flow_lps.size() + 1, 0.0);
  for (std::size_t i = 0; i < flow_lps.size(); ++i) v[i + 1] = v[i] + static_cast<double>(flow_lps[i]) / rate_hz;
  return v;
}

std::optional<BlowNumbers> measure(std::span<const float> flow_lps, double rate_hz, const BlowOptions& options) {
  if (flow_lps.size() < 3 || !(rate_hz > 0)) return std::nullopt;
  const auto v = volume_l(flow_lps, rate_hz);
  const auto top = std::max_element(v.begin(), v.end());
  BlowNumbers n;
  n.fvc_l = *top;
  if (n.fvc_l <= 0) return std::nullopt;
  const auto slope = steepest(v, rate_hz, options.slope_window_s);
  if (slope.value_lps <= 0) return std::nullopt;
  n.t0_s = slope.time_s - slope.volume_l / slope.value_lps;
  n.bev_l = at_time(v, rate_hz, n.t0_s);
  n.pef_lps = options.peak_window_s > 0 ? steepest(v, rate_hz, options.peak_window_s).value_lps
                                        : static_cast<double>(*std::max_element(flow_lps.begin(), flow_lps.end()));
  const double end_s = static_cast<double>(top - v.begin()) / rate_hz;
  n.fev1_known = end_s >= n.t0_s + 1.0 || static_cast<double>(v.size() - 1) / rate_hz >= n.t0_s + 1.0;
  n.fev1_l = n.fev1_known ? at_time(v, rate_hz, n.t0_s + 1.0) : n.fvc_l;
  const double t25 = time_of(v, rate_hz, 0.25 * n.fvc_l), t75 = time_of(v, rate_hz, 0.75 * n.fvc_l);
  if (t75 > t25) n.fef2575_lps = 0.5 * n.fvc_l / (t75 - t25);
  n.fet_s = time_of(v, rate_hz, n.fvc_l - 0.001) - n.t0_s;
  return n;
}

std::vector<LoopPoint> loop_points(std::span<const float> flow_lps, double rate_hz, const BlowOptions& options) {
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

BlowFinder::BlowFinder(double rate_hz, const BlowRules& rules) : rate_hz_(rate_hz), rules_(rules) {
  if (!(rate_hz >= 20 && rate_hz <= 2000)) throw std::invalid_argument("spirometry: sampling rate 20-2000 Hz");
}

void BlowFinder::gap(std::uint64_t samples) {
  flow_start_ += flow_.size() + samples;
  flow_.clear();
  blowing_ = false;
}

void BlowFinder::push(std::span<const float> flow_lps, std::vector<Blow>& out) {
  const auto history = static_cast<std::size_t>(rules_.before_s * rate_hz_);
  for (const float f : flow_lps) {
    const double flow = static_cast<double>(f);
    if (!std::isfinite(flow)) {
      gap(1);
      continue;
    }
    flow_.push_back(f);
    if (!blowing_) {
      if (flow_.size() > 2 * history) {  // trimmed in blocks: erasing one sample each time would copy all of them
        flow_.erase(flow_.begin(), flow_.end() - static_cast<std::ptrdiff_t>(history));
        flow_start_ += history + 1;
      }
      if (flow < rules_.start_lps) continue;
      // Back to full inspiration: the lowest volume since the last time the patient clearly breathed in.
      double v = 0, lowest = 0;
      std::size_t from = flow_.size() - 1;
      for (std::size_t i = flow_.size(); i-- > (flow_.size() > history ? flow_.size() - history : 0);) {
        v -= static_cast<double>(flow_[i]) / rate_hz_;
        if (v < lowest - 1e-9) {
          lowest = v;
          from = i;
        }
        if (v > lowest + rules_.turn_l) break;
      }
      blowing_ = true;
      blow_from_ = from;
      volume_l_ = -lowest;
      top_l_ = volume_l_;
      top_at_ = flow_.size();
      peak_lps_ = flow;
      quiet_ = 0;
      continue;
    }
    volume_l_ += flow / rate_hz_;
    peak_lps_ = std::max(peak_lps_, flow);
    if (volume_l_ > top_l_) {
      top_l_ = volume_l_;
      top_at_ = flow_.size();
    }
    quiet_ = std::abs(flow) < rules_.quiet_lps ? quiet_ + 1 : 0;
    const double lasted_s = static_cast<double>(flow_.size() - blow_from_) / rate_hz_;
    if (volume_l_ < top_l_ - rules_.turn_l || static_cast<double>(quiet_) / rate_hz_ >= rules_.quiet_s ||
        lasted_s > rules_.max_s)
      end(out);
  }
}

void BlowFinder::end(std::vector<Blow>& out) {
  blowing_ = false;
  if (peak_lps_ >= rules_.min_peak_lps && top_l_ >= rules_.min_volume_l) {
    Blow blow;
    blow.first_sample = flow_start_ + blow_from_;
    // The plateau after the highest volume is kept: whether the lungs were empty is judged on it.
    std::size_t end = top_at_;
    while (end < flow_.size() && static_cast<double>(flow_[end]) > -rules_.quiet_lps) ++end;
    blow.flow_lps.assign(flow_.begin() + static_cast<std::ptrdiff_t>(blow_from_),
                         flow_.begin() + static_cast<std::ptrdiff_t>(end));
    out.push_back(std::move(blow));
  }
  // What is left over belongs to the next breath: it may be the inspiration before another blow.
  const std::size_t used = std::max(top_at_, blow_from_);
  flow_start_ += used;
  flow_.erase(flow_.begin(), flow_.begin() + static_cast<std::ptrdiff_t>(used));
}

void BlowFinder::finish(std::vector<Blow>& out) {
  if (blowing_) end(out);
  flow_start_ += flow_.size();
  flow_.clear();
}

}  // namespace caukham::analysis
