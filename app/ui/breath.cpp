#include "ui/breath.hpp"

#include <cmath>

namespace caukham::ui {
namespace {
constexpr double breath_l_s = 0.15;    // more than the drift of a resting flow head
constexpr double deep_l_s = 0.7;       // quiet breathing stays below
constexpr double forced_l_s = 1.0;     // quiet breathing stays below 0.6 L/s
constexpr double quiet_l_s = 0.025;    // flow of a patient who has stopped
constexpr double praise_s = 4;         // how long the fourth step stands
constexpr std::size_t most = 300 * 30;
}  // namespace

void Breath::add(double t_s, double flow) {
  const double dt = last_t_ < 0 ? 0 : t_s - last_t_;
  last_t_ = t_s;
  if (!(dt >= 0 && dt < 0.5) || !std::isfinite(flow)) return;
  if (std::fabs(flow) > breath_l_s) active_t_ = t_s;
  if (std::fabs(flow) > deep_l_s) deep_t_ = t_s;
  const bool in_blow = phase_ == Phase::blowing || phase_ == Phase::plateau;
  if (!in_blow && flow > forced_l_s) {
    phase_ = Phase::blowing;
    start_t_ = t_s;
    volume_now_ = quiet_s_ = blown_s_ = 0;
    cue_ = {};
    time_.clear();
    volume_.clear();
    flow_.clear();
  } else if (phase_ == Phase::ended && t_s - ended_t_ < praise_s) {
    return;  // the breath in after the blow is the fourth step, not the first of the next
  } else if (!in_blow && flow < -breath_l_s) {
    phase_ = Phase::inhaling;
  } else if (!in_blow && t_s - active_t_ > 3) {
    phase_ = Phase::waiting;
  }
  if (phase_ != Phase::blowing && phase_ != Phase::plateau) return;
  volume_now_ += flow * dt;
  if (flow < -breath_l_s) {
    phase_ = Phase::ended;
    ended_t_ = t_s;
    return;
  }
  blown_s_ = t_s - start_t_;
  if (time_.size() < most) {
    time_.push_back(static_cast<float>(blown_s_));
    volume_.push_back(static_cast<float>(volume_now_));
    flow_.push_back(static_cast<float>(flow));
  }
  quiet_s_ = flow < quiet_l_s ? quiet_s_ + dt : 0;
  cue_.add(blown_s_, volume_now_);
  phase_ = cue_.cue() == analysis::spirometry::Cue::keep_blowing ? Phase::blowing : Phase::plateau;
  if (quiet_s_ >= 2.0 || blown_s_ > 20) {
    phase_ = Phase::ended;
    ended_t_ = t_s;
  }
}

}  // namespace caukham::ui
