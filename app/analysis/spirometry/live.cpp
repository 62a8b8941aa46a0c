#include "analysis/spirometry/live.hpp"

#include <algorithm>

namespace caukham::analysis::spirometry {
namespace {
constexpr double keep_s = 45;  // of flow, our choice: the longest blow (30 s), and what stands before and after it
}

LiveTest::LiveTest(double rate_hz, std::optional<double> age_years)
    : rate_hz_(rate_hz), age_years_(age_years), finder_(rate_hz, blow_rules(age_years)) {}

bool LiveTest::push(std::span<const float> flow_lps) {
  recent_.insert(recent_.end(), flow_lps.begin(), flow_lps.end());
  std::vector<Blow> found;
  finder_.push(flow_lps, found);
  bool changed = false;
  for (auto& blow : found) {
    if (!assess(blow, {}, rate_hz_)) continue;
    const std::uint64_t end = blow.first_sample + blow.flow_lps.size();
    blows_.push_back({std::move(blow), {}, rate_hz_});
    after_until_ = end + static_cast<std::uint64_t>(after_blow_s * rate_hz_);
    changed = true;
  }
  if (after_until_ && (changed || recent_start_ + recent_.size() >= after_until_)) {
    auto& newest = blows_.back();
    const std::uint64_t from = newest.blow.first_sample + newest.blow.flow_lps.size();
    if (from >= recent_start_ && from <= recent_start_ + recent_.size()) {
      const auto first = recent_.begin() + static_cast<std::ptrdiff_t>(from - recent_start_);
      const auto last = recent_.begin() + static_cast<std::ptrdiff_t>(
          std::min<std::uint64_t>(recent_.size(), after_until_ - recent_start_));
      newest.after_lps.assign(first, std::max(first, last));
    }
    if (recent_start_ + recent_.size() >= after_until_) after_until_ = 0;
    changed = true;
  }
  const auto most = static_cast<std::size_t>(keep_s * rate_hz_);
  if (recent_.size() > 2 * most) {  // trimmed in blocks
    recent_start_ += recent_.size() - most;
    recent_.erase(recent_.begin(), recent_.end() - static_cast<std::ptrdiff_t>(most));
  }
  if (changed) session_ = judge(blows_, age_years_);
  return changed;
}

void LiveTest::gap(std::uint64_t samples) {
  recent_start_ += recent_.size() + samples;
  recent_.clear();
  after_until_ = 0;  // what came before the hole is all there is
  finder_.gap(samples);
}

}  // namespace caukham::analysis::spirometry
