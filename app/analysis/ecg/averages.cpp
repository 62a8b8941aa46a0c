#include "analysis/ecg/averages.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours: a P wave begins at most 0.24 s before the QRS (a PR interval of 0.20 s and some more), is over 30 ms before it, and has
// a standard deviation of 25 ms; the longest QRS looked for has 0.2 s, its middle near the feature's; two families' marks
// lie up to 48 ms, the beginnings of their QRS up to 28 ms apart. A T wave is looked for from 0.12 to 0.60 s after R, while
// the next R is more than 0.30 s away, so that its P wave is not taken for it.
constexpr double before_s = 0.36, after_s = 0.16, slope_s = 0.008, qrs_s = 0.10, reach_s = 0.12, reach_end_s = 0.15, quiet_s = 0.016,
                 shift_s = 0.048, p_from_s = 0.24, p_to_s = 0.012, p_shift_s = 0.028, p_clear_s = 0.030, p_sigma_s = 0.025,
                 t_from_s = 0.12, t_to_s = 0.60, next_p_s = 0.30;
constexpr float quiet_part = 0.12f;  // of the steepest: the QRS has not begun, or has ended

}  // namespace

Averages::Averages(const Shapes& shapes, const std::vector<Lead>& leads, const Clock& clock)
    : shapes_(shapes), leads_(leads), clock_(clock), before_(clock.ticks(before_s)),
      length_(before_ + clock.ticks(after_s) + 1), step_(std::max<std::size_t>(1, clock.ticks(slope_s))),
      after_first_(clock.ticks(t_from_s)), after_length_(clock.ticks(t_to_s)) {}

float Averages::slope(const Lead& lead, std::size_t tick) const { return lead.smooth[tick + step_] - lead.smooth[tick - step_]; }

void Averages::learn_after(std::span<const Place> beats, std::span<const std::size_t> next) {
  const std::size_t margin = clock_.ticks(next_p_s), n = leads_.front().smooth.size();
  after_.assign(after_length_ * leads(), 0);
  for (std::size_t u = 0; u < leads(); ++u) {
    const auto& lead = leads_[shapes_.used()[u].lead];
    std::vector<float> total(after_length_, 0);
    float* to = after_.data() + u * after_length_;
    for (std::size_t k = 0; k < beats.size(); ++k) {
      const std::size_t from = beats[k].tick + after_first_;
      for (std::size_t i = 0; i < after_length_ && from + i + margin < next[k] && from + i + step_ < n; ++i) {
        if (lead.bad[from + i]) break;
        const float weight = weight_at(lead, from + i);
        to[i] += weight * slope(lead, from + i), total[i] += weight;
      }
    }
    for (std::size_t i = 0; i < after_length_; ++i) {
      to[i] = total[i] > 0 ? to[i] / total[i] : 0;
      if (total[i] > 0) known_after_s_ = std::max(known_after_s_, static_cast<double>(after_first_ + i) / clock_.tick_hz);
    }
  }
}

float Averages::weight_at(const Lead& lead, std::size_t tick) const {
  return lead.blocks[std::min(tick / clock_.ticks(1.0), lead.blocks.size() - 1)].weight;
}

Average Averages::of(std::span<const Place> beats) const {
  const auto& used = shapes_.used();
  Average out;
  out.slope.assign(length_ * used.size(), 0);
  std::vector<float> total(used.size(), 0);
  for (const auto& beat : beats) {
    if (beat.tick < before_ + step_ || beat.tick - before_ + length_ + step_ >= leads_.front().smooth.size()) continue;
    const std::size_t from = beat.tick - before_;
    for (std::size_t u = 0; u < used.size(); ++u) {
      const auto& lead = leads_[used[u].lead];
      const auto bad = lead.bad.begin() + static_cast<std::ptrdiff_t>(from);
      if (std::any_of(bad, bad + static_cast<std::ptrdiff_t>(length_), [](auto b) { return b != 0; })) continue;
      const float weight = weight_at(lead, beat.tick);
      total[u] += weight;
      float* to = out.slope.data() + u * length_;
      for (std::size_t i = 0; i < length_; ++i) to[i] += weight * slope(lead, from + i);
      if (beat.before == 0 || after_.empty()) continue;
      const std::size_t first = beat.before + after_first_, begin = std::max(from, first), end = std::min(from + length_, first + after_length_);
      for (std::size_t t = begin; t < end; ++t) to[t - from] -= weight * after_[u * after_length_ + t - first];
    }
  }
  for (std::size_t u = 0; u < used.size(); ++u)
    for (std::size_t i = 0; i < length_; ++i) out.slope[u * length_ + i] *= total[u] > 0 ? used[u].scale / total[u] : 0;
  limits(out);
  return out;
}

// From the steepest place outwards until all leads are quiet for a while.
void Averages::limits(Average& a) const {
  std::vector<float> steep(length_, 0);
  for (std::size_t i = 0; i < a.slope.size(); ++i) steep[i % length_] += a.slope[i] * a.slope[i];
  for (float& v : steep) v = std::sqrt(v);
  const std::size_t qrs = clock_.ticks(qrs_s), quiet = clock_.ticks(quiet_s);
  const auto top = std::max_element(steep.begin() + static_cast<std::ptrdiff_t>(before_ - qrs), steep.begin() + static_cast<std::ptrdiff_t>(before_ + qrs));
  const auto at = static_cast<std::size_t>(top - steep.begin());
  const float low = quiet_part * *top;
  std::size_t calm = 0;
  const std::size_t first = before_ - clock_.ticks(reach_s), last = std::min(length_ - 1, before_ + clock_.ticks(reach_end_s));
  for (a.onset = at; a.onset > first && calm < quiet; --a.onset) calm = steep[a.onset] < low ? calm + 1 : 0;
  a.onset += calm;
  calm = 0;
  for (a.end = at; a.end < last && calm < quiet; ++a.end) calm = steep[a.end] < low ? calm + 1 : 0;
  a.end -= calm;
}

double Averages::width_s(const Average& a) const { return static_cast<double>(a.end - a.onset) / clock_.tick_hz; }

float Averages::alike(const Average& a, const Average& b, int only) const {
  const auto half = static_cast<std::ptrdiff_t>(clock_.ticks(qrs_s)), shift = static_cast<std::ptrdiff_t>(clock_.ticks(shift_s));
  float best = -1;
  for (std::ptrdiff_t lag = -shift; lag <= shift; ++lag) {
    float xy = 0, xx = 0, yy = 0;
    for (std::size_t u = 0; u < leads(); ++u) {
      if (only >= 0 && static_cast<std::size_t>(only) != u) continue;
      const float *x = a.slope.data() + u * length_ + before_, *y = b.slope.data() + u * length_ + before_ + lag;
      for (std::ptrdiff_t i = std::max(-half, -half - lag); i <= std::min(half, half - lag); ++i)
        xy += x[i] * y[i], xx += x[i] * x[i], yy += y[i] * y[i];
    }
    if (xx > 0 && yy > 0) best = std::max(best, xy / std::sqrt(xx * yy));
  }
  return best;
}

float Averages::alike_within(const Average& a, const Average& b) const {
  const auto shift = static_cast<std::ptrdiff_t>(clock_.ticks(shift_s));
  float best = -1;
  for (std::ptrdiff_t lag = -shift; lag <= shift; ++lag) {
    float xy = 0, xx = 0, yy = 0;
    for (std::size_t u = 0; u < leads(); ++u) {
      const float *x = a.slope.data() + u * length_ + lag, *y = b.slope.data() + u * length_;
      for (std::size_t i = b.onset; i <= b.end; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i) + lag;
        if (at < 0 || at >= static_cast<std::ptrdiff_t>(length_)) continue;
        xy += x[i] * y[i], xx += x[i] * x[i], yy += y[i] * y[i];
      }
    }
    if (xx > 0 && yy > 0) best = std::max(best, xy / std::sqrt(xx * yy));
  }
  return best;
}

float Averages::before_uv(const Average& a) const {
  const std::size_t from = clock_.ticks(p_from_s), to = clock_.ticks(p_clear_s);
  float most = 0;
  for (std::size_t u = 0; u < leads(); ++u) {
    float up = 0, down = 0;  // a wave goes both ways; what is left of a T wave or of a QRS that has begun goes one
    for (std::size_t i = a.onset > from ? a.onset - from : 0; i + to < a.onset; ++i)
      up = std::max(up, a.slope[u * length_ + i]), down = std::max(down, -a.slope[u * length_ + i]);
    most = std::max(most, std::min(up, down) / shapes_.used()[u].scale);
  }
  // A P wave of 25 ms (standard deviation) climbs 0.6 of its height in 25 ms.
  return most * static_cast<float>(p_sigma_s / 0.6 * clock_.tick_hz / static_cast<double>(2 * step_));
}

float Averages::same_before(const Average& a, const Average& b) const {
  const auto from = static_cast<std::ptrdiff_t>(clock_.ticks(p_from_s)), to = static_cast<std::ptrdiff_t>(clock_.ticks(p_to_s)),
             shift = static_cast<std::ptrdiff_t>(clock_.ticks(p_shift_s));
  const auto x0 = static_cast<std::ptrdiff_t>(a.onset), y0 = static_cast<std::ptrdiff_t>(b.onset);
  float best = -1;
  for (std::ptrdiff_t lag = -shift; lag <= shift; ++lag) {
    if (x0 < from || y0 - from + lag < 0) continue;
    float xy = 0, squares = 0;
    for (std::size_t u = 0; u < leads(); ++u) {
      const float *x = a.slope.data() + u * length_ + x0, *y = b.slope.data() + u * length_ + y0 + lag;
      for (std::ptrdiff_t i = -from; i < -to; ++i) xy += x[i] * y[i], squares += x[i] * x[i] + y[i] * y[i];
    }
    if (squares > 0) best = std::max(best, 2 * xy / squares);
  }
  return best;
}

}  // namespace caukham::analysis::ecg::detail
