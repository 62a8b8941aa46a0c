// Pictures of known truth for the tests of app/analysis/picture: made of formulas, seeded noise, blurred by a known σ.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "analysis/picture/view.hpp"

namespace picture_tests {

using caukham::analysis::picture::Layout;
using caukham::analysis::picture::View;

struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
  Image(int w, int h, int r = 0, int g = 0, int b = 0) : width(w), height(h) {
    for (int i = 0; i < w * h; ++i) rgb.insert(rgb.end(), {static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)});
  }
  std::uint8_t* at(int x, int y) { return &rgb[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x))]; }
  const std::uint8_t* at(int x, int y) const { return const_cast<Image*>(this)->at(x, y); }
  void set(int x, int y, double r, double g, double b) {
    auto* p = at(x, y);
    int i = 0;
    for (double v : {r, g, b}) p[i++] = static_cast<std::uint8_t>(std::clamp(v + 0.5, 0.0, 255.0));
  }
};

inline View view_of(const Image& i) {
  View v;
  v.layout = Layout::rgb24;
  v.width = i.width;
  v.height = i.height;
  v.plane[0] = i.rgb;
  v.stride[0] = static_cast<std::size_t>(i.width) * 3;
  return v;
}

// Dark spots with sharp edges on skin, shifted by (dx, dy): enough edges in every block, of tissue's colours.
inline Image spots(int w = 480, int h = 360, double dx = 0, double dy = 0, double light = 1) {
  Image out(w, h);
  const double unit = h / 360.0;
  for (int y = 0; y < h; ++y) {
    for (int x = 0; x < w; ++x) {
      const double u = (x - dx) / unit, v = (y - dy) / unit;
      const double cx = std::floor(u / 36), cy = std::floor(v / 36);
      const double jitter = 6 * std::sin(cx * 12.9 + cy * 78.2), shade = 0.75 + 0.25 * std::sin(u / 90 + 0.7 * v / 70);
      const double r = std::hypot(u - cx * 36 - 18 - jitter, v - cy * 36 - 18 + jitter);
      const double edge = std::clamp((r - 9) * unit + 0.5, 0.0, 1.0) * light * shade;  // one pixel wide
      out.set(x, y, (60 * light) + 140 * edge, (40 * light) + 105 * edge, (30 * light) + 85 * edge);
    }
  }
  return out;
}

inline Image blurred(const Image& in, double sigma) {
  if (sigma <= 0) return in;
  const int reach = static_cast<int>(3 * sigma) + 1;
  std::vector<double> k;
  double whole = 0;
  for (int i = -reach; i <= reach; ++i) whole += k.emplace_back(std::exp(-i * i / (2 * sigma * sigma)));
  Image half = in, out = in;
  std::vector<double> line(in.rgb.size());
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < in.height; ++y)
      for (int x = 0; x < in.width; ++x)
        for (int c = 0; c < 3; ++c) {
          double sum = 0;
          for (int i = -reach; i <= reach; ++i)
            sum += k[static_cast<std::size_t>(i + reach)] *
                   (pass == 0 ? in.at(std::clamp(x + i, 0, in.width - 1), y)[c] : half.at(x, std::clamp(y + i, 0, in.height - 1))[c]);
          (pass == 0 ? half : out).at(x, y)[c] = static_cast<std::uint8_t>(sum / whole + 0.5);
        }
  }
  return out;
}

// Out of focus: every point a disk of that radius, as a lens with an open aperture gives it. Spread: radius/2.
inline Image defocused(const Image& in, double radius) {
  const int reach = static_cast<int>(radius) + 1;
  Image out = in;
  std::vector<std::pair<int, int>> disk;
  for (int dy = -reach; dy <= reach; ++dy)
    for (int dx = -reach; dx <= reach; ++dx)
      if (dx * dx + dy * dy <= radius * radius) disk.emplace_back(dx, dy);
  for (int y = 0; y < in.height; ++y)
    for (int x = 0; x < in.width; ++x)
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        for (const auto& [dx, dy] : disk)
          sum += in.at(std::clamp(x + dx, 0, in.width - 1), std::clamp(y + dy, 0, in.height - 1))[c];
        out.at(x, y)[c] = static_cast<std::uint8_t>(sum / static_cast<int>(disk.size()));
      }
  return out;
}

inline Image noisy(Image in, double sigma, unsigned seed = 7) {
  std::mt19937 random(seed);
  for (auto& v : in.rgb) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random() / 4294967296.0;  // Irwin–Hall: the same on every machine
    v = static_cast<std::uint8_t>(std::clamp(v + sigma * sum + 0.5, 0.0, 255.0));
  }
  return in;
}

inline Image turned(const Image& in) {  // by 90°
  Image out(in.height, in.width);
  for (int y = 0; y < in.height; ++y)
    for (int x = 0; x < in.width; ++x) std::copy_n(in.at(x, y), 3, out.at(in.height - 1 - y, x));
  return out;
}

}  // namespace picture_tests
