#include "analysis/spirometry/events.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace caukham::analysis::spirometry {
namespace {

// A cough lets the flow fall and come back. Irregular effort does so too; what comes back by a fifth of PEF
// and 0.6 L/s is called a cough. Among the ATS curves three do (25 to 40 % of PEF), the others stay below 18
// %.
constexpr double cough_part = 0.20, cough_lps = 0.6;
// Late in the second a fifth of PEF is more than flows: there what comes back has to be three times what was left (ours; the ATS
// curves' irregular ends stay below that).
constexpr double cough_left_part = 0.3;
// A cough that begins in the first second comes back within this after it.
constexpr double cough_back_s = 0.15;
// A closed glottis: from a clear flow to nothing within 50 ms, and nothing for 0.2 s. A lung that empties is
// slower.
constexpr double closure_from_lps = 0.5, closure_from_part = 0.05, closure_to_lps = 0.03,
                 closure_fall_s = 0.05, closure_rest_s = 0.2;
// More air than this after it: the glottis opened again.
constexpr double reopened_l = 0.05;
// The patient stopped or left the mouthpiece: drawn on in a straight line from two such stretches the flow would still be this
// much, and nothing more comes. What follows is no plateau, however long it was recorded. Ours; of the ATS curves that reach
// their plateau one (20) ends so, the others' last heart beats and trembling stay below.
struct Stop { double stretch_s, from_lps; };
constexpr Stop stops[] = {{0.1, 0.14}, {0.5, 0.06}};
constexpr double stopped_rest_l = 0.015;
// Flow that has not fallen by 3 % from one five seconds to the next and is more than this: no lung does that,
// an offset does.
constexpr double endless_lps = 0.03, endless_part = 0.97, endless_s = 5;
// A rounded peak of which n samples fall on one step of the converter lies up to (1 + 2d/n)² - 1 steps lower d samples further
// on, if it is a parabola, and one for rounding. More than twice that on both sides is no peak. Half its length further on: nearer
// by, noise on the way down passes for the bend.
constexpr std::size_t least_clipped = 3;
constexpr float same_part = 1e-5f;
// In steps of more than half a hundredth of the peak a lung may seem to hold it; not for a tenth of a second.
constexpr float coarse_part = 0.005f;
constexpr double longest_hold_s = 0.1;
float bent_steps(std::size_t n, std::size_t further) {
  const float wide = 1 + 2 * static_cast<float>(further) / static_cast<float>(n);
  return 2 * (wide * wide - 1) + 1;
}

}  // namespace

double clipped_s(std::span<const float> flow, double rate_hz) {
  if (flow.size() < least_clipped + 4 || !(rate_hz > 0)) return 0;
  const float top = *std::max_element(flow.begin(), flow.end()), same = same_part * std::abs(top);
  // A step of the converter is what most of a blow, which is slow, moves by: the lower quartile, not the least, for flow made of
  // a volume in whole millilitres is rounded twice.
  std::vector<float> steps;
  for (std::size_t i = 1; i < flow.size(); ++i)
    if (const float d = std::abs(flow[i] - flow[i - 1]); d > same) steps.push_back(d);
  if (steps.empty()) return 0;
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 4), steps.end());
  const float step = steps[steps.size() / 4];
  std::size_t longest = 0;
  for (std::size_t i = 2; i < flow.size();) {
    std::size_t to = i;
    while (to < flow.size() && top - flow[to] <= same) ++to;
    if (const std::size_t n = to - i; n >= least_clipped && to + 1 < flow.size()) {
      const std::size_t further = std::max<std::size_t>(2, n / 2);
      const float bent = bent_steps(n, further) * step;
      if (top - flow[i - std::min(i, further)] > bent && top - flow[std::min(flow.size() - 1, to - 1 + further)] > bent)
        longest = std::max(longest, n);
    }
    i = to + 1;
  }
  const double lasted_s = static_cast<double>(longest) / rate_hz;
  return step > coarse_part * top && lasted_s < longest_hold_s ? 0 : lasted_s;
}

BlowEvents events_of(std::span<const float> flow_lps, double rate_hz, const BlowNumbers& n) {
  BlowEvents e;
  const auto v = volume_l(flow_lps, rate_hz);
  const double data_end_s = static_cast<double>(v.size() - 1) / rate_hz, step_s = 0.01;
  const auto mean_lps = [&](double from_s, double to_s) {
    return (volume_at(v, rate_hz, to_s) - volume_at(v, rate_hz, from_s)) / (to_s - from_s);
  };
  e.end_s = data_end_s;
  e.first_flow_lps = mean_lps(0, 0.02);
  e.last_flow_lps = mean_lps(std::max(0.0, data_end_s - 0.05), data_end_s);

  const double peak_s = n.t0_s + n.pef_time_s;
  const double clear_lps = std::max(closure_from_lps, closure_from_part * n.pef_lps);
  for (double t = peak_s; t + closure_fall_s + closure_rest_s <= data_end_s + 1e-9; t += step_s) {
    if (mean_lps(t - 0.1, t) < clear_lps) continue;
    if (std::abs(mean_lps(t + closure_fall_s, t + closure_fall_s + closure_rest_s)) > closure_to_lps)
      continue;
    if (!e.closure_s) e.closure_s = t - n.t0_s;
    if (n.fvc_l - volume_at(v, rate_hz, t + closure_fall_s) < reopened_l) {
      e.end_s = t + closure_fall_s;
      break;
    }
  }

  const auto stopped = [&](double t) {
    if (n.fvc_l - volume_at(v, rate_hz, t + closure_fall_s) > stopped_rest_l ||
        std::abs(mean_lps(t + closure_fall_s, t + closure_fall_s + closure_rest_s)) > closure_to_lps)
      return false;
    return std::any_of(std::begin(stops), std::end(stops), [&](const Stop& s) {
      if (t - 2 * s.stretch_s < peak_s) return false;
      const double before = mean_lps(t - 2 * s.stretch_s, t - s.stretch_s), now = mean_lps(t - s.stretch_s, t);
      const double on_s = s.stretch_s / 2 + closure_fall_s + closure_rest_s / 2;  // from the middle of one to that of the other
      return before >= s.from_lps && now - std::max(0.0, before - now) * on_s / s.stretch_s >= s.from_lps;
    });
  };
  const auto last_second_l = [&] { return std::max(0.0, volume_at(v, rate_hz, e.end_s) - volume_at(v, rate_hz, e.end_s - 1.0)); };
  e.end_volume_l = last_second_l();
  for (double t = peak_s; e.end_volume_l <= plateau_l && t + closure_fall_s + closure_rest_s <= e.end_s + 1e-9; t += step_s)
    if (stopped(t)) {
      e.end_s = t + closure_fall_s;
      e.end_volume_l = last_second_l();
      break;
    }

  double lowest_lps = n.pef_lps, lowest_s = peak_s;
  for (double t = peak_s; t <= std::min(n.t0_s + 1.0 + cough_back_s, data_end_s - 0.02); t += step_s) {
    const double flow = mean_lps(t - 0.02, t + 0.02);
    if (flow < lowest_lps && t <= n.t0_s + 1.0) {
      lowest_lps = flow;
      lowest_s = t;
    }
    const bool closed = e.closure_s && lowest_s >= n.t0_s + *e.closure_s - 0.05;
    const bool broke_off = flow - lowest_lps >= cough_part * n.pef_lps || lowest_lps < cough_left_part * flow;
    if (!closed && broke_off && flow - lowest_lps >= cough_lps) {
      e.cough_s = lowest_s - n.t0_s;
      break;
    }
  }

  if (e.end_s - peak_s > 2 * endless_s) {
    const double later = mean_lps(e.end_s - endless_s, e.end_s);
    const double before = mean_lps(e.end_s - 2 * endless_s, e.end_s - endless_s);
    e.endless_flow = later > endless_lps && later > endless_part * before;
  }
  e.clipped_s = clipped_s(flow_lps, rate_hz);
  return e;
}

}  // namespace caukham::analysis::spirometry
