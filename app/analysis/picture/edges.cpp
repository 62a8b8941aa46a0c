#include "analysis/picture/edges.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>

namespace caukham::analysis::picture {
namespace {

constexpr int blocks = block_columns * block_rows;
// Slopes are kept times 32: central difference {−16 0 16}, and {−1 −4 −5 0 5 4 1}, the same after the binomial.
// Variance of white noise σ² in them, in (levels a pixel)²: 2·16²/32² and 2(1+16+25)/32².
constexpr double scale = 32, noise_slope = 0.5, noise_blurred = 84.0 / 1024;
constexpr double least_slope = 1.2;       // levels a pixel: below, JPEG's own steps look like edges
constexpr double noise_gate = 5;          // edges stand this many σ out of the noise
constexpr int enough_points = 12, enough_blocks = 4;

struct Sums { double slope = 0, blurred = 0; int n = 0; };
struct Noise { double sum = 0; int n = 0; };

struct Rows {
  std::vector<std::int16_t> across, across_blurred, down, down_blurred;
  explicit Rows(std::size_t n) : across(n), across_blurred(n), down(n), down_blurred(n) {}
};

// Plain loops over neighbours without branches: the compiler makes vector code of them.
void slopes(const std::uint8_t* c, std::size_t stride, int width, Rows& r) {
  auto *a = r.across.data(), *ab = r.across_blurred.data(), *d = r.down.data(), *db = r.down_blurred.data();
  for (int x = 3; x < width - 3; ++x) {
    a[x] = static_cast<std::int16_t>(16 * (c[x + 1] - c[x - 1]));
    ab[x] = static_cast<std::int16_t>(c[x + 3] - c[x - 3] + 4 * (c[x + 2] - c[x - 2]) + 5 * (c[x + 1] - c[x - 1]));
  }
  const auto *n3 = c - 3 * stride, *n2 = c - 2 * stride, *n1 = c - stride;
  const auto *p1 = c + stride, *p2 = c + 2 * stride, *p3 = c + 3 * stride;
  for (int x = 3; x < width - 3; ++x) {
    d[x] = static_cast<std::int16_t>(16 * (p1[x] - n1[x]));
    db[x] = static_cast<std::int16_t>(p3[x] - n3[x] + 4 * (p2[x] - n2[x]) + 5 * (p1[x] - n1[x]));
  }
}

// The blurred slope down the column at one pixel.
int down_blurred(const std::uint8_t* c, std::size_t stride) {
  const auto at = [&](std::ptrdiff_t rows) { return static_cast<int>(c[rows * static_cast<std::ptrdiff_t>(stride)]); };
  return at(3) - at(-3) + 4 * (at(2) - at(-2)) + 5 * (at(1) - at(-1));
}

int noise_of(const std::uint8_t* a, const std::uint8_t* b, const std::uint8_t* c, int from, int to) {
  int sum = 0;
  for (int x = from; x < to; ++x)
    sum += std::abs(a[x - 1] - 2 * a[x] + a[x + 1] - 2 * (b[x - 1] - 2 * b[x] + b[x + 1]) + c[x - 1] - 2 * c[x] + c[x + 1]);
  return sum;
}

// The first and last pixel rows or columns of a block.
int begin_of(int block, int count, int length) { return 4 + block * (length - 8) / count; }

double noise_level(const Luma& l, std::span<const std::uint8_t> field, int step) {
  std::vector<double> calm;
  for (int by = 0; by < block_rows; ++by) {
    for (int bx = 0; bx < block_columns; ++bx) {
      if (!field[static_cast<std::size_t>(by * block_columns + bx)]) continue;
      Noise n;
      const int x0 = begin_of(bx, block_columns, l.width), x1 = begin_of(bx + 1, block_columns, l.width);
      for (int y = begin_of(by, block_rows, l.height); y < begin_of(by + 1, block_rows, l.height); y += 2 * step) {
        const auto* b = l.data + static_cast<std::size_t>(y) * l.stride;
        n.sum += noise_of(b - l.stride, b, b + l.stride, x0, x1);
        n.n += x1 - x0;
      }
      if (n.n > 0) calm.push_back(n.sum / n.n);
    }
  }
  if (calm.empty()) return std::sqrt(1.0 / 12);
  const auto fifth = calm.begin() + static_cast<std::ptrdiff_t>(calm.size() / 5);
  std::nth_element(calm.begin(), fifth, calm.end());
  // Immerkær, equation 8; never less than the rounding to whole levels, which a smooth area does not show.
  return std::max(*fifth * std::sqrt(std::numbers::pi / 2) / 6, std::sqrt(1.0 / 12));
}

// Points where the slope along the slice is a maximum and the edge stands across it within 27°.
void gather(const std::uint8_t* row, std::size_t stride, const Rows& r, int from, int to, int gate, Sums& s) {
  const auto *a = r.across.data(), *ab = r.across_blurred.data(), *d = r.down.data(), *db = r.down_blurred.data();
  for (int x = from; x < to; ++x) {
    const int h = std::abs(ab[x]), v = std::abs(db[x]);
    if (h < gate && v < gate) continue;
    if (h >= 2 * v) {
      if (h < std::abs(ab[x - 1]) || h < std::abs(ab[x + 1])) continue;
      s.slope += static_cast<double>(a[x]) * a[x];
      s.blurred += static_cast<double>(ab[x]) * ab[x];
      ++s.n;
    } else if (v >= 2 * h) {
      if (v < std::abs(down_blurred(row + x - stride, stride)) || v < std::abs(down_blurred(row + x + stride, stride))) continue;
      s.slope += static_cast<double>(d[x]) * d[x];
      s.blurred += static_cast<double>(db[x]) * db[x];
      ++s.n;
    }
  }
}

double width_of(const Sums& s, double noise) {
  const double variance = noise * noise * scale * scale;
  const double slope = s.slope - s.n * noise_slope * variance, blurred = s.blurred - s.n * noise_blurred * variance;
  if (blurred <= 0 || slope <= blurred) return widest_px;
  // The central difference is a box of two pixels itself: variance 1/4.
  const double own = 1 / (slope / blurred - 1) - 0.25;
  return std::clamp(std::sqrt(std::max(own, 0.0)), 0.2, widest_px);
}

Edges at_this_size(const Luma& l, std::span<const std::uint8_t> field) {
  Edges out;
  const int step = std::max(1, l.height / 90);
  out.noise = noise_level(l, field, step);
  const double gate = std::max(least_slope, noise_gate * std::sqrt(noise_blurred) * out.noise);
  std::array<Sums, blocks> sums{};
  Rows rows(static_cast<std::size_t>(l.width));
  for (int by = 0; by < block_rows; ++by) {
    for (int y = begin_of(by, block_rows, l.height); y < begin_of(by + 1, block_rows, l.height); y += step) {
      const auto* row = l.data + static_cast<std::size_t>(y) * l.stride;
      slopes(row, l.stride, l.width, rows);
      for (int bx = 0; bx < block_columns; ++bx) {
        const auto at = static_cast<std::size_t>(by * block_columns + bx);
        if (field[at])
          gather(row, l.stride, rows, begin_of(bx, block_columns, l.width),
                 begin_of(bx + 1, block_columns, l.width), static_cast<int>(gate * scale), sums[at]);
      }
    }
  }
  // The quarter is counted by the strength of the edges: a faint one says little about its width.
  std::vector<std::pair<double, double>> widths;
  double whole = 0;
  for (const auto& s : sums) {
    if (s.n < enough_points) continue;
    widths.emplace_back(width_of(s, out.noise), std::sqrt(s.blurred));
    whole += widths.back().second;
  }
  out.blocks = static_cast<int>(widths.size());
  if (out.blocks < enough_blocks) return out;
  std::sort(widths.begin(), widths.end());
  double below = 0;
  for (const auto& [width, weight] : widths) {
    below += weight;
    out.width_px = width;
    if (below >= whole / 4) break;
  }
  return out;
}

std::vector<std::uint8_t> halved(const Luma& l) {
  const auto w = static_cast<std::size_t>(l.width / 2), h = static_cast<std::size_t>(l.height / 2);
  std::vector<std::uint8_t> out(w * h);
  for (std::size_t y = 0; y < h; ++y) {
    const auto *a = l.data + 2 * y * l.stride, *b = a + l.stride;
    for (std::size_t x = 0; x < w; ++x)
      out[y * w + x] = static_cast<std::uint8_t>((a[2 * x] + a[2 * x + 1] + b[2 * x] + b[2 * x + 1] + 2) / 4);
  }
  return out;
}

}  // namespace

// A wide edge is a stair of whole levels to a ruler of one pixel: it is measured again in the halved picture, where it
// is steeper. Halving adds a box of two pixels, variance 1/4.
Edges measure_edges(const Luma& l, std::span<const std::uint8_t> field) {
  constexpr double wide_px = 1.6, noisy = 1.0;  // levels; above, noise makes small steps on wide edges
  Edges out = at_this_size(l, field);
  if (out.width_px && *out.width_px < wide_px && out.noise < noisy) return out;
  if (std::min(l.width, l.height) < 160) return out;
  const auto half = halved(l);
  const auto w = static_cast<std::size_t>(l.width / 2);
  const Edges coarse = measure_edges({half.data(), w, l.width / 2, l.height / 2}, field);
  if (!coarse.width_px) return out;
  const double again = std::min(widest_px, std::sqrt(std::max(0.0, 4 * *coarse.width_px * *coarse.width_px - 0.25)));
  out.width_px = std::max(out.width_px.value_or(wide_px), again);
  out.blocks = std::max(out.blocks, coarse.blocks);
  return out;
}

}  // namespace caukham::analysis::picture
