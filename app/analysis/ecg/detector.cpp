// Sources: band and window lengths after Elgendi (PLoS ONE 2013;8:e73557) and Hamilton (Open Source ECG
// Analysis, Comput Cardiol 2002;29:101); refractory time, T wave rule, noise-dependent threshold and search
// back after Pan and Tompkins (IEEE TBME 1985;32:230). Weighting of leads, the choice of a whole chain of
// beats at once and the use of the beats' own families are ours; their constants were found on made ECGs
// (tests/lib/ecg_cases.hpp, ambulatory.hpp).
#include "analysis/ecg/detector.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analysis/ecg/choose.hpp"
#include "analysis/ecg/classify.hpp"
#include "analysis/ecg/feature.hpp"
#include "analysis/ecg/fiducial.hpp"
#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg {
namespace {

using namespace detail;

constexpr float quiet = 0.34f;  // a threshold no noise has raised
// Of a typical QRS (far_lower: of the beat before): the feature of the lowest beats looked for, and their size from peak to
// peak; found on made ambulatory records.
constexpr float low_value = 0.10f, least_size = 0.22f, most_lower = 0.16f, like_p = 0.6f, tallest_p = 0.7f, far_lower = 0.12f;
constexpr double past_t_s = 0.40;  // after a beat: its T wave is over the top

std::string refuse(const Recording& r) {
  if (r.channels.empty()) return "the recording has no channels";
  if (r.channels.size() > 64) return "the recording has more than 64 channels";
  if (!(r.fs_hz >= 100 && r.fs_hz <= 4000)) return "the sampling rate is outside 100 to 4000 a second";
  for (const auto& c : r.channels)
    if (c.uv.size() != r.samples()) return "the channels are not of the same length";
  if (static_cast<double>(r.samples()) < 2 * r.fs_hz) return "the recording is shorter than 2 seconds";
  return {};
}

// Usual interval around each candidate: median of the chosen intervals within 8 s.
void learn_intervals(std::vector<Candidate>& all, const std::vector<std::size_t>& chosen,
                     const Clock& clock) {
  std::vector<float> rr;
  std::size_t from = 0;
  const std::size_t reach = clock.ticks(8);
  for (auto& c : all) {
    while (from + 1 < chosen.size() && all[chosen[from]].tick + reach < c.tick) ++from;
    rr.clear();
    for (std::size_t k = from + 1; k < chosen.size() && all[chosen[k]].tick < c.tick + reach; ++k)
      rr.push_back(static_cast<float>(static_cast<double>(all[chosen[k]].tick - all[chosen[k - 1]].tick) /
                                      clock.tick_hz));
    if (rr.size() < 4) continue;
    std::nth_element(rr.begin(), rr.begin() + static_cast<std::ptrdiff_t>(rr.size() / 2), rr.end());
    c.rr_s = std::clamp(rr[rr.size() / 2], 0.3f, 2.0f);
  }
}

// Heights from the beats themselves instead of 2 s maxima.
void learn_heights(std::vector<Lead>& leads, const std::vector<Candidate>& all,
                   const std::vector<std::size_t>& chosen, const Clock& clock) {
  if (chosen.size() < 5) return;
  const std::size_t block = clock.ticks(1.0), reach = clock.ticks(8), near = clock.ticks(0.04);
  std::vector<float> values;
  for (auto& lead : leads) {
    std::vector<float> at(chosen.size());
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      const std::size_t t = all[chosen[k]].tick;
      for (std::size_t i = t > near ? t - near : 0; i <= std::min(lead.feature.size() - 1, t + near); ++i)
        at[k] = std::max(at[k], lead.feature[i]);
    }
    std::size_t from = 0;
    for (std::size_t b = 0; b < lead.blocks.size(); ++b) {
      auto& here = lead.blocks[b];
      if (here.height <= 0) continue;
      const std::size_t centre = b * block + block / 2;
      while (from + 1 < chosen.size() && all[chosen[from]].tick + reach < centre) ++from;
      values.clear();
      for (std::size_t k = from; k < chosen.size() && all[chosen[k]].tick < centre + reach; ++k)
        if (at[k] > 0) values.push_back(at[k]);
      if (values.size() < 4) continue;
      std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                       values.end());
      here.height = std::max(values[values.size() / 2], 0.25f * here.height);
    }
  }
}

// Peak to peak around a tick, leads weighted and over their own heights: what a wide slow complex has and the feature,
// which looks for steepness, does not show.
float size_at(std::size_t tick, const std::vector<Lead>& leads, const Clock& clock) {
  const std::size_t reach = clock.ticks(0.09), n = leads.front().smooth.size(), block = tick / clock.ticks(1.0);
  float sum = 0, total = 0;
  for (const auto& l : leads) {
    const auto& here = l.blocks[std::min(block, l.blocks.size() - 1)];
    if (here.height <= 0 || l.bad[tick]) continue;
    const auto [low, high] = std::minmax_element(l.smooth.begin() + static_cast<std::ptrdiff_t>(tick > reach ? tick - reach : 0),
                                                 l.smooth.begin() + static_cast<std::ptrdiff_t>(std::min(n, tick + reach)));
    sum += here.weight * (*high - *low) / here.height, total += here.weight;
  }
  return total > 0 ? sum / total : 0;
}

// What was not chosen and yet stands out of little noise, is no P wave (nothing follows at once, and the neighbouring
// beats have none of this shape) and no T wave (the neighbouring beats have nothing of the kind): low ectopic beats, if
// the same shape comes again. Wide ones are low in the feature; beyond the T wave a quarter of the usual QRS peak to
// peak will do: only a P wave may be as large.
std::vector<std::size_t> unexplained(const std::vector<Candidate>& all, const std::vector<std::size_t>& chosen,
                                     const std::vector<int>& family, int commonest, const Followers& followers,
                                     const std::vector<Lead>& leads, const Clock& clock) {
  std::vector<std::size_t> out;
  std::vector<float> size(chosen.size(), 0), near;
  const auto usual_size = [&](std::size_t k) {  // of the beats around, known once asked for
    near.clear();
    for (std::size_t i = k > 4 ? k - 4 : 0; i < std::min(chosen.size(), k + 4); ++i) {
      if (size[i] == 0) size[i] = size_at(all[chosen[i]].tick, leads, clock);
      near.push_back(size[i]);
    }
    std::nth_element(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(near.size() / 2), near.end());
    return near[near.size() / 2];
  };
  std::size_t k = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& c = all[i];
    while (k < chosen.size() && all[chosen[k]].tick < c.tick) ++k;
    if (k == 0 || (k < chosen.size() && chosen[k] == i)) continue;
    if (c.threshold > quiet || c.value < low_value || c.second < (c.value < c.threshold ? 0.4f : 0.5f) * c.value)
      continue;  // an electrode's pop shows in one lead
    const std::size_t before = all[chosen[k - 1]].tick;
    if (c.tick - before < clock.ticks(0.24)) continue;
    if (k < chosen.size() && all[chosen[k]].tick - c.tick < clock.ticks(0.30)) continue;
    if (c.tick - before < clock.ticks(0.50)) {
      const float usual = followers.usual(before, family[k - 1], c.tick);
      if (usual < 0 || usual > 0.3f) continue;
    }
    if (c.value < c.threshold && (c.tick - before < clock.ticks(past_t_s) || c.value < far_lower * all[chosen[k - 1]].value ||
                                  size_at(c.tick, leads, clock) < least_size * usual_size(k)))
      continue;
    if (followers.usual_before(commonest, c.tick) > like_p) continue;
    out.push_back(i);
  }
  return out;
}

int most_frequent(const std::vector<int>& family) {
  std::vector<std::size_t> members;
  for (const int f : family) {
    if (f < 0) continue;
    if (members.size() <= static_cast<std::size_t>(f)) members.resize(static_cast<std::size_t>(f) + 1);
    ++members[static_cast<std::size_t>(f)];
  }
  return members.empty() ? -1 : static_cast<int>(std::max_element(members.begin(), members.end()) - members.begin());
}

// The feature's mean over each family's members; 1 where that is not known.
std::vector<float> family_heights(const std::vector<Candidate>& all, const std::vector<std::size_t>& members, const Shapes& shapes,
                                  std::size_t established) {
  std::vector<float> sum(shapes.families.size(), 0), count(shapes.families.size(), 0);
  for (auto k : members) {
    const auto m = shapes.match(all[k].tick, established);
    if (m.correlation < Shapes::same_family) continue;
    sum[static_cast<std::size_t>(m.family)] += all[k].value, ++count[static_cast<std::size_t>(m.family)];
  }
  for (std::size_t f = 0; f < sum.size(); ++f) sum[f] = count[f] > 0 ? sum[f] / count[f] : 1;
  return sum;
}

// Chooses among `all` with what the beats of the pass before teach: shapes, what usually follows them, and intervals.
std::vector<std::size_t> choose_again(std::vector<Candidate> before, const std::vector<std::size_t>& chosen,
                                      std::vector<Candidate>& all, const Fused& fused, const std::vector<Lead>& leads,
                                      const Clock& clock) {
  Shapes shapes(leads, clock);
  for (auto k : chosen)
    if (before[k].value > 1.3f * before[k].threshold || before[k].match > 0.9f) shapes.add(before[k].tick);
  // A family counts from three members, in long recordings from eight: a short run of another shape is one too.
  const std::size_t established = std::clamp<std::size_t>(chosen.size() / 100, 3, 8);
  std::vector<std::size_t> at;
  std::vector<int> family;
  for (auto k : chosen) {
    const auto m = shapes.match(before[k].tick, established);
    at.push_back(before[k].tick), family.push_back(m.correlation >= Shapes::same_family ? m.family : -1);
  }
  const Followers followers(leads, clock, at, family);
  const int commonest = most_frequent(family);
  std::vector<std::size_t> members = chosen;
  for (auto k : unexplained(before, chosen, family, commonest, followers, leads, clock)) shapes.add(before[k].tick), members.push_back(k);
  const auto heights = family_heights(before, members, shapes, established);
  learn_intervals(before, chosen, clock);
  std::size_t from = 0;
  for (auto& c : all) {
    const auto m = shapes.match(c.tick, established);
    c.match = m.correlation, c.family = m.family;
    // Beats of a shape that is known to be lower than others are held against their own height; noise still counts.
    if (c.match > 0.9f)
      c.lower = std::clamp(c.threshold - 0.6f * heights[static_cast<std::size_t>(c.family)], 0.0f, most_lower);
    while (from + 1 < chosen.size() && before[chosen[from + 1]].tick <= c.tick) ++from;
    c.rr_s = before[chosen[from]].rr_s;
  }
  for (std::size_t i = 0; i < all.size(); ++i) {  // lone low ones only: a P wave with its QRS after it loses to that anyway
    auto& c = all[i];
    if (c.value > tallest_p || (c.family == commonest && c.match > 0.9f)) continue;
    if (i + 1 < all.size() && all[i + 1].tick - c.tick < clock.ticks(0.26) && all[i + 1].value > 1.5f * c.value) continue;
    c.like_p = followers.usual_before(commonest, c.tick) > like_p;
  }
  return choose(all, fused, clock, &followers);
}

}  // namespace

Detection detect(const Recording& recording, const DetectOptions& options) {
  Detection out;
  out.lead_weight.assign(recording.channels.size(), 0);
  out.reason = refuse(recording);
  if (!out.reason.empty()) return out;
  const Clock clock(recording.fs_hz);
  std::vector<Lead> leads;
  for (const auto& c : recording.channels) leads.push_back(make_lead(c, clock));

  Fused fused = fuse(leads, clock);
  auto all = candidates(fused, leads, clock);
  auto chosen = choose(all, fused, clock);
  for (int pass = 0; pass < 2 && !chosen.empty(); ++pass) {
    learn_heights(leads, all, chosen, clock);
    fused = fuse(leads, clock);
    const auto before = std::exchange(all, candidates(fused, leads, clock));
    chosen = choose_again(before, chosen, all, fused, leads, clock);
  }
  std::vector<std::size_t> ticks;
  for (auto k : chosen) ticks.push_back(all[k].tick);
  Shapes shapes(leads, clock);
  std::vector<Shapes::Match> families;
  for (auto t : ticks) shapes.add(t);  // twice: the first complexes join families that were not yet there
  for (auto t : ticks) families.push_back(shapes.match(t));
  out.fiducial_channel = fiducial_channel(leads);
  const auto samples =
      place(recording, out.fiducial_channel, leads, clock, ticks, families, shapes.families.size());
  // Marks of two near beats of unlike shapes may meet; then they are one beat.
  std::size_t kept = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    if (kept > 0 && samples[k] <= out.beats.back().sample) continue;
    out.beats.push_back({samples[k], BeatType::unclassified});
    ticks[kept] = ticks[k];
    families[kept++] = families[k];
  }
  ticks.resize(kept);
  families.resize(kept);
  if (options.classify) classify(shapes, families, clock, ticks, out.beats);
  double total = 0;
  for (std::size_t l = 0; l < leads.size(); ++l) {
    for (const auto& b : leads[l].blocks) out.lead_weight[l] += b.weight;
    total += static_cast<double>(out.lead_weight[l]);
  }
  for (float& w : out.lead_weight) w = total > 0 ? w / static_cast<float>(total) : 0;
  std::size_t unusable = 0;
  for (std::size_t b = 0; b < fused.quality.size(); ++b) {
    const auto in_block = [&](std::size_t t) { return t / clock.ticks(1.0) == b; };
    unusable +=
        fused.quality[b] <= 0 || (!fused.readable[b] && std::none_of(ticks.begin(), ticks.end(), in_block));
  }
  out.unusable_part = static_cast<double>(unusable) / static_cast<double>(fused.quality.size());
  const bool flat = std::all_of(fused.quality.begin(), fused.quality.end(), [](float q) { return q <= 0; });
  if (out.beats.empty())
    out.reason = flat ? "no lead carries a signal" : "nothing stands clear of the noise as a heartbeat";
  return out;
}

std::vector<Beat> detect_beats(const Recording& recording, const DetectOptions& options) {
  return detect(recording, options).beats;
}

}  // namespace caukham::analysis::ecg
