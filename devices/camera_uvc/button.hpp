// The button of a class camera, as its status interrupt endpoint tells it (USB Device Class Definition for Video
// Devices 1.5, 2.4.2.2): byte 0 low nibble 2 = streaming, byte 1 interface, byte 2 = 0 button event, byte 3 value.
#pragma once
#include <cstdint>
#include <optional>

#include "devices/model/model.hpp"

namespace caukham::devices::uvc {

inline constexpr std::uint8_t ep_picture = 0x81, ep_status = 0x83;  // of a video link

// What is known about single products; everything else follows the standard.
struct Quirks {
  bool button_inverted = false;  // press is value 0, release 1 (HT-B30S, ab02:ab01)
};
Quirks quirks_of(std::uint16_t vid, std::uint16_t pid);

class StatusButton {
 public:
  static constexpr std::int64_t debounce_ns = 800'000'000;  // one press of an HT-B30S speaks twice, 515 ms apart
  explicit StatusButton(Quirks quirks = {}) : quirks_(quirks) {}
  // One interrupt packet; the time of the press when it is one. Other packets and repeats within debounce: empty.
  std::optional<std::int64_t> packet(ByteView bytes, std::int64_t now_ns);

 private:
  Quirks quirks_;
  bool pressed_before_ = false;
  std::int64_t last_ns_ = 0;
};

}  // namespace caukham::devices::uvc
