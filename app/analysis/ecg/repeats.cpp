#include "analysis/ecg/repeats.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours. Of beats found in noise the likeness in slopes reaches 0.4 in our tests.
constexpr double alike_in_slopes = 0.85;
constexpr std::size_t enough_beats = 30;
// A second, of the beat's size from peak to peak: QRS complexes have 19 and more (made records and a real one); a sine of f Hz
// has pi f, so ventricular flutter at 250/min has 13.
constexpr double least_steepness_per_s = 8, slope_s = 0.016;

double steepness_per_s(const MedianBeat& m, std::size_t lead) {
  const auto& uv = m.leads[lead].uv;
  const auto step = std::max<std::size_t>(1, static_cast<std::size_t>(slope_s * m.fs_hz));
  if (uv.size() <= step) return 0;
  const auto [low, high] = std::minmax_element(uv.begin(), uv.end());
  float most = 0;
  for (std::size_t i = step; i < uv.size(); ++i) most = std::max(most, std::abs(uv[i] - uv[i - step]));
  return *high > *low ? static_cast<double>(most) / static_cast<double>(*high - *low) * m.fs_hz / static_cast<double>(step) : 0;
}

}  // namespace

bool repeat_for_a_while(std::span<const Beat> beats, const Recording& recording, const std::vector<bool>& good, const MedianOptions& how) {
  constexpr std::size_t dozen = 12;
  std::size_t pieces = 0, alike = 0;
  for (std::size_t k = 0; k + dozen <= beats.size(); k += dozen, ++pieces)
    alike += median_beat(recording, beats.subspan(k, dozen), good, how).likeness >= likeness_alone;
  return pieces >= 3 && 3 * alike >= pieces;
}

bool repeat_in_slopes(std::span<const Beat> beats, const Recording& recording, const std::vector<bool>& good, MedianOptions how) {
  how.of_slopes = true;
  const auto m = median_beat(recording, beats, good, how);
  return m.beats >= enough_beats && m.likeness >= alike_in_slopes;
}

bool steep(const MedianBeat& median, const std::vector<bool>& good) {
  for (std::size_t l = 0; l < good.size(); ++l)
    if (good[l] && steepness_per_s(median, l) >= least_steepness_per_s) return true;
  return false;
}

}  // namespace caukham::analysis::ecg::detail
