#include "analysis/ecg/choose.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

// 0.2 s and 0.36 s: Pan and Tompkins 1985. What has no source below, here and as a number in a score, is ours: found on made
// ECGs (tests/lib/ecg_cases.hpp and ambulatory.hpp, seeds below 1000).
constexpr double refractory_s = 0.2, apart_s = 0.07, t_wave_s = 0.36, p_wave_s = 0.24, t_latest_s = 0.42, usual_rr_s = 0.85,
                 look_back_s = 12, longest_gap_cost = 2.0;
// The threshold rises from a third of a typical QRS with the local noise, as the noise level does in Pan and
// Tompkins' rule threshold = noise + (signal - noise)/4.
constexpr float least_value = 0.10f, threshold_low = 0.26f, threshold_per_floor = 1.35f,
                threshold_most = 0.80f, steep_clip = 6.0f, trusted_part = 0.3f, seen_by_two = 0.20f,
                one_lead_only = 0.06f;

double height_score(const Candidate& c) {
  double s = 1.6 * std::log(static_cast<double>(c.value) / static_cast<double>(c.threshold - c.lower));
  s = std::clamp(s, -3.0, 1.6);
  // Like no other: noise where there is noise, else more probably an ectopic beat.
  const double noisy = std::clamp((static_cast<double>(c.threshold) - 0.30) / 0.15, 0.0, 1.0);
  if (c.match > -1.5f) s += std::clamp(4.0 * (static_cast<double>(c.match) - 0.80), -0.4 - 0.6 * noisy, 0.8);
  // An electrode that moves shows in its own leads only, a heartbeat in all.
  const float two = seen_by_two * (c.threshold - c.lower) / c.threshold;
  if (c.second < two) s -= 1.5 * static_cast<double>((two - c.second) / two);
  s -= 2.5 * std::clamp(2 - static_cast<double>(c.second / std::max(1e-6f, one_lead_only * c.first)), 0.0, 1.0);
  if (c.like_p || c.like_t) s -= 3;
  return s;
}

// An electrode's pop is steeper than any QRS: beside what no beats look like, steepness tells nothing of a beat whose family
// is known to be no P or T wave.
bool beside_stranger(const Candidate& c, const Candidate& other) {
  return c.stands_alone && !other.common;
}

double gap_cost(double dt_s, const Candidate& b) {
  const double usual = b.rr_s > 0 ? static_cast<double>(b.rr_s) : usual_rr_s;
  return dt_s > 1.5 * usual ? std::min(longest_gap_cost, 1.1 * std::log(dt_s / (1.5 * usual))) : 0;
}

// Of two beats following each other. Pan and Tompkins: nothing within 0.2 s, a T wave up to 0.36 s when less
// than half as steep; an interval much longer than the usual calls for a
// lower beat in between (1.66 of it there; here the cost begins at 1.5 and grows). `usual`: Followers::usual, -1 when
// not known.
double pair_score(const Candidate& a, const Candidate& b, double dt_s, float usual_follower) {
  const double usual = b.rr_s > 0 ? static_cast<double>(b.rr_s) : usual_rr_s;
  double s = 0;
  const double ratio = static_cast<double>(b.value) / static_cast<double>(a.value);
  const double slopes = static_cast<double>(b.steep) / std::max(1e-6, static_cast<double>(a.steep));
  if (beside_stranger(b, a)) {
    // neither its T wave nor anything else of it
  } else if (usual_follower >= 0 && dt_s < t_latest_s) {
    // What the neighbours have there too, and is less steep than the QRS, is the T wave; what they have not is none.
    const double follows = std::clamp((static_cast<double>(usual_follower) - 0.35) / 0.4, 0.0, 1.0);
    const bool same = a.family == b.family && b.match > 0.9f && a.match > 0.9f;  // a fast row of alike beats
    if (!same) s -= 4 * follows * std::clamp((0.72 - slopes) / 0.4, 0.0, 1.0);
  } else if (b.lower > 0) {
    // its family is known to be this low, and followers spoke when it was made
  } else if (dt_s < t_wave_s && ratio < 0.55) {
    s -= 3 * (0.55 - ratio) / 0.55 + 0.5;
  } else if (dt_s < 0.5 && ratio < 0.35) {
    s -= 1.5 * (0.35 - ratio) / 0.35;
  }
  const double early = std::min(0.30, 0.45 * usual);
  if (dt_s < early) s -= 2.0 * (early - dt_s) / (early - 0.15);
  if (dt_s < 0.8 * usual && b.match > -1.5f && b.match < 0.75f) s -= 0.5;  // early and like no other
  return s - gap_cost(dt_s, b);
}

// Of the intervals among nine beats around this one, at least seven lie within 12 % of their median.
bool in_regular_row(const std::vector<Candidate>& all, const std::vector<std::size_t>& chosen,
                    std::size_t k) {
  const std::size_t from = k > 4 ? k - 4 : 0, to = std::min(chosen.size(), from + 9);
  std::vector<double> rr;
  for (std::size_t i = from + 1; i < to; ++i)
    rr.push_back(static_cast<double>(all[chosen[i]].tick - all[chosen[i - 1]].tick));
  if (rr.size() < 7) return false;
  std::nth_element(rr.begin(), rr.begin() + static_cast<std::ptrdiff_t>(rr.size() / 2), rr.end());
  const double middle = rr[rr.size() / 2];
  return std::count_if(rr.begin(), rr.end(), [&](double v) { return std::abs(v / middle - 1) < 0.12; }) >= 7;
}

// How steep the candidate is, and whether a second lead sees it.
void look_closer(Candidate& c, const std::vector<Lead>& leads, const Clock& clock, std::size_t block) {
  const std::size_t reach = clock.ticks(0.05), lag = clock.ticks(0.012), near = clock.ticks(0.04), n = leads.front().smooth.size();
  const std::size_t from = c.tick > reach ? c.tick - reach : 0, to = std::min(n, c.tick + reach);
  float total = 0, most_weight = 0;
  for (const auto& l : leads) most_weight = std::max(most_weight, l.bad[c.tick] ? 0 : l.blocks[block].weight);
  float first = 0, second = 0;
  std::size_t trusted = 0;
  for (const auto& l : leads) {
    const auto& here = l.blocks[block];
    if (here.height <= 0 || l.bad[c.tick]) continue;
    float slope = 0, feature = 0;
    for (std::size_t t = from; t + lag < to; ++t) slope = std::max(slope, std::abs(l.smooth[t + lag] - l.smooth[t]));
    c.steep += here.weight * std::min(steep_clip, slope / here.height);
    total += here.weight;
    if (here.weight < trusted_part * most_weight || slope == 0) continue;  // without any movement: the lead is lost here
    ++trusted;
    for (std::size_t t = c.tick > near ? c.tick - near : 0; t < std::min(n, c.tick + near); ++t) feature = std::max(feature, l.feature[t]);
    feature /= here.height;
    second = std::max(second, std::min(first, feature)), first = std::max(first, feature);
  }
  if (total > 0) c.steep /= total;
  if (trusted >= 2) c.first = first, c.second = second;
}

}  // namespace

std::vector<Candidate> candidates(const Fused& fused, const std::vector<Lead>& leads, const Clock& clock) {
  std::vector<Candidate> out;
  const auto& v = fused.value;
  const std::size_t apart = clock.ticks(apart_s), block = clock.ticks(1.0);
  for (std::size_t t = 1; t + 1 < v.size(); ++t) {
    if (!(v[t] >= least_value && v[t] > v[t - 1] && v[t] >= v[t + 1])) continue;
    const std::size_t b = std::min(t / block, fused.floor.size() - 1);
    Candidate c;
    c.tick = t;
    c.value = v[t];
    look_closer(c, leads, clock, b);
    if (!out.empty() && t - out.back().tick < apart) {
      if (c.value <= out.back().value) continue;
      out.pop_back();
    }
    c.threshold = std::min(threshold_most, threshold_low + threshold_per_floor * fused.floor[b]);
    out.push_back(c);
  }
  return out;
}

std::vector<std::size_t> choose(const std::vector<Candidate>& all, const Fused& fused, const Clock& clock, const Followers* usual) {
  // The best chain of beats by dynamic programming: best[i] is the score of the best chain that ends in i.
  const std::size_t n = all.size();
  std::vector<double> best(n);
  std::vector<std::ptrdiff_t> before(n, -1);
  const double tick_s = 1 / clock.tick_hz;
  std::size_t far = 0;           // first candidate within look_back_s
  std::ptrdiff_t best_far = -1;  // the best chain that ends before it
  for (std::size_t i = 0; i < n; ++i) {
    double own = height_score(all[i]);
    // Of neighbours that cannot all be beats the steeper is the QRS: a tall P wave has one after it, a tall T wave before.
    const auto flatter = [&](const Candidate& other) {
      return std::log(static_cast<double>(other.steep) / std::max(1e-6, static_cast<double>(all[i].steep)));
    };
    if (i + 1 < n && static_cast<double>(all[i + 1].tick - all[i].tick) * tick_s < p_wave_s && all[i + 1].value > 0.5f * all[i].value &&
        !beside_stranger(all[i], all[i + 1]))
      own -= std::clamp(3 * flatter(all[i + 1]), 0.0, 1.5);
    if (i > 0 && static_cast<double>(all[i].tick - all[i - 1].tick) * tick_s < t_latest_s && all[i - 1].value > 0.4f * all[i].value &&
        !beside_stranger(all[i], all[i - 1])) {
      const float follower = usual ? usual->usual(all[i - 1].tick, all[i - 1].family, all[i].tick) : -1;
      own -= (follower >= 0 ? 2 * static_cast<double>(follower) : 0.3) * std::clamp(flatter(all[i - 1]), 0.0, 1.0);
    }
    for (; static_cast<double>(all[i].tick - all[far].tick) * tick_s > look_back_s; ++far)
      if (best_far < 0 || best[far] > best[static_cast<std::size_t>(best_far)])
        best_far = static_cast<std::ptrdiff_t>(far);
    // Beginning a chain here costs what a gap from the recording's start would.
    best[i] = own - gap_cost(static_cast<double>(all[i].tick) * tick_s, all[i]);
    if (best_far >= 0 && best[static_cast<std::size_t>(best_far)] > 0)
      best[i] += best[static_cast<std::size_t>(best_far)], before[i] = best_far;
    for (std::size_t j = far; j < i; ++j) {
      const double dt_s = static_cast<double>(all[i].tick - all[j].tick) * tick_s;
      if (dt_s < refractory_s) break;
      const float follower = usual && dt_s < t_latest_s ? usual->usual(all[j].tick, all[j].family, all[i].tick) : -1;
      const double s = best[j] + own + pair_score(all[j], all[i], dt_s, follower);
      if (s > best[i]) best[i] = s, before[i] = static_cast<std::ptrdiff_t>(j);
    }
  }
  std::vector<std::size_t> out;
  if (n == 0) return out;
  auto at = static_cast<std::ptrdiff_t>(std::max_element(best.begin(), best.end()) - best.begin());
  if (best[static_cast<std::size_t>(at)] <= 0) return out;
  for (; at >= 0; at = before[static_cast<std::size_t>(at)]) out.push_back(static_cast<std::size_t>(at));
  std::reverse(out.begin(), out.end());
  const std::size_t block = clock.ticks(1.0);
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < out.size(); ++k)
    if (fused.readable[std::min(all[out[k]].tick / block, fused.readable.size() - 1)] ||
        in_regular_row(all, out, k))
      kept.push_back(out[k]);
  return kept;
}

}  // namespace caukham::analysis::ecg::detail
