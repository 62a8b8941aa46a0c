// Follows the flow of a spirometer for the eye: where in the four steps the patient is, and the loop being
// blown now. Results (FVC, FEV1, acceptability) are the analysis room's; nothing here is kept. No wx.
#pragma once
#include <cstdint>
#include <vector>

#include "analysis/spirometry/plateau.hpp"

namespace caukham::ui {

class Breath {
 public:
  enum class Phase : std::uint8_t { waiting, inhaling, blowing, plateau, ended };

  // One sample: flow in L/s, expiration positive, at `t_s` seconds of the stream's own time.
  void add(double t_s, double flow_l_s);
  void hole() {
    last_t_ = -1;
    if (phase_ != Phase::waiting) phase_ = Phase::ended;
  }

  Phase phase() const { return phase_; }
  double blown_s() const { return blown_s_; }
  // Deeper than quiet breathing a moment ago: somebody begins a manoeuvre, so this device comes to the front. A
  // patient who only breathes through it does not take the front from the device in the nurse's hand.
  bool manoeuvring(double t_s) const { return t_s - deep_t_ < 1.0; }
  const std::vector<float>& time_s() const { return time_; }
  const std::vector<float>& volume_l() const { return volume_; }
  const std::vector<float>& flow_l_s() const { return flow_; }

 private:
  Phase phase_ = Phase::waiting;
  analysis::spirometry::PlateauCue cue_;  // whether the patient may stop
  double last_t_ = -1, start_t_ = 0, active_t_ = -10, deep_t_ = -10, blown_s_ = 0, volume_now_ = 0, quiet_s_ = 0,
         ended_t_ = 0;
  std::vector<float> time_, volume_, flow_;
};

}  // namespace caukham::ui
