#include "ui/front.hpp"

#include <algorithm>
#include <cstdlib>

namespace caukham::ui {

void FrontChooser::sign(core::StreamId stream, Sign sign, std::int64_t now_ns) {
  if (stream == 0) return;
  if (stream == front_) {
    if (sign != Sign::seen) active_ns_ = now_ns;
    return;
  }
  if (sign == Sign::seen) return;
  const bool strong = sign == Sign::electrodes || sign == Sign::button || sign == Sign::breath;
  if (strong || now_ns - active_ns_ >= quiet_ns) {
    wish_ = stream;
    active_ns_ = now_ns;
  }
}

core::StreamId FrontChooser::front(const std::vector<core::StreamId>& streams, std::int64_t) {
  const auto exists = [&](core::StreamId id) {
    return id && std::find(streams.begin(), streams.end(), id) != streams.end();
  };
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
