#include "analysis/ecg/fiducial.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours: a wide complex's peak lies up to 85 ms from the feature's, the baseline is read beyond it, the single beat's peak
// within 30 ms of its family's.
constexpr double reach_s = 0.085, edge_s = 0.115, search_s = 0.030, smooth_s = 0.010;
// Of two nearly equal deflections the positive one is the R peak by name.
constexpr float prefer_up = 1.15f;
constexpr double clear_enough = 0.2;  // a QRS over six times the lead's own floor

struct Place {
  float offset_ticks = 0, size_uv = 0;
  bool up = true, known = false;
};

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

}  // namespace

std::size_t fiducial_channel(const std::vector<Lead>& leads) {
  std::vector<double> clear;  // 0 noise … 1, mean
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

std::vector<std::uint64_t> place(const Recording& recording, std::size_t channel,
                                 const std::vector<Lead>& leads, const Clock& clock,
                                 const std::vector<std::size_t>& ticks,
                                 const std::vector<Shapes::Match>& families, std::size_t family_count) {
  const auto& lead = leads[channel];
  const auto uv = recording.channels[channel].uv;
  const std::size_t n = lead.smooth.size(), edge = clock.ticks(edge_s), reach = clock.ticks(reach_s),
                    half = edge;
  const auto inside = [&](std::ptrdiff_t t) {
    return t >= static_cast<std::ptrdiff_t>(half) &&
           t + static_cast<std::ptrdiff_t>(half) < static_cast<std::ptrdiff_t>(n);
  };

  std::vector<std::vector<float>> mean(family_count, std::vector<float>(2 * half + 1, 0));
  std::vector<std::size_t> members(family_count, 0);
  const auto aligned = [&](std::size_t k) {
    return static_cast<std::ptrdiff_t>(ticks[k]) + families[k].shift;
  };
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    const auto f = families[k].family;
    if (f < 0 || !inside(aligned(k)) || lead.bad[ticks[k]]) continue;
    const auto from = static_cast<std::size_t>(aligned(k)) - half;
    ++members[static_cast<std::size_t>(f)];
    auto& m = mean[static_cast<std::size_t>(f)];
    for (std::size_t i = 0; i < m.size(); ++i) m[i] += lead.smooth[from + i];
  }
  std::vector<Place> places(family_count);
  for (std::size_t f = 0; f < family_count; ++f) {
    if (members[f] == 0) continue;
    for (float& v : mean[f]) v /= static_cast<float>(members[f]);
    places[f] = furthest(mean[f], half, reach, edge);
  }

  const auto width = static_cast<std::ptrdiff_t>(std::max(1.0, smooth_s * clock.fs_hz / 2));
  const auto span = static_cast<std::ptrdiff_t>(search_s * clock.fs_hz);
  std::vector<std::uint64_t> out;
  std::vector<float> own(2 * half + 1);
  for (std::size_t k = 0; k < ticks.size(); ++k) {
    const auto f = families[k].family;
    Place p;
    std::ptrdiff_t centre = static_cast<std::ptrdiff_t>(ticks[k]);
    if (f >= 0 && places[static_cast<std::size_t>(f)].known) {
      p = places[static_cast<std::size_t>(f)];
      centre = aligned(k);
    } else if (inside(centre) && !lead.bad[ticks[k]]) {
      std::copy_n(lead.smooth.begin() + (centre - static_cast<std::ptrdiff_t>(half)), own.size(),
                  own.begin());
      p = furthest(own, half, reach, edge);
    }
    const double expected_tick = static_cast<double>(centre) + static_cast<double>(p.offset_ticks);
    const auto expected = static_cast<std::ptrdiff_t>((expected_tick + 0.5) * clock.factor);
    std::ptrdiff_t best = expected;
    if (p.known && !lead.bad[ticks[k]]) {
      // Triangular smoothing over 10 ms, and a pull towards the usual place, keep noise from moving the mark.
      float most = -1e30f;
      for (std::ptrdiff_t i = expected - span; i <= expected + span; ++i) {
        float sum = 0, weight = 0;
        for (std::ptrdiff_t o = -width; o <= width; ++o) {
          const auto at = i + o;
          if (at < 0 || at >= static_cast<std::ptrdiff_t>(uv.size()) ||
              !std::isfinite(uv[static_cast<std::size_t>(at)]))
            continue;
          const auto w = static_cast<float>(width + 1 - std::abs(o));
          sum += w * uv[static_cast<std::size_t>(at)];
          weight += w;
        }
        if (weight <= 0) continue;
        const float away = static_cast<float>(i - expected) / static_cast<float>(span);
        const float v = (p.up ? sum : -sum) / weight - 0.2f * p.size_uv * away * away;
        if (v > most) most = v, best = i;
      }
    }
    best = std::clamp<std::ptrdiff_t>(best, 0, static_cast<std::ptrdiff_t>(recording.samples()) - 1);
    out.push_back(static_cast<std::uint64_t>(best));
  }
  return out;
}

}  // namespace caukham::analysis::ecg::detail
