#include "analysis/ecg/median_beat.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "analysis/ecg/beat_cut.hpp"

namespace caukham::analysis::ecg {
namespace {

// Ours: QRS complexes to 180 ms are aligned whole, within ±30 ms; a beat that comes before three quarters of the usual
// interval has another P and T; noise is told in pieces of 24 ms; a slope is that over 16 ms; of three beats the median is one that was there.
constexpr double qrs_half_s = 0.090, align_s = 0.030, premature = 0.75, chunk_s = 0.024, slope_half_s = 0.008;
constexpr std::size_t fewest = 3;
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

template <class T>
T median(std::vector<T> v) {
  if (v.empty()) return 0;
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  if (v.size() % 2) return *middle;
  return (*middle + *std::max_element(v.begin(), middle)) / 2;
}

// Beats that may be laid over each other: of the commoner type, not premature nor followed by a premature
// one, whole.
std::vector<std::size_t> candidates(std::span<const Beat> beats, BeatType type, double rr, const Shape& shape,
                                    std::size_t samples, bool timing) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < beats.size(); ++i) {
    const auto at = beats[i].sample;
    if (beats[i].type != type || at < shape.before + shape.align || at + shape.after + shape.align >= samples)
      continue;
    const auto interval = [&](std::size_t k) {
      return static_cast<double>(beats[k].sample - beats[k - 1].sample);
    };
    if (timing && ((i > 0 && interval(i) < premature * rr) ||
                   (i + 1 < beats.size() && interval(i + 1) < premature * rr)))
      continue;
    out.push_back(i);
  }
  return out;
}

void thin_out(std::vector<std::size_t>& v, std::size_t most) {
  if (v.size() <= most) return;
  std::vector<std::size_t> kept(most);
  for (std::size_t i = 0; i < most; ++i) kept[i] = v[i * v.size() / most];
  v = std::move(kept);
}

using Cut = std::vector<std::vector<float>>;  // a lead: samples

float at(const Cut& cut, std::size_t lead, std::size_t i) {
  return cut[lead].empty() ? missing : cut[lead][i];
}

// Correlation of the QRS of a beat, shifted, with the template's, over all leads that take part.
double likeness(const Cut& cut, std::size_t shift, const std::vector<std::vector<float>>& pattern,
                const Shape& shape, const std::vector<bool>& part) {
  double xy = 0, xx = 0, yy = 0;
  const std::size_t from = shape.before - std::min(shape.before, shape.qrs),
                    to = shape.before + std::min(shape.qrs, shape.after);
  for (std::size_t l = 0; l < cut.size(); ++l) {
    if (!part[l] || cut[l].empty() || pattern[l].empty()) continue;
    // Means are taken off within the window: an offset is not likeness.
    double mx = 0, my = 0;
    for (std::size_t i = from; i <= to; ++i)
      mx += static_cast<double>(cut[l][i + shift]), my += static_cast<double>(pattern[l][i]);
    const double n = static_cast<double>(to - from + 1);
    mx /= n, my /= n;
    double a = 0, b = 0, c = 0;
    for (std::size_t i = from; i <= to; ++i) {
      const double x = static_cast<double>(cut[l][i + shift]) - mx,
                   y = static_cast<double>(pattern[l][i]) - my;
      a += x * y, b += x * x, c += y * y;
    }
    xy += a, xx += b, yy += c;
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

std::vector<float> slopes_of(const std::vector<float>& uv, double fs) {
  const auto reach = std::max<std::size_t>(1, static_cast<std::size_t>(slope_half_s * fs));
  std::vector<float> out(uv.size(), 0);
  for (std::size_t i = reach; i + reach < uv.size(); ++i) out[i] = uv[i + reach] - uv[i - reach];
  return out;
}

std::vector<std::vector<float>> medians(const std::vector<Cut>& cuts, const std::vector<std::size_t>& shifts,
                                        const std::vector<std::size_t>& take, const Shape& shape,
                                        std::size_t leads, std::size_t from, std::size_t to) {
  std::vector<std::vector<float>> out(leads);
  std::vector<float> column;
  for (std::size_t l = 0; l < leads; ++l) {
    std::size_t whole = 0;
    for (auto k : take) whole += !cuts[k][l].empty();
    if (whole < fewest) continue;
    out[l].assign(shape.length(), 0);
    for (std::size_t i = from; i < to; ++i) {
      column.clear();
      for (auto k : take)
        if (!cuts[k][l].empty()) column.push_back(at(cuts[k], l, i + shifts[k]));
      out[l][i] = median(column);
    }
  }
  return out;
}

Shape shape_of(double fs, double rr_s, const MedianOptions& o) {
  const double rr = rr_s > 0 ? rr_s : 1.0;
  const auto n = [fs](double s) { return static_cast<std::size_t>(s * fs); };
  // A fast heart's beat ends where the next P may begin, and begins where the T before has ended.
  return {n(std::min(o.before_s, 0.45 * rr)), n(std::min(o.after_s, 0.90 * rr)), n(qrs_half_s), n(align_s)};
}

}  // namespace

std::size_t MedianBeat::samples() const {
  std::size_t n = 0;
  for (const auto& l : leads) n = std::max(n, l.uv.size());
  return n;
}

double median_rr_s(std::span<const Beat> beats, double fs_hz) {
  std::vector<double> rr;
  for (std::size_t i = 1; i < beats.size(); ++i)
    if (beats[i].sample > beats[i - 1].sample)
      rr.push_back(static_cast<double>(beats[i].sample - beats[i - 1].sample) / fs_hz);
  return median(rr);
}

MedianBeat median_beat(const Recording& recording, std::span<const Beat> beats,
                       const std::vector<bool>& usable, const MedianOptions& options) {
  const double fs = recording.fs_hz;
  const std::size_t leads = recording.channels.size();
  MedianBeat out{fs, 0, {}, 0, beats.size(), BeatType::normal, 0, median_rr_s(beats, fs), {}};
  for (const auto& c : recording.channels) out.leads.push_back({c.lead, {}, 0, 0, 0, 0});
  const auto shape = shape_of(fs, out.rr_s, options);
  out.r_at = shape.before;
  const auto ventricular = std::count_if(beats.begin(), beats.end(),
                                         [](const Beat& b) { return b.type == BeatType::ventricular; });
  const auto unclassified = std::count_if(beats.begin(), beats.end(),
                                          [](const Beat& b) { return b.type == BeatType::unclassified; });
  const auto normal = static_cast<std::ptrdiff_t>(beats.size()) - ventricular - unclassified;
  out.type = normal >= static_cast<std::ptrdiff_t>(fewest) && normal >= ventricular / 2 ? BeatType::normal
             : ventricular > unclassified ? BeatType::ventricular
                                          : BeatType::unclassified;
  auto chosen = candidates(beats, out.type, out.rr_s * fs, shape, recording.samples(), true);
  // An irregular rhythm leaves too few by timing: then all of the type.
  if (chosen.size() < std::max<std::size_t>(fewest, beats.size() / 3))
    chosen = candidates(beats, out.type, out.rr_s * fs, shape, recording.samples(), false);
  thin_out(chosen, options.max_beats);
  if (chosen.size() < fewest) {
    out.reason = {tr_later("Fewer than three beats of one shape could be found; record for longer."), {}};
    return out;
  }
  std::vector<Cut> cuts;
  for (auto i : chosen) {
    Cut c;
    const auto knots = knots_of(beats, i, fs);
    for (const auto& channel : recording.channels)
      c.push_back(cut(channel.uv, beats[i], knots, shape, fs, options.mains_hz));
    if (options.of_slopes)
      for (auto& lead : c) lead = slopes_of(lead, fs);
    cuts.push_back(std::move(c));
  }
  std::vector<bool> part(leads, true);
  for (std::size_t l = 0; l < leads; ++l) part[l] = l >= usable.size() || usable[l];
  if (std::none_of(part.begin(), part.end(), [](bool b) { return b; })) {
    out.reason = {tr_later("No lead can be used."), {}};
    return out;
  }
  // Twice: lay over each other, shift each to the best fit. Coarse steps first, then single samples about the
  // best.
  std::vector<std::size_t> shifts(cuts.size(), shape.align), take(cuts.size());
  std::iota(take.begin(), take.end(), std::size_t{0});
  const std::size_t from = shape.before - std::min(shape.before, shape.qrs),
                    to = shape.before + std::min(shape.qrs, shape.after) + 1;
  std::vector<double> like(cuts.size());
  for (int round = 0; round < 2; ++round) {
    const auto pattern = medians(cuts, shifts, take, shape, leads, from, to);
    const std::size_t step = std::max<std::size_t>(1, static_cast<std::size_t>(0.004 * fs));
    for (std::size_t k = 0; k < cuts.size(); ++k) {
      double best = -2;
      std::size_t where = shape.align;
      const auto look = [&](std::size_t shift) {
        if (const double c = likeness(cuts[k], shift, pattern, shape, part); c > best)
          best = c, where = shift;
      };
      for (std::size_t s = 0; s <= 2 * shape.align; s += step) look(s);
      const std::size_t centre = where;
      for (std::size_t s = centre - std::min(centre, step); s <= std::min(centre + step, 2 * shape.align);
           ++s)
        look(s);
      shifts[k] = where;
      like[k] = best;
    }
  }
  // Beats that look unlike: far below the usual likeness.
  const double usual = median(like);
  std::vector<double> away;
  for (double v : like) away.push_back(std::abs(v - usual));
  const double limit = usual - std::max(0.05, 5 * 1.4826 * median(away));
  std::erase_if(take, [&](std::size_t k) { return like[k] < limit; });
  out.likeness = std::max(0.0, usual);
  out.beats = take.size();
  auto result = medians(cuts, shifts, take, shape, leads, 0, shape.length());
  for (std::size_t l = 0; l < leads; ++l) {
    auto& lead = out.leads[l];
    lead.uv = std::move(result[l]);
    if (lead.uv.empty()) continue;
    // Scatter of beats about the median, outside the QRS (there a jitter of alignment would count as noise).
    std::vector<float> off, slow;
    const std::size_t chunk = std::max<std::size_t>(1, static_cast<std::size_t>(chunk_s * fs));
    for (auto k : take) {
      if (cuts[k][l].empty()) continue;
      ++lead.beats;
      for (std::size_t i = 0; i + chunk <= lead.uv.size(); i += chunk) {
        if (i + chunk + shape.qrs >= shape.before && i <= shape.before + shape.qrs) continue;
        float sum = 0;
        for (std::size_t j = i; j < i + chunk; ++j) sum += at(cuts[k], l, j + shifts[k]) - lead.uv[j];
        slow.push_back(std::abs(sum / static_cast<float>(chunk)));
        for (std::size_t j = i; j < i + chunk; j += (chunk + 2) / 3)
          off.push_back(std::abs(at(cuts[k], l, j + shifts[k]) - lead.uv[j]));
      }
    }
    // The median itself carries part of each beat's noise: n/(n-1).
    const double n = static_cast<double>(lead.beats), own = std::sqrt(n / (n - 1)),
                 left = std::sqrt(std::numbers::pi / 2 / n);
    lead.single_noise_uv = 1.4826 * static_cast<double>(median(std::move(off))) * own;
    lead.noise_uv = lead.single_noise_uv * left;
    lead.slow_noise_uv = 1.4826 * static_cast<double>(median(std::move(slow))) * own * left;
  }
  return out;
}

}  // namespace caukham::analysis::ecg
