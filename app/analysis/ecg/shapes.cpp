#include "analysis/ecg/shapes.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::ecg::detail {
namespace {

// Ours: wide enough for a QRS of 180 ms; the feature's maximum moves by some 20 ms from beat to beat.
constexpr double half_s = 0.09, slack_s = 0.024;
constexpr std::size_t most_families = 32;  // ours: more shapes than that are noise

}  // namespace

Shapes::Shapes(const std::vector<Lead>& leads, const Clock& clock, std::size_t most)
    : leads_(leads), half_(clock.ticks(half_s)), slack_(clock.ticks(slack_s)), block_(clock.ticks(1.0)) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t l = 0; l < leads.size(); ++l) {
    double weight = 0;
    for (const auto& b : leads[l].blocks) weight += static_cast<double>(b.weight);
    if (weight > 0) order.push_back({-weight, l});
  }
  std::stable_sort(order.begin(), order.end());
  for (const auto& [weight, l] : order) {
    if (used_.size() >= most || -weight < 0.15 * -order.front().first) break;
    std::vector<float> heights;
    for (const auto& b : leads[l].blocks)
      if (b.height > 0) heights.push_back(b.height);
    std::nth_element(heights.begin(), heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2),
                     heights.end());
    used_.push_back({l, static_cast<float>(std::sqrt(weight / order.front().first)) / heights[heights.size() / 2]});
  }
}

// A little more than a family's length: `slack_` ticks more at each end of every lead.
bool Shapes::cut(std::size_t tick, std::vector<float>& out) const {
  const std::size_t reach = half_ + slack_;
  out.clear();
  local_.assign(used_.size(), 0);
  if (used_.empty() || tick < reach || tick + reach >= leads_[used_[0].lead].smooth.size()) return false;
  bool any = false;
  const auto weight_here = [&](std::size_t u) {
    const auto& blocks = leads_[used_[u].lead].blocks;
    return leads_[used_[u].lead].bad[tick] ? 0.0f : blocks[std::min(tick / block_, blocks.size() - 1)].weight;
  };
  float most = 0;
  for (std::size_t u = 0; u < used_.size(); ++u) most = std::max(most, weight_here(u));
  for (std::size_t u = 0; u < used_.size(); ++u) {
    const auto& lead = leads_[used_[u].lead];
    local_[u] = most > 0 ? weight_here(u) / most : 1;
    const float s = lead.bad[tick] ? 0.0f : used_[u].scale;
    any |= s > 0;
    for (std::size_t t = tick - reach; t <= tick + reach; ++t) out.push_back(s * lead.smooth[t]);
  }
  return any;
}

Shapes::Match Shapes::match(std::size_t tick, std::size_t least_members) const {
  Match best;
  if (!cut(tick, cut_)) return best;
  const std::size_t length = 2 * half_ + 1, stride = length + 2 * slack_;
  const auto slack = static_cast<int>(slack_);
  for (int shift = -slack; shift <= slack; shift += 2) {
    // The complex at this shift without its mean, lead by lead; the families have none, so only its energy
    // needs it. A lead that is lost here, and so without any energy, says nothing for or against.
    float energy = 0;
    std::uint64_t present = 0;
    for (std::size_t u = 0; u < used_.size(); ++u) {
      const float* x = cut_.data() + u * stride + static_cast<std::size_t>(slack + shift);
      float sum = 0, square = 0;
      for (std::size_t i = 0; i < length; ++i) sum += x[i];
      const float mean = sum / static_cast<float>(length);
      for (std::size_t i = 0; i < length; ++i) square += (x[i] - mean) * (x[i] - mean);
      energy += local_[u] * square;
      if (square > 0) present |= std::uint64_t{1} << u;
    }
    if (!(energy > 0)) continue;
    for (std::size_t f = 0; f < families.size(); ++f) {
      if (families[f].members < least_members) continue;
      float dot = 0, own = 0;
      for (std::size_t u = 0; u < used_.size(); ++u) {
        if (!(present >> u & 1)) continue;
        const float* x = cut_.data() + u * stride + static_cast<std::size_t>(slack + shift);
        const float* m = families[f].mean.data() + u * length;
        float xm = 0, mm = 0;
        for (std::size_t i = 0; i < length; ++i) xm += x[i] * m[i], mm += m[i] * m[i];
        dot += local_[u] * xm, own += local_[u] * mm;
      }
      const float r = own > 0 ? dot / std::sqrt(energy * own) : -1.0f;
      if (r > best.correlation) best = {static_cast<int>(f), shift, r};
    }
  }
  return best;
}

float Shapes::alike(std::size_t a, std::size_t b) const {
  const auto &x = families[a].mean, &y = families[b].mean;
  const auto n = static_cast<int>(length()), slack = static_cast<int>(2 * slack_);
  float best = -1;
  for (int shift = -slack; shift <= slack; ++shift) {
    float dot = 0, xx = 0, yy = 0;
    for (std::size_t u = 0; u < used_.size(); ++u)
      for (int i = std::max(0, -shift); i < std::min(n, n - shift); ++i) {
        const float p = x[u * length() + static_cast<std::size_t>(i)],
                    q = y[u * length() + static_cast<std::size_t>(i + shift)];
        dot += p * q, xx += p * p, yy += q * q;
      }
    if (xx > 0 && yy > 0) best = std::max(best, dot / std::sqrt(xx * yy));
  }
  return best;
}

Shapes::Match Shapes::add(std::size_t tick) {
  Match m = match(tick);
  if (!cut(tick, cut_)) return m;
  const std::size_t length = 2 * half_ + 1, stride = length + 2 * slack_;
  const bool known = m.correlation >= same_family;
  if (!known) {
    if (families.size() >= most_families) {
      // The recording is mostly noise or the family that nobody joined was one: make room for it.
      const auto rare = std::min_element(families.begin(), families.end(),
                                         [](const auto& a, const auto& b) { return a.members < b.members; });
      if (rare->members > 1) return m;
      m = {static_cast<int>(rare - families.begin()), 0, 1};
      *rare = {std::vector<float>(length * used_.size(), 0), 0};
    } else {
      m = {static_cast<int>(families.size()), 0, 1};
      families.push_back({std::vector<float>(length * used_.size(), 0), 0});
    }
  }
  auto& f = families[static_cast<std::size_t>(m.family)];
  const float part = 1.0f / static_cast<float>(std::min<std::size_t>(++f.members, 32));
  for (std::size_t u = 0; u < used_.size(); ++u) {
    const float* x = cut_.data() + u * stride + static_cast<std::size_t>(static_cast<int>(slack_) + m.shift);
    float sum = 0;
    for (std::size_t i = 0; i < length; ++i) sum += x[i];
    const float mean = sum / static_cast<float>(length);
    if (f.members > 1 && std::all_of(x, x + length, [x](float v) { return v == *x; })) continue;  // lost here
    for (std::size_t i = 0; i < length; ++i) {
      float& to = f.mean[u * length + i];
      to += part * (x[i] - mean - to);
    }
  }
  return m;
}

}  // namespace caukham::analysis::ecg::detail
