// Which device stands large in the middle: the one in the nurse's hand. No wx.
#pragma once
#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace caukham::ui {

// Told of activity, asked for the front. A press of the device's button or electrodes going on bring a device
// forward at once; motion does so only when the front has been quiet for a while, so that two
// devices in use do not flicker. A pin (a click) holds until it is taken away or the pinned stream ends.
class FrontChooser {
 public:
  enum class Sign : std::uint8_t { seen, motion, breath, electrodes, button };

  void sign(core::StreamId stream, Sign sign, std::int64_t now_ns);
  void pin(core::StreamId stream) {
    pinned_ = pinned_ == stream ? 0 : stream;
    if (pinned_) front_ = pinned_;
  }
  void unpin() { pinned_ = 0; }
  core::StreamId pinned() const { return pinned_; }

  // `streams`: those that exist, in the order of the steps; 0 when there are none.
  core::StreamId front(const std::vector<core::StreamId>& streams, std::int64_t now_ns);

  static constexpr std::int64_t quiet_ns = 2'000'000'000;

 private:
  core::StreamId front_ = 0, pinned_ = 0, wish_ = 0;
  std::int64_t active_ns_ = INT64_MIN / 2;
};

// Mean change of brightness between two pictures' luma, 0..255, on a coarse grid of 16 px. 0 when sizes
// differ.
double luma_change(const std::uint8_t* a, int stride_a, const std::uint8_t* b, int stride_b, int width,
                   int height);

// Above this a scope is being moved by a hand (sensor noise of the house's scopes stays below 3).
inline constexpr double motion_threshold = 6.0;

}  // namespace caukham::ui
