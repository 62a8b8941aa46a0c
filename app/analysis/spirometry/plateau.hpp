// The cue during the blow: may the patient stop? At most 0.025 L in the last second, or 15 s (ATS/ERS 2019,
// end of forced expiration). Pure; one object a blow, any rate, the caller's time.
#pragma once
#include <cstdint>
#include <deque>

namespace caukham::analysis::spirometry {

enum class Cue : std::uint8_t { keep_blowing, plateau, long_enough };

class PlateauCue {
 public:
  // time_s from the start of the blow, growing; volume_l breathed out until then. Numbers that are none are
  // left out.
  void add(double time_s, double volume_l);
  Cue cue() const { return cue_; }
  double last_second_l()
      const;  // breathed out in the last second; while less than a second is known, all of it

 private:
  struct Point { double time_s, volume_l; };
  std::deque<Point> last_;  // the last second and one point before it
  double top_l_ = 0;
  Cue cue_ = Cue::keep_blowing;
};

}  // namespace caukham::analysis::spirometry
