// What the beats already chosen teach about the rest: their shapes, what usually follows and precedes them, and their
// intervals. The idea and the rules are ours.
#include "analysis/ecg/choose_again.hpp"

#include <algorithm>

#include "analysis/ecg/shapes.hpp"

namespace caukham::analysis::ecg::detail {
namespace {

constexpr float quiet = 0.34f;  // a threshold no noise has raised
// Of a typical QRS (far_lower: of the beat before): the feature of the lowest beats looked for, and their size from peak to
// peak; and how high a P wave may be. Measured on made ambulatory records (tests/lib/ambulatory.hpp, seeds below 1000).
constexpr float low_value = 0.10f, least_size = 0.22f, most_lower = 0.16f, like_p = 0.6f, tallest_p = 0.7f, higher_than_p = 0.4f, far_lower = 0.12f,
                seen_by_two = 0.15f;
constexpr double past_t_s = 0.40;  // after a beat: its T wave is over the top
// A T wave as tall as R: where it lies, in what part of the beats, how steep at most of the QRS. Our choice, of the
// same records: a QT of half a second has its T wave's top at 0.4 s.
constexpr double t_within_s = 0.40, p_within_s = 0.24;
constexpr float t_always = 0.85f, t_less_steep = 1.0f;
// Ours: what is steeper than a P or T wave, beside how many of a family it makes them none, and how large a common family is
// beside the largest.
constexpr float steeper = 1.1f, few = 0.25f, common_part = 0.15f;

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
    if (c.threshold > quiet || c.value < low_value) continue;
    if (c.second < (c.value < c.threshold ? seen_by_two * c.first : 0.5f * c.value)) continue;  // a pop shows in one lead
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

// Families that are another family's T wave: less steep, in nearly all of the recording soon after it, and hardly ever
// without it. A ventricular beat may do so for minutes, but then later, or steeper.
std::vector<bool> t_waves(const std::vector<Candidate>& all, const std::vector<std::size_t>& chosen,
                          const std::vector<int>& family, std::size_t families, const Clock& clock) {
  std::vector<std::size_t> members(families, 0), followed(families * families, 0);
  std::vector<float> steep(families, 0);
  const auto slot = [&](int a, int b) { return static_cast<std::size_t>(a) * families + static_cast<std::size_t>(b); };
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    if (family[k] < 0) continue;
    ++members[static_cast<std::size_t>(family[k])], steep[static_cast<std::size_t>(family[k])] += all[chosen[k]].steep;
    if (k > 0 && family[k - 1] >= 0 && all[chosen[k]].tick - all[chosen[k - 1]].tick < clock.ticks(t_within_s))
      ++followed[slot(family[k - 1], family[k])];
  }
  std::vector<bool> out(families, false);
  for (std::size_t a = 0; a < families; ++a)
    for (std::size_t b = 0; b < families; ++b) {
      if (a == b || members[a] < 20 || members[b] < 20) continue;
      const float both = t_always * static_cast<float>(std::max(members[a], members[b]));
      const float slopes = steep[b] / static_cast<float>(members[b]) * static_cast<float>(members[a]) / std::max(1e-6f, steep[a]);
      if (static_cast<float>(followed[a * families + b]) >= both && slopes < t_less_steep) out[b] = true;
    }
  return out;
}

// The families that most beats are of, and among them those whose members have nothing steeper of such a family beside them,
// where a P or a T wave has its QRS, but for a few. That QRS is there nearly always, though noise may change its shape; pops
// have shapes too, and come in no order.
void learn_company(std::vector<Candidate>& all, std::size_t families, const Clock& clock) {
  std::vector<std::size_t> members(families, 0), beside(families, 0);
  const auto of_family = [](const Candidate& c) { return c.family >= 0 && c.match >= Shapes::same_family; };
  for (const auto& c : all)
    if (of_family(c)) ++members[static_cast<std::size_t>(c.family)];
  const std::size_t largest = families > 0 ? *std::max_element(members.begin(), members.end()) : 0;
  const float common = std::max(20.0f, common_part * static_cast<float>(largest));
  for (auto& c : all) c.common = of_family(c) && static_cast<float>(members[static_cast<std::size_t>(c.family)]) >= common;
  const auto less_steep = [&](std::size_t i, std::size_t j) {
    return all[j].common && all[j].family != all[i].family && all[j].steep > steeper * all[i].steep;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].common) continue;
    bool part = false;
    for (std::size_t j = i; !part && j-- > 0 && all[i].tick - all[j].tick < clock.ticks(t_within_s);) part = less_steep(i, j);
    for (std::size_t j = i + 1; !part && j < all.size() && all[j].tick - all[i].tick < clock.ticks(p_within_s); ++j) part = less_steep(i, j);
    if (part) ++beside[static_cast<std::size_t>(all[i].family)];
  }
  for (auto& c : all) {
    const auto f = static_cast<std::size_t>(std::max(0, c.family));
    c.stands_alone = c.common && c.match > 0.9f && static_cast<float>(beside[f]) < few * static_cast<float>(members[f]);
  }
}

}  // namespace

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
  const auto is_t = t_waves(before, chosen, family, shapes.families.size(), clock);
  std::size_t from = 0;
  for (auto& c : all) {
    const auto m = shapes.match(c.tick, established);
    c.match = m.correlation, c.family = m.family;
    c.like_t = m.family >= 0 && m.correlation >= Shapes::same_family && is_t[static_cast<std::size_t>(m.family)];
    // Beats of a shape that is known to be lower than others are held against their own height; noise still counts.
    if (c.match > 0.9f)
      c.lower = std::clamp(c.threshold - 0.6f * heights[static_cast<std::size_t>(c.family)], 0.0f, most_lower);
    while (from + 1 < chosen.size() && before[chosen[from + 1]].tick <= c.tick) ++from;
    c.rr_s = before[chosen[from]].rr_s;
  }
  learn_company(all, shapes.families.size(), clock);
  for (std::size_t i = 0; i < all.size(); ++i) {  // lone low ones only: a P wave with its QRS after it loses to that anyway
    auto& c = all[i];
    if (c.value > tallest_p) continue;
    const float height = c.match > 0.9f ? heights[static_cast<std::size_t>(c.family)] : 0;
    if (height > 0 && (c.family == commonest || (height > higher_than_p && c.value > 0.5f * height))) continue;
    if (i + 1 < all.size() && all[i + 1].tick - c.tick < clock.ticks(0.26) && all[i + 1].value > 1.5f * c.value) continue;
    c.like_p = followers.usual_before(commonest, c.tick) > like_p;
  }
  return choose(all, fused, clock, &followers);
}

}  // namespace caukham::analysis::ecg::detail
