#include "analysis/ecg/artefacts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours, measured on made records (baseline jumps of tests/lib/ambulatory.hpp): no amplifier for ECGs clips below 1.5 mV; a
// jump is steeper than 60 µV in the feature, and three quarters of its movement go one way.
constexpr float rail_uv = 1500, step_uv = 60, step_part = 0.75f;

}  // namespace

// Marks runs at the channel's own largest or smallest value: an amplifier at its rail. A flat baseline is not
// one.
void mark_rails(std::span<const float> uv, std::size_t run, std::vector<std::uint8_t>& bad, unsigned factor) {
  float low = std::numeric_limits<float>::max(), high = -low;
  std::vector<float> some;
  const std::size_t stride = std::max<std::size_t>(1, uv.size() / 20000);
  for (const float v : uv) {  // NaN compares false; infinities are missing samples
    low = v < low && v >= -most_uv ? v : low;
    high = v > high && v <= most_uv ? v : high;
  }
  for (std::size_t i = 0; i < uv.size(); i += stride)
    if (std::abs(uv[i]) <= most_uv) some.push_back(uv[i]);
  if (some.empty()) return;
  std::nth_element(some.begin(), some.begin() + static_cast<std::ptrdiff_t>((some.size() - 1) / 2), some.end());
  const float middle = some[(some.size() - 1) / 2];
  for (const float rail : {low, high}) {
    if (std::abs(rail - middle) < rail_uv) continue;
    for (std::size_t i = 0; i < uv.size();) {
      if (uv[i] != rail) {
        ++i;
        continue;
      }
      std::size_t to = i;
      while (to < uv.size() && uv[to] == rail) ++to;
      if (to - i >= run)
        for (std::size_t t = i / factor; t <= (to - 1) / factor && t < bad.size(); ++t) bad[t] = 1;
      i = to;
    }
  }
}

void widen(std::vector<std::uint8_t>& bad, std::size_t by) {
  std::vector<std::size_t> edges;
  for (std::size_t i = 0; i < bad.size();) {
    if (!bad[i]) {
      ++i;
      continue;
    }
    std::size_t to = i;
    while (to < bad.size() && bad[to]) ++to;
    edges.push_back(i), edges.push_back(to);
    i = to;
  }
  for (std::size_t e = 0; e < edges.size(); e += 2) {
    const std::size_t from = edges[e] > by ? edges[e] - by : 0, to = std::min(bad.size(), edges[e + 1] + by);
    std::fill(bad.begin() + static_cast<std::ptrdiff_t>(from), bad.begin() + static_cast<std::ptrdiff_t>(to),
              1);
  }
}

// Marks where the baseline jumps and stays: nearly all movement within 60 ms goes one way, within the 40 ms that the
// smoothing makes of a jump, and is still there 0.2 s later. A QRS comes back, alone or on top of a jump; the flank of a
// T wave takes longer.
void mark_steps(Lead& lead, const Clock& clock) {
  const std::size_t n = lead.feature.size(), near = clock.ticks(0.06), far = clock.ticks(0.20), gap = clock.ticks(0.10),
                    quick = clock.ticks(0.024);
  std::vector<std::size_t> steps;
  for (std::size_t t = far; t + far < n; ++t) {
    const float f = lead.feature[t];
    if (f < step_uv || f < lead.feature[t - 1] || f <= lead.feature[t + 1]) continue;
    const float* s = lead.smooth.data() + t;
    double before = 0, after = 0;
    for (std::size_t i = near; i <= far; ++i) before += static_cast<double>(*(s - i)), after += static_cast<double>(s[i]);
    const float jump = static_cast<float>(std::abs(after - before)) / static_cast<float>(far - near + 1);
    float moved = 0, across = 0;
    for (const float* at = s - near; at < s + near; ++at) {
      moved += std::abs(at[1] - at[0]);
      across = std::max(across, std::abs(at[quick] - *(at - quick)));
    }
    if (jump > step_part * moved && across > step_part * jump) steps.push_back(t);
  }
  for (auto t : steps)
    std::fill(lead.bad.begin() + static_cast<std::ptrdiff_t>(t - gap), lead.bad.begin() + static_cast<std::ptrdiff_t>(t + gap), 1);
}

}  // namespace caukham::analysis::ecg::detail
