// The wire of the "supercamera" ear scopes (Useeplus / Geek szitman, 2ce3:3828 and 0329:2022): not UVC, two vendor
// interfaces with bulk endpoints. Facts from two public reverse-engineered drivers (hbens/geek-szitman-supercamera,
// CC0; jerometerry/useeplus, MIT), restated; nothing of their code is here.
//
// A fragment is  AA BB | cid | length LE16 (of what follows) | fid | lens | flags | gravity LE32 | data.
// Pages of 4096 bytes are filled up with stale memory that may hold whole old headers: "ghosts".
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace caukham::devices::useeplus {

inline constexpr std::uint8_t mark0 = 0xAA, mark1 = 0xBB;
inline constexpr std::uint8_t cid_video = 0x0B, cid_gravity = 0x07;
inline constexpr std::uint8_t flag_gravity = 0x01, flag_button = 0x02;
inline constexpr std::size_t link_header = 5, header = 12;       // bytes before length's count begins; before the data
inline constexpr std::size_t fragment_data = 932;                // JPEG bytes in a full fragment
inline constexpr std::size_t full_length = 7 + fragment_data;    // 0x03AB
inline constexpr std::size_t gravity_length = 427;               // length field of a gravity fragment
inline constexpr std::size_t page = 4096;
inline constexpr std::size_t ghost_reach = 160;                  // a header this close before another is a ghost
inline constexpr std::size_t max_picture = 512 * 1024;           // real ones are 15–40 KB

inline constexpr std::uint8_t interface_app = 0, interface_video = 1, video_alternate = 1;
inline constexpr std::uint8_t ep_app_out = 0x02, ep_app_in = 0x82, ep_out = 0x01, ep_in = 0x81;

// Start: claim both interfaces, alternate 1 on interface 1, clear the halt of ep_out, then these two writes.
inline constexpr std::array<std::uint8_t, 6> wake_app{0xFF, 0x55, 0xFF, 0x55, 0xEE, 0x10};  // to ep_app_out
inline constexpr std::array<std::uint8_t, 5> start_video{0xBB, 0xAA, 0x05, 0x00, 0x00};     // to ep_out

}  // namespace caukham::devices::useeplus
