#include "analysis/spirometry/plateau.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::spirometry {

void PlateauCue::add(double time_s, double volume_l) {
  if (!std::isfinite(time_s) || !std::isfinite(volume_l) || (!last_.empty() && time_s <= last_.back().time_s))
    return;
  top_l_ = std::max(top_l_, volume_l);  // a breath in is no plateau and takes none away
  last_.push_back({time_s, top_l_});
  while (last_.size() > 2 && last_[1].time_s <= time_s - 1.0 + 1e-9) last_.pop_front();
  const bool second_known = last_.front().time_s <= time_s - 1.0 + 1e-9;
  if (second_known && last_second_l() <= 0.025 + 1e-6 && top_l_ > 0.1) cue_ = Cue::plateau;
  else cue_ = time_s >= 15 ? Cue::long_enough : Cue::keep_blowing;
}

double PlateauCue::last_second_l() const {
  return last_.empty() ? 0 : last_.back().volume_l - last_.front().volume_l;
}

}  // namespace caukham::analysis::spirometry
