// The two rendered scenes and the little noise they are made of; inside this folder only.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "devices/phantom/phantom.hpp"

namespace caukham::devices::scene {

struct Rgb {
  float r = 0, g = 0, b = 0;  // 0…255
};
inline Rgb mix(Rgb a, Rgb b, float t) {
  t = std::clamp(t, 0.0F, 1.0F);
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}
inline Rgb operator*(Rgb a, float k) { return {a.r * k, a.g * k, a.b * k}; }
inline Rgb operator+(Rgb a, Rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
// 0 below a, 1 above b, smooth between.
inline float step(float a, float b, float x) {
  const float t = std::clamp((x - a) / (b - a), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

// Value noise on a lattice, −1…1, the same on every machine.
inline float lattice(int x, int y) {
  auto h = static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U;
  h = (h ^ (h >> 13)) * 1274126177U;
  return static_cast<float>((h ^ (h >> 16)) & 0xFFFF) / 32767.5F - 1.0F;
}
inline float noise(float x, float y) {
  const float fx = std::floor(x), fy = std::floor(y);
  const int ix = static_cast<int>(fx), iy = static_cast<int>(fy);
  const float u = step(0, 1, x - fx), v = step(0, 1, y - fy);
  const float a = lattice(ix, iy), b = lattice(ix + 1, iy), c = lattice(ix, iy + 1), d = lattice(ix + 1, iy + 1);
  return a + (b - a) * u + (c - a) * v + (a - b - c + d) * u * v;
}
inline float cloud(float x, float y, int octaves) {
  float sum = 0, gain = 0.5F;
  for (int i = 0; i < octaves; ++i, gain *= 0.5F, x = x * 2.03F + 17.1F, y = y * 2.03F + 5.3F) sum += gain * noise(x, y);
  return sum;
}
// Distance of (x, y) from the segment a–b; `along` is 0 at a, 1 at b.
inline float segment(float x, float y, float ax, float ay, float bx, float by, float& along) {
  const float dx = bx - ax, dy = by - ay;
  along = std::clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0F, 1.0F);
  return std::hypot(x - ax - along * dx, y - ay - along * dy);
}

// Rendered once, margin included; unit is the picture's height without its margin.
void draw_ear(Canvas& canvas, int margin);
void draw_skin(Canvas& canvas, int margin);

// 5×7 letters (A–Z, 0–9, blank, '-', '.'), each dot scale × scale pixels, white on a black box.
void write_text(Canvas& canvas, int x, int y, int scale, const char* text);
int text_width(int scale, const char* text);
// The same without the box, in one grey: for a ruler's figures.
void write_bare(Canvas& canvas, int x, int y, int scale, const char* text, std::uint8_t luma);

}  // namespace caukham::devices::scene
