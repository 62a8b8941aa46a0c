#include "analysis/spirometry/blow.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/spirometry/conditions.hpp"

namespace caukham::analysis::spirometry {

bool young(std::optional<double> age_years) { return age_years && *age_years <= 6.0; }

BlowRules blow_rules(std::optional<double> age_years) {
  BlowRules rules;
  if (young(age_years)) rules.min_volume_l = 0.25;
  return rules;
}

BlowFinder::BlowFinder(double rate_hz, const BlowRules& rules) : rate_hz_(rate_hz), rules_(rules) {
  if (!(rate_hz >= 20 && rate_hz <= 2000))
    throw std::invalid_argument("spirometry: sampling rate 20-2000 Hz");
}

void BlowFinder::gap(std::uint64_t samples) {
  flow_start_ += flow_.size() + samples;
  flow_.clear();
  blowing_ = false;
  torn_ = true;
}

void BlowFinder::push(std::span<const float> flow_lps, std::vector<Blow>& out) {
  const auto history = static_cast<std::size_t>(rules_.before_s * rate_hz_);
  for (const float f : flow_lps) {
    const double flow = static_cast<double>(f);
    if (!(std::abs(flow) <= rules_.most_lps) || (blowing_ && volume_l_ > rules_.most_l)) {
      gap(1);
      continue;
    }
    flow_.push_back(f);
    if (!blowing_) {
      if (flow_.size() >
          2 * history) {  // trimmed in blocks: erasing one sample each time would copy all of them
        flow_.erase(flow_.begin(), flow_.end() - static_cast<std::ptrdiff_t>(history));
        flow_start_ += history + 1;
      }
      torn_ = torn_ && flow >= rules_.start_lps;
      if (torn_ || flow < rules_.start_lps) continue;
      // Back to full inspiration: the lowest volume since the last time the patient clearly breathed in. A sensor that rests above
      // zero would have breathed out all the time.
      rest_lps_ = resting_flow_lps(flow_, rate_hz_).value_or(0);
      double v = 0, lowest = 0;
      std::size_t from = flow_.size() - 1;
      for (std::size_t i = flow_.size(); i-- > (flow_.size() > history ? flow_.size() - history : 0);) {
        v -= (static_cast<double>(flow_[i]) - rest_lps_) / rate_hz_;
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
    volume_l_ += (flow - rest_lps_) / rate_hz_;
    peak_lps_ = std::max(peak_lps_, flow);
    if (volume_l_ > top_l_) {
      top_l_ = volume_l_;
      top_at_ = flow_.size();
    }
    quiet_ = std::abs(flow - rest_lps_) < rules_.quiet_lps ? quiet_ + 1 : 0;
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
    blow.before_lps.assign(flow_.begin(), flow_.begin() + static_cast<std::ptrdiff_t>(blow_from_));
    // The plateau after the highest volume is kept: whether the lungs were empty is judged on it.
    std::size_t end = top_at_;
    while (end < flow_.size() && static_cast<double>(flow_[end]) - rest_lps_ > -rules_.quiet_lps) ++end;
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

Blow whole_blow(std::span<const float> flow_lps, double rate_hz) {
  Blow blow;
  const BlowRules rules;
  const auto peak = std::max_element(flow_lps.begin(), flow_lps.end());
  const auto rising = static_cast<std::size_t>(peak - flow_lps.begin());
  const double rest_lps = resting_flow_lps(flow_lps.first(rising), rate_hz).value_or(0);
  std::vector<double> v(flow_lps.size() + 1, 0.0);
  for (std::size_t i = 0; i < flow_lps.size(); ++i)
    v[i + 1] = v[i] + (static_cast<double>(flow_lps[i]) - rest_lps) / rate_hz;
  // The largest rise of the volume without a breath in between: what follows one is another blow.
  std::size_t lowest = 0, highest = 0, from = 0, top = 0;
  double rise = 0;
  for (std::size_t i = 1; i < v.size(); ++i) {
    if (v[i] < v[lowest] || v[i] < v[highest] - rules.turn_l) lowest = highest = i;
    if (v[i] > v[highest]) highest = i;
    if (v[highest] - v[lowest] > rise) {
      rise = v[highest] - v[lowest];
      from = lowest;
      top = highest;
    }
  }
  if (rise <= 0) return blow;
  std::size_t end = top;
  while (end < flow_lps.size() && static_cast<double>(flow_lps[end]) - rest_lps > -rules.quiet_lps) ++end;
  blow.first_sample = from;
  blow.before_lps.assign(flow_lps.begin(), flow_lps.begin() + static_cast<std::ptrdiff_t>(from));
  blow.flow_lps.assign(flow_lps.begin() + static_cast<std::ptrdiff_t>(from),
                       flow_lps.begin() + static_cast<std::ptrdiff_t>(end));
  return blow;
}

}  // namespace caukham::analysis::spirometry
