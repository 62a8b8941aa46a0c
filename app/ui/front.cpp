#include "ui/front.hpp"

#include <algorithm>
#include <cstdlib>

namespace caukham::ui {

bool FrontChooser::picked_up(core::StreamId stream, std::int64_t now_ns) {
  const auto found = motion_.find(stream);
  if (found == motion_.end()) return false;  // never looked at while still
  auto& motion = found->second;
  if (now_ns - motion.last_ns >= still_ns)
    motion.lifted_ns = now_ns;
  else if (now_ns - motion.lifted_ns > lift_ns)
    motion.lifted_ns = 0;
  motion.last_ns = now_ns;
  if (motion.lifted_ns == 0 || motion.lifted_ns == now_ns) return false;
  motion.lifted_ns = 0;
  return true;
}

void FrontChooser::sign(core::StreamId stream, Sign sign, std::int64_t now_ns) {
  if (stream == 0 || sign == Sign::seen) return;
  const bool lifted = sign == Sign::motion && picked_up(stream, now_ns);
  if (sign != Sign::motion) chosen_ns_ = now_ns;  // a hand has chosen, at the device instead of at the window
  if (stream == front_) {
    active_ns_ = now_ns;
    return;
  }
  if (sign == Sign::motion && (!lifted || now_ns - active_ns_ < quiet_ns || now_ns - chosen_ns_ < chosen_ns)) return;
  wish_ = stream;
  active_ns_ = now_ns;
}

core::StreamId FrontChooser::front(const std::vector<core::StreamId>& streams, std::int64_t now_ns) {
  const auto exists = [&](core::StreamId id) {
    return id && std::find(streams.begin(), streams.end(), id) != streams.end();
  };
  std::erase_if(motion_, [&](const auto& known) { return !exists(known.first); });
  for (const auto id : streams) motion_.try_emplace(id, Motion{now_ns, 0});
  if (!exists(pinned_)) pinned_ = 0;
  if (pinned_) {
    wish_ = 0;
    return front_ = pinned_;
  }
  if (exists(wish_)) front_ = wish_;
  wish_ = 0;
  if (!exists(front_)) front_ = streams.empty() ? 0 : streams.front();
  return front_;
}

double luma_change(const std::uint8_t* a, int stride_a, const std::uint8_t* b, int stride_b, int width,
                   int height) {
  std::int64_t sum = 0, count = 0;
  for (int y = 8; y < height; y += 16)
    for (int x = 8; x < width; x += 16, ++count)
      sum += std::abs(int{a[y * static_cast<std::ptrdiff_t>(stride_a) + x]} -
                      int{b[y * static_cast<std::ptrdiff_t>(stride_b) + x]});
  return count ? static_cast<double>(sum) / static_cast<double>(count) : 0;
}

}  // namespace caukham::ui
