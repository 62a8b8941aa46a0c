// Which device stands large in the middle: the one in the nurse's hand. No wx.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "core/types.hpp"

namespace caukham::ui {

// Told of activity, asked for the front. What a hand surely does (plugging a device in, its button, an electrode going
// on, a breath) brings the device forward at once. Motion in a picture is a weaker sign: it counts only as "picked up",
// after real stillness, and never takes the place of what the nurse chose herself a moment ago, at the window or at a
// device. A camera whose picture always moves is never picked up. A pin (a click) holds until it is taken away or the
// pinned stream ends.
class FrontChooser {
 public:
  enum class Sign : std::uint8_t { seen, motion, breath, electrodes, button, plugged };

  void sign(core::StreamId stream, Sign sign, std::int64_t now_ns);
  // The nurse's own hand at the window: a click, a key, a picture taken, a freeze.
  void chose(std::int64_t now_ns) { chosen_ns_ = now_ns; }
  void pin(core::StreamId stream, std::int64_t now_ns) {
    pinned_ = pinned_ == stream ? 0 : stream;
    if (pinned_) front_ = pinned_;
    chose(now_ns);
  }
  void unpin() { pinned_ = 0; }
  core::StreamId pinned() const { return pinned_; }

  // `streams`: those that exist, in the order of the steps; 0 when there are none. Call it at every tick: what it has
  // been shown is what it knows to have been still.
  core::StreamId front(const std::vector<core::StreamId>& streams, std::int64_t now_ns);

  static constexpr std::int64_t second_ns = 1'000'000'000;
  static constexpr std::int64_t quiet_ns = 2 * second_ns;   // the front must have been so long without a sign
  static constexpr std::int64_t still_ns = 3 * second_ns;   // lying on the table
  static constexpr std::int64_t lift_ns = second_ns;        // within this, motion a second time: no flicker of a lamp
  static constexpr std::int64_t chosen_ns = 20 * second_ns;  // her own choice holds against motion

 private:
  struct Motion {
    std::int64_t last_ns = 0;   // of motion, or of the first look at the stream
    std::int64_t lifted_ns = 0;  // motion after stillness began; 0: none is under way
  };
  bool picked_up(core::StreamId stream, std::int64_t now_ns);
  core::StreamId front_ = 0, pinned_ = 0, wish_ = 0;
  std::int64_t active_ns_ = INT64_MIN / 2, chosen_ns_ = INT64_MIN / 2;
  std::map<core::StreamId, Motion> motion_;
};

// Mean change of brightness between two pictures' luma, 0..255, on a coarse grid of 16 px. 0 when sizes
// differ.
double luma_change(const std::uint8_t* a, int stride_a, const std::uint8_t* b, int stride_b, int width,
                   int height);

// Above this a scope is being moved by a hand (sensor noise of the house's scopes stays below 3).
inline constexpr double motion_threshold = 6.0;

}  // namespace caukham::ui
