#include "analysis/ecg/rhythm.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg {
namespace {

// Sources: rhythm.hpp. Ours: intervals within 10 % are regular; a pattern that comes again within 8 %
// (bigeminy, Wenckebach of up to eight beats) is not fibrillation.
constexpr std::size_t least_intervals = 8, longest_pattern = 8, least_pattern = 4;
constexpr double regular_part = 0.10, change_part = 0.08, fibrillation_rmssd = 0.115, gap_s = 0.1;

double quantile(std::vector<double> v, double part) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(v.size() - 1) + 0.5);
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

}  // namespace

Rhythm rhythm(std::span<const Beat> beats, double fs_hz, std::span<const Gap> gaps) {
  Rhythm out;
  out.beats = beats.size();
  for (const auto& b : beats) out.ventricular += b.type == BeatType::ventricular;
  if (!(fs_hz > 0)) {
    out.reason = "the sampling rate is not known";
    return out;
  }
  std::vector<double> all_s;
  // Runs of intervals between beats that are not ventricular, unbroken: changes are only taken within a run.
  std::vector<std::vector<double>> runs(1);
  std::size_t gap = 0;
  for (std::size_t i = 1; i < beats.size(); ++i) {
    const auto &a = beats[i - 1], &b = beats[i];
    while (gap < gaps.size() && gaps[gap].to <= a.sample) ++gap;
    const bool over_gap = gap < gaps.size() && gaps[gap].from < b.sample;
    if (over_gap || b.sample <= a.sample) {
      if (!runs.back().empty()) runs.emplace_back();
      continue;
    }
    const double rr_s = static_cast<double>(b.sample - a.sample) / fs_hz;
    all_s.push_back(rr_s);
    if (a.type == BeatType::ventricular || b.type == BeatType::ventricular) {
      if (!runs.back().empty()) runs.emplace_back();
    } else {
      runs.back().push_back(rr_s);
    }
  }
  out.intervals = all_s.size();
  if (all_s.size() < 2) {
    out.reason = "fewer than two intervals between beats";
    return out;
  }
  double sum = 0;
  for (double v : all_s) sum += v;
  const double mean_s = sum / static_cast<double>(all_s.size());
  const auto [shortest, longest] = std::minmax_element(all_s.begin(), all_s.end());
  out.mean_rr_ms = 1000 * mean_s;
  out.longest_rr_ms = 1000 * *longest;
  out.mean_bpm = 60 / mean_s;
  out.median_bpm = 60 / quantile(all_s, 0.5);
  out.max_bpm = 60 / *shortest;
  out.min_bpm = 60 / *longest;

  std::vector<double> normal, change[longest_pattern];
  double squares = 0, deviations = 0;
  std::size_t differences = 0;
  for (const auto& run : runs) {
    normal.insert(normal.end(), run.begin(), run.end());
    for (std::size_t i = 1; i < run.size(); ++i)
      squares += (run[i] - run[i - 1]) * (run[i] - run[i - 1]), ++differences;
    for (std::size_t lag = 1; lag <= longest_pattern; ++lag)
      for (std::size_t i = lag; i < run.size(); ++i)
        change[lag - 1].push_back(2 * std::abs(run[i] - run[i - lag]) / (run[i] + run[i - lag]));
  }
  if (normal.size() < least_intervals || differences < least_intervals / 2) {
    out.reason = "fewer than 8 intervals between normal beats";
    return out;
  }
  double normal_mean = 0;
  for (double v : normal) normal_mean += v / static_cast<double>(normal.size());
  for (double v : normal) deviations += (v - normal_mean) * (v - normal_mean);
  out.sdnn_ms = 1000 * std::sqrt(deviations / static_cast<double>(normal.size() - 1));
  out.rmssd_ms = 1000 * std::sqrt(squares / static_cast<double>(differences));
  out.rmssd_part = out.rmssd_ms / 1000 / normal_mean;
  out.median_change = quantile(change[0], 0.5);

  const double middle = quantile(normal, 0.5);
  std::vector<double> away;
  for (double v : normal) away.push_back(std::abs(v / middle - 1));
  bool repeats = false;
  for (std::size_t lag = 1; lag <= longest_pattern; ++lag) {
    const auto& c = change[lag - 1];
    repeats = repeats || (c.size() < 4 ? lag <= least_pattern : quantile(c, 0.5) < change_part);
  }
  if (quantile(away, 0.9) <= regular_part) out.regularity = Regularity::regular;
  else if (!repeats && out.rmssd_part >= fibrillation_rmssd)
    out.regularity = Regularity::irregularly_irregular;
  else out.regularity = Regularity::irregular;
  return out;
}

std::vector<Gap> gaps(const Recording& recording) {
  std::vector<Gap> out;
  const auto least = static_cast<std::uint64_t>(gap_s * recording.fs_hz);
  std::uint64_t from = 0;
  bool inside = false;
  const std::size_t n = recording.samples();
  for (std::size_t i = 0; i <= n; ++i) {
    const bool missing =
        i < n && std::all_of(recording.channels.begin(), recording.channels.end(),
                             [i](const auto& c) { return i >= c.uv.size() || !std::isfinite(c.uv[i]); });
    if (missing && !inside) from = i;
    if (!missing && inside && i - from > least) out.push_back({from, i});
    inside = missing;
  }
  return out;
}

const char* text(Regularity r) {
  switch (r) {
    case Regularity::regular:
      return "regular";
    case Regularity::irregular:
      return "irregular";
    case Regularity::irregularly_irregular:
      return "irregularly irregular";
    case Regularity::cannot_tell:
      break;
  }
  return "cannot tell";
}

}  // namespace caukham::analysis::ecg
