// Stills are the camera's own JPEG, kept byte for byte. Here: is it a JPEG worth keeping, and a small picture of it.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "media/picture.hpp"

namespace caukham::media {

struct JpegInfo {
  int width = 0, height = 0;       // pixels
  int components = 0;              // 1 grey, 3 colour
  bool progressive = false;
  bool has_huffman_tables = false; // false: an MJPEG camera's abbreviated stream; viewers elsewhere need them put in
};

// Walks the markers from FFD8 to the start of scan and checks that the bytes end in FFD9. Pure, bounded, any
// thread. False: `why` says what is wrong in words; sizes above max_edge_px are refused.
bool inspect_jpeg(ByteView jpeg, JpegInfo& info, std::string& why);

struct RgbImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;   // rows of 3·width bytes
};

// At most max_edge pixels on the longer side, aspect kept, never enlarged. Empty: see `why`.
RgbImage thumbnail(ByteView jpeg, int max_edge, std::string& why);

}  // namespace caukham::media
