// A picture somebody else holds, as this room looks at it: bytes, size, strides. Nothing is copied, nothing kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace caukham::analysis::picture {

enum class Layout : std::uint8_t {
  rgb24,         // one plane, R G B, full range, sRGB
  i420_limited,  // Y, U, V, chroma halved both ways, BT.601, 16…235 (what media::Picture is)
  i420_full,     // the same with 0…255 (JFIF)
};

struct View {
  Layout layout = Layout::rgb24;
  int width = 0, height = 0;                  // pixels
  std::span<const std::uint8_t> plane[3];     // rgb24 uses the first only
  std::size_t stride[3] = {0, 0, 0};          // bytes from row to row
};

inline constexpr int smallest_edge_px = 32;    // less has no room for an edge, its surroundings and a background
inline constexpr int largest_edge_px = 16384;

// Empty when every pixel lies inside its plane; else why the picture cannot be looked at, in words.
std::string problem_of(const View& view);

struct Rgb8 { int r = 0, g = 0, b = 0; };      // 0…255

// Of a view without problem, inside it. ITU-R BT.601 for the I420 layouts.
Rgb8 pixel(const View& view, int x, int y);
Rgb8 rgb_of(Layout layout, int y, int u, int v);

}  // namespace caukham::analysis::picture
