// The same questions on a running picture, a few times a second: movement against the last look, and sharpness against
// the best of the last seconds, for a scene may have no edge sharper than the one that was seen a moment ago.
#pragma once
#include "analysis/picture/quality.hpp"

namespace caukham::analysis::picture {

// One a camera; used by one thread at a time.
class LiveQuality {
 public:
  // Looks at most every 200 ms (five times a second); in between nothing is measured and the last answer comes again.
  static constexpr std::int64_t interval_ns = 200'000'000;
  bool due(std::int64_t time_ns) const { return !looked_ || time_ns - looked_at_ns_ >= interval_ns || time_ns < looked_at_ns_; }
  const Quality& look(const View& view, std::int64_t time_ns);
  const Quality& last() const { return quality_; }

 private:
  Quality quality_;
  Before before_;
  bool looked_ = false;
  std::int64_t looked_at_ns_ = 0, best_at_ns_ = 0;
  std::optional<double> best_px_;  // the sharpest edge width lately
};

}  // namespace caukham::analysis::picture
