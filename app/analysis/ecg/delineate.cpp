#include "analysis/ecg/delineate.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/ecg/limits.hpp"

namespace caukham::analysis::ecg {
namespace {

using namespace limits;

// Ours: within `agree` leads agree; a mark farther than `stray` outside the leads' median is not believed (a
// sloping baseline before P, a U wave after T).
struct Guard {
  double agree_ms, stray_ms;
};
constexpr Guard guard_qrs{8, 25}, guard_p{12, 18}, guard_t{14, 30};
// Ours, measured on beats of known limits (tests/unit/analysis/ecg_delineate.cpp): noise of the median beat from which on a
// mark is not believed, and the least P wave that is one.
constexpr double noisy_uv = 12, min_p_uv = 18;

// The earliest mark that others carry within the guard (of six leads three, of three two); `latest` mirrored.
Mark global(Signal marks, const Guard& guard, bool latest, Sentence otherwise) {
  Mark out;
  if (marks.empty()) {
    out.reason = std::move(otherwise);
    return out;
  }
  for (double& m : marks) m = latest ? -m : m;
  std::sort(marks.begin(), marks.end());
  const std::size_t together = marks.size() >= 6 ? 3 : marks.size() >= 3 ? 2 : 1;
  const double middle = median(marks);
  double chosen = middle;  // nobody agrees with anybody: the middle, and the confidence says so
  for (std::size_t i = 0; i + together <= marks.size(); ++i)
    if (marks[i] >= middle - guard.stray_ms && marks[i + together - 1] - marks[i] <= guard.agree_ms) {
      chosen = marks[i];
      break;
    }
  Signal away;
  std::size_t near = 0;
  for (double m : marks) {
    away.push_back(std::abs(m - middle));
    near += std::abs(m - chosen) <= 2 * guard.agree_ms;
  }
  out.ms = latest ? -chosen : chosen;
  out.leads = marks.size();
  out.spread_ms = median(away);
  out.confidence = static_cast<double>(near) / static_cast<double>(marks.size());
  return out;
}

const Sentence no_qrs() { return {tr_later("The limits of the QRS cannot be seen in any lead."), {}}; }

}  // namespace

Delineation delineate(const MedianBeat& beat, const std::vector<bool>& usable) {
  Delineation out;
  for (const auto& l : beat.leads) out.leads.push_back({l.lead, {}, {}, {}, {}, {}, {}, {}});
  const auto nothing = [&out](const Sentence& why) {
    for (Mark* m : {&out.p_onset, &out.p_end, &out.qrs_onset, &out.qrs_end, &out.t_end})
      if (!m->ms) m->reason = why;
    return out;
  };
  if (beat.empty())
    return nothing(beat.reason.empty() ? Sentence{tr_later("No beats were found."), {}} : beat.reason);
  const Frame f{beat.fs_hz, 1000 / beat.fs_hz, beat.r_at, beat.samples()};
  // In noise the slope is taken over twice the width: less sharp, but found.
  Signal all;
  for (const auto& m : beat.leads)
    if (!m.uv.empty()) all.push_back(m.noise_uv);
  const std::size_t fine = f.samples(median(all) > noisy_uv ? 8 : 4), coarse = f.samples(8);
  std::vector<Lead> leads;
  for (std::size_t l = 0; l < beat.leads.size(); ++l) {
    const auto& m = beat.leads[l];
    if (m.uv.empty() || (l < usable.size() && !usable[l])) continue;
    Lead lead{l, Signal(m.uv.begin(), m.uv.end()), {}, {}, {}, m.noise_uv, std::max(1.0, m.slow_noise_uv), 0};
    lead.slow = smooth(lead.x, f.samples(5));
    lead.steep = slope(lead.x, fine, f.dt_ms);
    lead.slow_steep = slope(lead.slow, coarse, f.dt_ms);
    lead.steep_noise =
        m.noise_uv * std::sqrt(2.0 / static_cast<double>(fine)) / (static_cast<double>(fine + 1) * f.dt_ms);
    leads.push_back(std::move(lead));
  }
  if (leads.empty() || f.n < f.samples(250)) return nothing({tr_later("No lead can be used."), {}});

  Signal onsets, ends;
  for (const auto& l : leads) {
    auto& marks = out.leads[l.number];
    marks.qrs_onset_ms = qrs_limit(l, f, fine, -1);
    marks.qrs_end_ms = qrs_limit(l, f, fine, 1);
    if (marks.qrs_onset_ms) onsets.push_back(*marks.qrs_onset_ms);
    if (marks.qrs_end_ms) ends.push_back(*marks.qrs_end_ms);
  }
  out.qrs_onset = global(onsets, guard_qrs, false, no_qrs());
  out.qrs_end = global(ends, guard_qrs, true, no_qrs());
  if (!out.qrs_onset.ms || !out.qrs_end.ms) return nothing(no_qrs());
  const double on = *out.qrs_onset.ms, off = *out.qrs_end.ms, rr_ms = beat.rr_s * 1000;

  // Levels: everything about the lead's PR segment.
  std::vector<Signal> y;
  Signal noise;
  for (const auto& l : leads) {
    Signal v = l.slow;
    double level = 0;
    const std::size_t a = f.index(on - 20), b = std::max(a + 1, f.index(on - 4));
    for (std::size_t i = a; i < b; ++i) level += l.x[i];
    level /= static_cast<double>(b - a);
    for (double& x : v) x -= level;
    y.push_back(std::move(v));
    noise.push_back(l.slow_noise);
  }

  // T: its peak between 40 ms after the QRS and where QT would be absurd (0.66 s at RR 1 s, by Bazett) or the
  // next P is.
  const double last_ms =
      on + std::min(660 * std::sqrt(std::max(0.3, beat.rr_s)), rr_ms > 0 ? rr_ms - 130 : 660);
  const std::size_t t_first = f.index(off + 40), t_last = std::min(f.n - 1 - coarse, f.index(last_ms));
  const Sentence no_t{tr_later("No T wave stands out of the noise."), {}};
  const auto t_peak = strongest(y, noise, t_first, t_last);
  Signal t_ends;
  if (t_peak && t_peak->strength > 7) {
    const auto sum = weighted(y, noise, t_peak->at);
    out.t_peak_ms = f.ms(static_cast<double>(t_peak->at));
    for (std::size_t k = 0; k < leads.size(); ++k)
      if (const auto t = t_end(y[k], leads[k].slow_steep, noise[k], t_peak->at, t_first, t_last, f)) {
        out.leads[leads[k].number].t_peak_ms = f.ms(static_cast<double>(t->peak));
        out.leads[leads[k].number].t_end_ms = t->end_ms;
        t_ends.push_back(t->end_ms);
      }
    if (t_ends.empty())
      if (const auto t =
              t_end(sum, slope(sum, coarse, f.dt_ms), median(noise), t_peak->at, t_first, t_last, f))
        t_ends.push_back(t->end_ms);
  }
  out.t_end = global(t_ends, guard_t, true, no_t);

  // P: between the T wave before and the QRS.
  const double previous_t = out.t_end.ms && rr_ms > 0 ? *out.t_end.ms - rr_ms + 10 : -1e9;
  const std::size_t p_first = std::max({f.index(on - 320), f.index(previous_t), coarse}),
                    p_last = f.index(on - 4);
  const auto no_p = [&](const char* why) {
    out.p_onset.reason = out.p_end.reason = {why, {}};
    return out;
  };
  if (p_last < p_first + f.samples(60))
    return no_p(tr_later("The heart is too fast: P may lie in the T wave before it."));
  // About the line from the zone's first level to the PR segment.
  std::vector<Signal> z = y;
  for (auto& v : z) {
    double start = 0;
    const std::size_t wide = f.samples(12);
    for (std::size_t i = p_first; i < p_first + wide; ++i) start += v[i];
    start /= static_cast<double>(wide);
    const double run = static_cast<double>(p_last - p_first);
    for (std::size_t i = 0; i < v.size(); ++i) {
      const double part = (static_cast<double>(p_last) - static_cast<double>(i)) / run;
      v[i] -= start * std::clamp(part, 0.0, 1.0);
    }
  }
  const char* absent =
      tr_later("No P wave is seen before the QRS (as in atrial fibrillation, or too small for the noise).");
  const auto p_peak = strongest(z, noise, p_first + f.samples(10), p_last - f.samples(10));
  if (!p_peak) return no_p(absent);
  const auto sum = weighted(z, noise, p_peak->at);
  const std::size_t at = p_peak->at;
  double largest = 0;
  std::size_t clear = 0;
  for (std::size_t k = 0; k < z.size(); ++k) {
    largest = std::max(largest, std::abs(z[k][at]));
    clear += std::abs(z[k][at]) > std::max(min_p_uv, 4 * noise[k]);
  }
  // A wave falls to less than half on both sides, and is neither a spike nor a slope.
  std::size_t left = at, right = at;
  while (left > p_first && sum[left] > 0.5 * sum[at]) --left;
  while (right < p_last && sum[right] > 0.5 * sum[at]) ++right;
  const double width = static_cast<double>(right - left) * f.dt_ms;
  if (p_peak->strength < 8 || clear < std::min<std::size_t>(2, z.size()) || largest < min_p_uv ||
      left == p_first || right == p_last || width < 20 || width > 150)
    return no_p(absent);
  Signal p_onsets, p_ends;
  for (std::size_t k = 0; k < z.size(); ++k) {
    if (std::abs(z[k][at]) < std::max(1.5 * min_p_uv, 6 * noise[k])) continue;
    auto& marks = out.leads[leads[k].number];
    const auto s = slope(z[k], coarse, f.dt_ms);
    marks.p_peak_ms = f.ms(static_cast<double>(at));
    marks.p_onset_ms = wave_limit(z[k], s, noise[k], at, p_first, f);
    marks.p_end_ms = wave_limit(z[k], s, noise[k], at, p_last, f);
    if (marks.p_onset_ms) p_onsets.push_back(*marks.p_onset_ms);
    if (marks.p_end_ms) p_ends.push_back(*marks.p_end_ms);
  }
  const auto s = slope(sum, coarse, f.dt_ms);
  if (p_onsets.empty())
    if (const auto v = wave_limit(sum, s, 0, at, p_first, f)) p_onsets.push_back(*v);
  if (p_ends.empty())
    if (const auto v = wave_limit(sum, s, 0, at, p_last, f)) p_ends.push_back(*v);
  const Sentence unclear{tr_later("The beginning or end of the P wave cannot be told from the noise."), {}};
  out.p_onset = global(p_onsets, guard_p, false, unclear);
  out.p_end = global(p_ends, guard_p, true, unclear);
  out.p_peak_ms = f.ms(static_cast<double>(at));
  return out;
}

}  // namespace caukham::analysis::ecg
