#include "analysis/ecg/fiducial.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours: a wide complex's peak lies up to 85 ms from the feature's, the baseline is read beyond it, the single beat's peak
// within 30 ms of its family's.
constexpr double reach_s = 0.085, edge_s = 0.115, search_s = 0.030, smooth_s = 0.010;
// Of two nearly equal deflections the positive one is the R peak by name.
constexpr float prefer_up = 1.15f;
constexpr double clear_enough = 0.2;  // a QRS over six times the lead's own floor
// An average's peak is believed when it stands this far over its error, which is half of what the averages of its members
// by turns differ by: of noise alone the largest of 170 ms is 3 to 4 times that.
constexpr float over_error = 6, unknown = 1e9f;
constexpr std::size_t least_members = 4;

struct Place {
  float offset_ticks = 0, size_uv = 0;
  bool up = true, known = false;
  std::size_t lead = 0;
};

struct Average {
  std::vector<float> mean;  // µV, ticks; empty: the family has no members here
  float error_uv = unknown;
};
using Averages = std::vector<Average>;  // a family

// Furthest from the baseline, which is the mean of what lies at both edges.
Place furthest(const std::vector<float>& v, std::size_t half, std::size_t reach, std::size_t edge) {
  float base = 0;
  const std::size_t width = edge > reach ? edge - reach : 1;
  for (std::size_t i = 0; i < width; ++i) base += v[half - edge + i] + v[half + edge - i];
  base /= static_cast<float>(2 * width);
  Place best;
  float most = 0;
  for (std::size_t t = half - reach; t <= half + reach; ++t) {
    const float d = v[t] - base, size = d > 0 ? d * prefer_up : -d;
    if (size > most) {
      most = size;
      best = {static_cast<float>(t) - static_cast<float>(half), std::abs(d), d > 0, true};
    }
  }
  return best;
}

bool inside(std::ptrdiff_t t, std::size_t half, std::size_t n) {
  return t >= static_cast<std::ptrdiff_t>(half) && t + static_cast<std::ptrdiff_t>(half) < static_cast<std::ptrdiff_t>(n);
}

double clearness(const Lead& lead, const Clock& clock, std::size_t tick) {  // 0 noise … 1
  return std::sqrt(static_cast<double>(lead.blocks[std::min(tick / clock.ticks(1.0), lead.blocks.size() - 1)].weight));
}

// The first lead whose single QRS stand clear of its noise over the recording.
std::size_t clear_lead(const std::vector<Lead>& leads) {
  std::vector<double> clear;  // mean
  for (const auto& l : leads) {
    double sum = 0;
    for (const auto& b : l.blocks) sum += std::sqrt(static_cast<double>(b.weight));
    clear.push_back(l.blocks.empty() ? 0 : sum / static_cast<double>(l.blocks.size()));
  }
  const double most = clear.empty() ? 0 : *std::max_element(clear.begin(), clear.end());
  for (std::size_t l = 0; l < clear.size(); ++l)
    if (clear[l] > 0 && clear[l] >= std::min(clear_enough, most / 2)) return l;
  return 0;
}

Averages average(const Lead& lead, const std::vector<std::size_t>& ticks, const std::vector<Shapes::Match>& families,
                 std::size_t family_count, std::size_t half) {
  struct Sum {
    std::vector<float> of[2];  // its members by turns
    std::size_t members = 0;
  };
  const std::size_t width = 2 * half + 1;
  std::vector<Sum> sums(family_count);
  for (auto& s : sums) s.of[0].assign(width, 0), s.of[1].assign(width, 0);
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    const auto f = families[k].family;
    const auto at = static_cast<std::ptrdiff_t>(ticks[k]) + families[k].shift;
    if (f < 0 || lead.bad[ticks[k]] || !inside(at, half, lead.smooth.size())) continue;
    auto& s = sums[static_cast<std::size_t>(f)];
    auto& half_of_them = s.of[s.members++ % 2];
    const float* from = lead.smooth.data() + at - static_cast<std::ptrdiff_t>(half);
    float base = 0;
    for (std::size_t i = 0; i < width; ++i) base += from[i] / static_cast<float>(width);
    for (std::size_t i = 0; i < width; ++i) half_of_them[i] += from[i] - base;
  }
  Averages out(family_count);
  for (std::size_t f = 0; f < family_count; ++f) {
    const auto& s = sums[f];
    if (s.members == 0) continue;
    out[f].mean.resize(width);
    const auto odd = static_cast<float>(std::max<std::size_t>(1, s.members / 2)), even = static_cast<float>((s.members + 1) / 2);
    float error = 0;
    for (std::size_t i = 0; i < width; ++i) {
      out[f].mean[i] = (s.of[0][i] + s.of[1][i]) / static_cast<float>(s.members);
      const float apart = (s.of[0][i] / even - s.of[1][i] / odd) / 2;
      error += apart * apart;
    }
    if (s.members >= least_members) out[f].error_uv = std::sqrt(error / static_cast<float>(width));
  }
  return out;
}

// The single beat's peak near the expected sample. Triangular smoothing over 10 ms, and a pull towards the usual place,
// keep noise from moving the mark.
std::ptrdiff_t peak_near(std::span<const float> uv, double fs_hz, std::ptrdiff_t expected, const Place& p) {
  const auto width = static_cast<std::ptrdiff_t>(std::max(1.0, smooth_s * fs_hz / 2));
  const auto span = static_cast<std::ptrdiff_t>(search_s * fs_hz);
  std::ptrdiff_t best = expected;
  float most = -1e30f;
  for (std::ptrdiff_t i = expected - span; i <= expected + span; ++i) {
    float sum = 0, weight = 0;
    for (std::ptrdiff_t o = -width; o <= width; ++o) {
      const auto at = i + o;
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(uv.size()) || !std::isfinite(uv[static_cast<std::size_t>(at)])) continue;
      const auto w = static_cast<float>(width + 1 - std::abs(o));
      sum += w * uv[static_cast<std::size_t>(at)];
      weight += w;
    }
    if (weight <= 0) continue;
    const float away = static_cast<float>(i - expected) / static_cast<float>(span);
    const float v = (p.up ? sum : -sum) / weight - 0.2f * p.size_uv * away * away;
    if (v > most) most = v, best = i;
  }
  return best;
}

}  // namespace

std::vector<std::uint64_t> place(const Recording& recording, const std::vector<Lead>& leads, const Clock& clock,
                                 const std::vector<std::size_t>& ticks, const std::vector<Shapes::Match>& families,
                                 std::size_t family_count) {
  const std::size_t edge = clock.ticks(edge_s), reach = clock.ticks(reach_s), half = edge, clear = clear_lead(leads);
  std::vector<Place> places(family_count);
  for (std::size_t l = 0; l <= clear; ++l) {
    const auto averages = average(leads[l], ticks, families, family_count, half);
    for (std::size_t f = 0; f < family_count; ++f) {
      if (places[f].known || averages[f].mean.empty()) continue;
      auto p = furthest(averages[f].mean, half, reach, edge);
      p.lead = l;
      if (l == clear || p.size_uv > over_error * averages[f].error_uv) places[f] = p;
    }
  }

  std::vector<std::uint64_t> out;
  std::vector<float> own(2 * half + 1);
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    const auto f = families[k].family;
    Place p;
    p.lead = clear;
    auto centre = static_cast<std::ptrdiff_t>(ticks[k]);
    if (f >= 0 && places[static_cast<std::size_t>(f)].known) {
      p = places[static_cast<std::size_t>(f)];
      centre += families[k].shift;
    } else if (inside(centre, half, leads[clear].smooth.size()) && !leads[clear].bad[ticks[k]]) {
      std::copy_n(leads[clear].smooth.begin() + (centre - static_cast<std::ptrdiff_t>(half)), own.size(), own.begin());
      p = furthest(own, half, reach, edge);
      p.lead = clear;
    }
    const auto& lead = leads[p.lead];
    const double expected_tick = static_cast<double>(centre) + static_cast<double>(p.offset_ticks);
    auto best = static_cast<std::ptrdiff_t>((expected_tick + 0.5) * clock.factor);
    // In a lead that is all noise here the single beat's peak is the noise's.
    if (p.known && !lead.bad[ticks[k]] && (p.lead == clear || clearness(lead, clock, ticks[k]) > clear_enough))
      best = peak_near(recording.channels[p.lead].uv, clock.fs_hz, best, p);
    best = std::clamp<std::ptrdiff_t>(best, 0, static_cast<std::ptrdiff_t>(recording.samples()) - 1);
    out.push_back(static_cast<std::uint64_t>(best));
  }
  return out;
}

}  // namespace caukham::analysis::ecg::detail
