// The rule is the one people use, put in numbers of our own: a ventricular premature beat is wide, of another
// shape than the dominant beats, and usually early (AHA/ACC/HRS 2009, Surawicz et al., Circulation
// 2009;119:e235, for "wide").
#include "analysis/ecg/classify.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

constexpr double wider = 1.25, much_wider = 1.5, early_part = 0.87, common_part = 0.30;
constexpr float other_shape = 0.80f, wide_other_shape = 0.90f, opposite_shape = 0.30f, doubtful = 0.60f;

// The time in which the middle nine tenths of the slopes' energy lie: near the QRS duration, and the same
// measure for all.
double width_s(const Family& f, std::size_t length, const Clock& clock) {
  std::vector<double> energy(length, 0.0);
  double total = 0;
  for (std::size_t from = 0; from + length <= f.mean.size(); from += length)
    for (std::size_t i = 1; i < length; ++i) {
      const double d = static_cast<double>(f.mean[from + i]) - static_cast<double>(f.mean[from + i - 1]);
      energy[i] += d * d;
      total += d * d;
    }
  double sum = 0;
  std::size_t from = 0, to = length;
  for (std::size_t i = 0; i < length; ++i) {
    sum += energy[i];
    if (sum < 0.05 * total) from = i;
    if (sum >= 0.95 * total) {
      to = i;
      break;
    }
  }
  return static_cast<double>(to - from) / clock.tick_hz;
}

}  // namespace

void classify(const Shapes& shapes, std::span<const Shapes::Match> families, const Clock& clock,
              std::span<const std::size_t> ticks, std::span<const std::uint8_t> noisy, std::span<Beat> beats) {
  for (auto& b : beats) b.type = BeatType::unclassified;
  const std::size_t n = beats.size(), kinds = shapes.families.size();
  if (n < 5 || kinds == 0) return;
  std::vector<std::size_t> members(kinds, 0);
  std::vector<double> width(kinds, 0);
  for (const auto& m : families)
    if (m.family >= 0) ++members[static_cast<std::size_t>(m.family)];
  for (std::size_t f = 0; f < kinds; ++f) width[f] = width_s(shapes.families[f], shapes.length(), clock);
  // The dominant family: the narrowest of the common ones. In bigeminy the commonest need not be the normal
  // one.
  std::size_t dominant =
      static_cast<std::size_t>(std::max_element(members.begin(), members.end()) - members.begin());
  const std::size_t commonest = members[dominant];
  for (std::size_t f = 0; f < kinds; ++f)
    if (members[f] >= common_part * static_cast<double>(n) &&
        static_cast<double>(members[f]) >= 0.5 * static_cast<double>(commonest) && width[f] < width[dominant])
      dominant = f;

  std::vector<bool> early(n, false);
  for (std::size_t i = 1; i < n; ++i) {
    std::vector<std::size_t> rr;
    for (std::size_t k = std::max<std::size_t>(i, 5) - 4; k <= std::min(n - 1, i + 4); ++k)
      rr.push_back(ticks[k] - ticks[k - 1]);
    std::nth_element(rr.begin(), rr.begin() + static_cast<std::ptrdiff_t>(rr.size() / 2), rr.end());
    early[i] =
        static_cast<double>(ticks[i] - ticks[i - 1]) < early_part * static_cast<double>(rr[rr.size() / 2]);
  }
  std::vector<std::size_t> early_members(kinds, 0);
  for (std::size_t i = 0; i < n; ++i)
    if (families[i].family >= 0 && early[i]) ++early_members[static_cast<std::size_t>(families[i].family)];

  for (std::size_t i = 0; i < n; ++i) {
    if (families[i].family < 0) continue;
    const auto f = static_cast<std::size_t>(families[i].family);
    auto& type = beats[i].type;
    if (f == dominant) {
      type = families[i].correlation >= doubtful ? BeatType::normal : BeatType::unclassified;
      continue;
    }
    const float alike = shapes.alike(f, dominant);
    const bool usually_early = 2 * early_members[f] >= members[f];
    const bool in_run = i > 0 && beats[i - 1].type == BeatType::ventricular;
    const double ratio = width[f] / std::max(width[dominant], 0.02);
    // Twice as wide is another shape even where the middle parts are alike.
    const bool of_other_shape = alike < (ratio >= much_wider ? wide_other_shape : other_shape);
    if (of_other_shape && ((ratio >= wider && (early[i] || usually_early || in_run)) || ratio >= much_wider ||
                           (alike < opposite_shape && ratio > 1.1 && (early[i] || in_run))))
      type = noisy[i] && members[f] < 3 ? BeatType::unclassified : BeatType::ventricular;
    else if (members[f] >= 3 || alike >= other_shape) type = BeatType::normal;
  }
}

}  // namespace caukham::analysis::ecg::detail
