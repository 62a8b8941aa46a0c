#include "devices/camera_uvc/button.hpp"

namespace caukham::devices::uvc {

Quirks quirks_of(std::uint16_t vid, std::uint16_t pid) {
  Quirks q;
  q.button_inverted = vid == 0xab02 && pid == 0xab01;
  return q;
}

std::optional<std::int64_t> StatusButton::packet(ByteView b, std::int64_t now_ns) {
  if (b.size() < 4 || (b[0] & 0x0F) != 2 || b[2] != 0) return std::nullopt;
  const bool down = (b[3] != 0) != quirks_.button_inverted;
  if (!down || (pressed_before_ && now_ns - last_ns_ < debounce_ns)) return std::nullopt;
  pressed_before_ = true;
  last_ns_ = now_ns;
  return now_ns;
}

}  // namespace caukham::devices::uvc
