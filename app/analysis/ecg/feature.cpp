#include "analysis/ecg/feature.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/ecg/artefacts.hpp"

namespace caukham::analysis::ecg::detail {
namespace {

// Ours. 250 ticks a second: the QRS band ends at 20 Hz, and a mark is placed at the full rate later (fiducial.cpp). A rail is
// touched by an R peak for less than 0.1 s; what the filters smear out of a hole reaches 0.12 s. A lead
// below 8 µV in the feature is taken for a flat one. One lead may count for no more than two typical QRS.
constexpr double working_hz = 250, rail_s = 0.1, near_bad_s = 0.12;
constexpr float least_height_uv = 8, clip = 2.0f;
// Noise alone has 2 s maxima of about three times its lower quartile; a QRS stands far higher.
// Noise of 0 dB by nst's measure leaves 5.5, noise alone 2 to 3 (measured on made ECGs).
constexpr float noise_ratio = 3.0f, clear_ratio = 16.0f, readable_ratio = 3.4f;

template <class V>
float quantile(V& v, double part) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

}  // namespace

Clock::Clock(double fs) : fs_hz(fs), factor(std::max(1u, static_cast<unsigned>(fs / working_hz + 1e-6))) {
  tick_hz = fs / factor;
}

void moving_average(std::vector<float>& v, std::size_t width) {
  const std::size_t n = v.size();
  if (width < 2 || n == 0) return;
  const std::size_t before = width / 2, after = width - before;  // covers [i - before, i + after)
  std::vector<float> out(n);
  double sum = 0;                          // a float would drift
  const auto at = [&](std::ptrdiff_t i) {  // ends continued
    return static_cast<double>(
        v[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, static_cast<std::ptrdiff_t>(n) - 1))]);
  };
  const auto b = static_cast<std::ptrdiff_t>(before), a = static_cast<std::ptrdiff_t>(after);
  for (std::ptrdiff_t i = -b; i < a; ++i) sum += at(i);
  const double part = 1.0 / static_cast<double>(width);
  for (std::ptrdiff_t i = 0; i < static_cast<std::ptrdiff_t>(n); ++i) {
    out[static_cast<std::size_t>(i)] = static_cast<float>(sum * part);
    if (i >= b && i + a < static_cast<std::ptrdiff_t>(n))
      sum += static_cast<double>(v[static_cast<std::size_t>(i + a)]) -
             static_cast<double>(v[static_cast<std::size_t>(i - b)]);
    else sum += at(i + a) - at(i - b);
  }
  v.swap(out);
}

Lead make_lead(const Channel& channel, const Clock& clock) {
  Lead lead;
  const unsigned k = clock.factor;
  const std::size_t n = channel.uv.size() / k;
  lead.smooth.resize(n);
  lead.bad.assign(n, 0);
  float last = 0;
  bool known = false;
  std::size_t first_known = n;
  for (std::size_t t = 0; t < n; ++t) {
    float sum = 0;
    for (unsigned i = 0; i < k; ++i) sum += channel.uv[t * k + i];
    if (std::abs(sum) < most_uv * static_cast<float>(k)) {  // NaN compares false
      last = sum / static_cast<float>(k);
      if (!known) known = true, first_known = t;
    } else {
      lead.bad[t] = 1;
    }
    lead.smooth[t] = last;
  }
  if (!known) {
    lead.feature.assign(n, 0);
    describe(lead, clock);
    return lead;
  }
  std::fill(lead.smooth.begin(), lead.smooth.begin() + static_cast<std::ptrdiff_t>(first_known),
            lead.smooth[first_known]);
  mark_rails(channel.uv, static_cast<std::size_t>(rail_s * clock.fs_hz), lead.bad, k);
  widen(lead.bad, clock.ticks(near_bad_s));

  moving_average(lead.smooth, clock.ticks(1.0 / 50));  // zero at 50 Hz
  moving_average(lead.smooth, clock.ticks(1.0 / 60));  // and at 60 Hz
  // Second and third differences over 36 ms: both pass 8-20 Hz best, where QRS complexes stand out most from
  // P, T, wander and muscle (Elgendi, PLoS ONE 2013;8:e73557), and are a quarter of a wave apart, so that the
  // root of their squares is an envelope without zeros.
  const std::size_t d = clock.ticks(0.036), q = d / 2;
  lead.feature.assign(n, 0);
  if (n > 4 * d + 2) {
    std::vector<float> even(n, 0);
    // Beyond the ends the first and last values go on, so that a beat there is still seen.
    const float* s = lead.smooth.data();
    const auto second = [&](std::size_t t) {
      return s[t] - 0.5f * (s[t < d ? 0 : t - d] + s[std::min(n - 1, t + d)]);
    };
    for (std::size_t t = 0; t < d; ++t) even[t] = second(t), even[n - 1 - t] = second(n - 1 - t);
    for (std::size_t t = d; t + d < n; ++t) even[t] = s[t] - 0.5f * (s[t - d] + s[t + d]);
    for (std::size_t t = 0; t < n; ++t) {
      const float odd = 0.5f * (even[std::min(n - 1, t + q)] - even[t < q ? 0 : t - q]);
      lead.feature[t] = std::sqrt(even[t] * even[t] + odd * odd);
    }
  }
  moving_average(lead.feature, clock.ticks(0.090));
  mark_steps(lead, clock);
  for (std::size_t t = 0; t < n; ++t)
    if (lead.bad[t]) lead.feature[t] = 0;
  describe(lead, clock);
  return lead;
}

void describe(Lead& lead, const Clock& clock) {
  const std::size_t block = clock.ticks(1.0), n = lead.feature.size(), blocks = (n + block - 1) / block;
  lead.blocks.assign(blocks, {});
  std::vector<float> maximum(blocks, 0), values;
  std::vector<std::uint8_t> usable(blocks, 0);
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t from = b * block, to = std::min(n, from + block);
    std::size_t good = 0;
    for (std::size_t t = from; t < to; ++t) {
      maximum[b] = std::max(maximum[b], lead.feature[t]);
      good += !lead.bad[t];
    }
    usable[b] = 2 * good > to - from;
  }
  for (std::size_t b = 0; b < blocks; ++b) {  // 2 s: this block and half of each neighbour
    const std::size_t from = b * block > block / 2 ? b * block - block / 2 : 0,
                      to = std::min(n, (b + 1) * block + block / 2);
    values.clear();
    for (std::size_t t = from; t < to; t += 3)
      if (!lead.bad[t]) values.push_back(lead.feature[t]);
    if (values.size() > 8) lead.blocks[b].floor = quantile(values, 0.25);
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    if (!usable[b]) continue;
    values.clear();
    for (std::size_t o = b > 10 ? b - 10 : 0; o < std::min(blocks, b + 10); ++o)
      if (usable[o] && (o + 1 >= blocks || usable[o + 1] || values.empty()))
        values.push_back(std::max(maximum[o], o + 1 < blocks ? maximum[o + 1] : 0));
    if (values.empty()) continue;
    auto& here = lead.blocks[b];
    here.height = quantile(values, 0.5);
    if (here.height < least_height_uv) {
      here.height = 0;
      continue;
    }
    const float ratio = here.height / std::max(here.floor, here.height / 50);
    const float clear = std::clamp((ratio - noise_ratio) / (clear_ratio - noise_ratio), 0.0f, 1.0f);
    here.weight = clear * clear + 1e-3f;
  }
}

Fused fuse(const std::vector<Lead>& leads, const Clock& clock) {
  Fused out;
  if (leads.empty()) return out;
  const std::size_t n = leads.front().feature.size(), block = clock.ticks(1.0),
                    blocks = leads.front().blocks.size();
  out.value.assign(n, 0);
  out.floor.assign(blocks, 0);
  out.quality.assign(blocks, 0);
  out.readable.assign(blocks, 0);
  std::vector<float> total(n, 0);
  for (const auto& lead : leads) {
    for (std::size_t b = 0; b < blocks; ++b) {
      const auto& now = lead.blocks[b];
      if (now.height <= 0) continue;
      out.quality[b] = std::max(out.quality[b], now.height / std::max(now.floor, now.height / 50));
      const float weight = now.weight, part = 1 / now.height;
      for (std::size_t t = b * block; t < std::min(n, (b + 1) * block); ++t) {
        if (lead.bad[t]) continue;
        out.value[t] += weight * std::min(clip, lead.feature[t] * part);
        total[t] += weight;
      }
    }
  }
  for (std::size_t t = 0; t < n; ++t) out.value[t] = total[t] > 0 ? out.value[t] / total[t] : 0;
  std::vector<float> values;
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t from = b * block > block / 2 ? b * block - block / 2 : 0,
                      to = std::min(n, (b + 1) * block + block / 2);
    values.clear();
    for (std::size_t t = from; t < to; t += 3)
      if (total[t] > 0) values.push_back(out.value[t]);
    if (values.size() > 8) out.floor[b] = quantile(values, 0.25);
  }
  // Where even the best lead stays near noise alone for some ten seconds, height says nothing.
  std::vector<float> local(blocks, 0);
  for (std::size_t b = 0; b < blocks; ++b) {
    values.clear();
    for (std::size_t o = b > 4 ? b - 4 : 0; o < std::min(blocks, b + 5); ++o)
      if (out.quality[o] > 0) values.push_back(out.quality[o]);
    if (!values.empty()) local[b] = quantile(values, 0.5);
  }
  for (std::size_t b = 0; b < blocks; ++b) out.readable[b] = local[b] >= readable_ratio;
  return out;
}

}  // namespace caukham::analysis::ecg::detail
