#include "analysis/ecg/followers.hpp"

#include <algorithm>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours: most of a P wave (90 ms) is seen; a coupling varies by some 24 ms; where P lies says the header.
constexpr double half_s = 0.05, slack_s = 0.024, p_first_s = 0.10, p_last_s = 0.26;
constexpr float largest_p = 2.0f;  // P waves of one patient are of one size; ours, measured on made ambulatory records
constexpr std::size_t neighbours = 4;  // on each side

}  // namespace

Followers::Followers(const std::vector<Lead>& leads, const Clock& clock, const std::vector<std::size_t>& at,
                     const std::vector<int>& family)
    : leads_(leads), half_(clock.ticks(half_s)), slack_(clock.ticks(slack_s)), lag_(clock.ticks(0.008)), block_(clock.ticks(1.0)),
      p_first_(clock.ticks(p_first_s)), p_last_(clock.ticks(p_last_s)) {
  for (std::size_t k = 0; k < at.size(); ++k) {
    if (family[k] < 0) continue;
    const auto f = static_cast<std::size_t>(family[k]);
    if (beats_.size() <= f) beats_.resize(f + 1);
    beats_[f].push_back(at[k]);
  }
}

// Of the slopes, so that wander counts little: 2 xy / (xx + yy) is 1 only for the same shape in the same size. Nothing
// where the first is more than `largest` times the second.
float Followers::alike(std::size_t a, std::size_t b, float largest) const {
  const std::size_t reach = half_ + lag_, n = leads_.front().smooth.size();
  if (a < reach || b < reach || a + reach >= n || b + reach >= n) return -1;
  float xy = 0, xx = 0, yy = 0;
  for (const auto& lead : leads_) {
    const auto& here = lead.blocks[std::min(a / block_, lead.blocks.size() - 1)];
    if (here.height <= 0 || lead.bad[a] || lead.bad[b]) continue;
    const float scale = here.weight / (here.height * here.height);
    const float *x = lead.smooth.data() + a - half_, *y = lead.smooth.data() + b - half_;
    float part = 0, first = 0, second = 0;
    for (std::size_t i = 0; i <= 2 * half_; i += 2) {
      const float p = x[i + lag_] - *(x + i - lag_), q = y[i + lag_] - *(y + i - lag_);
      part += p * q, first += p * p, second += q * q;
    }
    xy += scale * part, xx += scale * first, yy += scale * second;
  }
  if (!(xx + yy > 0)) return -1;
  return xx > largest * largest * yy ? 0 : std::max(0.0f, 2 * xy / (xx + yy));
}

template <class Best>
float Followers::median_of_neighbours(std::size_t beat, int family, Best&& best) const {
  if (family < 0 || static_cast<std::size_t>(family) >= beats_.size()) return -1;
  const auto& all = beats_[static_cast<std::size_t>(family)];
  const auto here = static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), beat) - all.begin());
  const std::size_t from = here > neighbours ? here - neighbours : 0, to = std::min(all.size(), here + neighbours + 1);
  float found[2 * neighbours + 1];
  std::size_t n = 0;
  for (std::size_t k = from; k < to; ++k) {
    if (all[k] + half_ > beat && beat + half_ > all[k]) continue;  // itself
    const float one = best(all[k]);
    if (one >= 0) found[n++] = one;
  }
  if (n < 3) return -1;
  std::nth_element(found, found + n / 2, found + n);
  return found[n / 2];
}

float Followers::usual(std::size_t beat, int family, std::size_t after) const {
  if (after <= beat) return -1;
  return median_of_neighbours(beat, family, [&](std::size_t other) {
    float best = -1;
    for (std::size_t shift = 0; shift <= 2 * slack_; shift += 2)
      best = std::max(best, alike(after, other + (after - beat) + shift - slack_));
    return best;
  });
}

float Followers::usual_before(int family, std::size_t tick) const {
  return median_of_neighbours(tick, family, [&](std::size_t other) {
    float best = -1;
    for (std::size_t d = p_first_; d <= std::min(p_last_, other); d += 4) best = std::max(best, alike(tick, other - d, largest_p));
    return best;
  });
}

}  // namespace caukham::analysis::ecg::detail
