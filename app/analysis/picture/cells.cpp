#include "analysis/picture/cells.hpp"

#include <algorithm>
#include <functional>

namespace caukham::analysis::picture {
namespace {

struct Sums { int luma = 0, white = 0, n = 0, a = 0, b = 0, c = 0, chroma = 0; };  // a b c: R G B, or – U V

void add_rgb_row(const std::uint8_t* row, int from, int to, Sums& s) {
  for (int x = from; x < to; x += 2) {
    const auto* p = row + 3 * x;
    const int l = (19595 * p[0] + 38470 * p[1] + 7471 * p[2] + 32768) >> 16;  // BT.601 luma in 16 bit fixed point
    s.luma += l;
    s.white += l >= static_cast<int>(saturated_luma);
    s.a += p[0];
    s.b += p[1];
    s.c += p[2];
    ++s.n;
  }
}

void add_luma_row(const std::uint8_t* row, int from, int to, int white, Sums& s) {
  int sum = 0, bright = 0;
  for (int x = from; x < to; x += 2) {
    sum += row[x];
    bright += row[x] >= white;
  }
  s.luma += sum;
  s.white += bright;
  s.n += (to - from + 1) / 2;
}

// Marks what the function accepts and is connected with `start`; returns how many.
std::size_t flood(const Cells& c, std::size_t start, std::vector<std::uint8_t>& seen,
                  const std::function<bool(std::size_t)>& accept) {
  std::vector<std::size_t> open{start};
  seen[start] = 1;
  std::size_t n = 0;
  const auto columns = static_cast<std::size_t>(c.columns);
  while (!open.empty()) {
    const auto at = open.back();
    open.pop_back();
    ++n;
    const auto visit = [&](std::size_t next) {
      if (!seen[next] && accept(next)) {
        seen[next] = 1;
        open.push_back(next);
      }
    };
    const auto x = at % columns;
    if (x > 0) visit(at - 1);
    if (x + 1 < columns) visit(at + 1);
    if (at >= columns) visit(at - columns);
    if (at + columns < c.size()) visit(at + columns);
  }
  return n;
}

void mark_field(Cells& c) {
  std::vector<std::uint8_t> outside(c.size(), 0);
  const auto dark = [&](std::size_t i) { return c.luma[i] < surround_luma; };
  const auto columns = static_cast<std::size_t>(c.columns);
  for (std::size_t i = 0; i < c.size(); ++i) {
    const auto x = i % columns, y = i / columns;
    const bool rim = x == 0 || y == 0 || x + 1 == columns || y + 1 == static_cast<std::size_t>(c.rows);
    if (rim && !outside[i] && dark(i)) flood(c, i, outside, dark);
  }
  c.field.resize(c.size());
  for (std::size_t i = 0; i < c.size(); ++i) c.field[i] = !outside[i];
  c.field_cells = static_cast<std::size_t>(std::count(c.field.begin(), c.field.end(), 1));
}

}  // namespace

Cells cells_of(const View& v) {
  Cells c;
  c.edge_px = std::max(2, (std::min(v.width, v.height) / 90) & ~1);  // even: chroma samples fall into one cell
  c.columns = v.width / c.edge_px;
  c.rows = v.height / c.edge_px;
  const auto n = static_cast<std::size_t>(c.columns) * static_cast<std::size_t>(c.rows);
  for (auto* list : {&c.luma, &c.white, &c.red, &c.green, &c.blue}) list->resize(n);
  const bool rgb = v.layout == Layout::rgb24, limited = v.layout == Layout::i420_limited;
  const int white = limited ? 16 + static_cast<int>(saturated_luma * 219 / 255) : static_cast<int>(saturated_luma);
  std::vector<Sums> line(static_cast<std::size_t>(c.columns));
  for (int row = 0; row < c.rows; ++row) {
    std::fill(line.begin(), line.end(), Sums{});
    for (int y = row * c.edge_px; y < (row + 1) * c.edge_px; y += c.edge_px >= 8 ? 4 : 2) {
      const auto* first = v.plane[0].data() + static_cast<std::size_t>(y) * v.stride[0];
      for (int i = 0; i < c.columns; ++i) {
        auto& s = line[static_cast<std::size_t>(i)];
        const int from = i * c.edge_px, to = from + c.edge_px;
        if (rgb) add_rgb_row(first, from, to, s);
        else add_luma_row(first, from, to, white, s);
      }
      if (rgb) continue;
      const auto* u = v.plane[1].data() + static_cast<std::size_t>(y / 2) * v.stride[1];
      const auto* w = v.plane[2].data() + static_cast<std::size_t>(y / 2) * v.stride[2];
      for (int i = 0; i < c.columns; ++i) {
        auto& s = line[static_cast<std::size_t>(i)];
        for (int x = i * c.edge_px / 2; x < (i + 1) * c.edge_px / 2; x += 2) {
          s.b += u[x];
          s.c += w[x];
          ++s.chroma;
        }
      }
    }
    for (int i = 0; i < c.columns; ++i) {
      const auto at = static_cast<std::size_t>(row) * static_cast<std::size_t>(c.columns) + static_cast<std::size_t>(i);
      auto& s = line[static_cast<std::size_t>(i)];
      const float y = static_cast<float>(s.luma) / static_cast<float>(s.n);
      c.luma[at] = limited ? std::clamp((y - 16) * (255.0F / 219.0F), 0.0F, 255.0F) : y;
      c.white[at] = static_cast<float>(s.white) / static_cast<float>(s.n);
      if (rgb) {
        c.red[at] = static_cast<float>(s.a) / static_cast<float>(s.n);
        c.green[at] = static_cast<float>(s.b) / static_cast<float>(s.n);
        c.blue[at] = static_cast<float>(s.c) / static_cast<float>(s.n);
      } else {
        const float gain = limited ? 255.0F / 224.0F : 1.0F;
        const float cb = (static_cast<float>(s.b) / static_cast<float>(s.chroma) - 128) * gain;
        const float cr = (static_cast<float>(s.c) / static_cast<float>(s.chroma) - 128) * gain;
        c.red[at] = std::clamp(c.luma[at] + 1.402F * cr, 0.0F, 255.0F);
        c.green[at] = std::clamp(c.luma[at] - 0.344136F * cb - 0.714136F * cr, 0.0F, 255.0F);
        c.blue[at] = std::clamp(c.luma[at] + 1.772F * cb, 0.0F, 255.0F);
      }
    }
  }
  mark_field(c);
  return c;
}

std::vector<std::size_t> white_blobs(const Cells& c) {
  std::vector<std::uint8_t> seen(c.size(), 0);
  const auto is_white = [&](std::size_t i) { return c.field[i] && c.white[i] >= 0.5F; };
  std::vector<std::size_t> blobs;
  for (std::size_t i = 0; i < c.size(); ++i)
    if (!seen[i] && is_white(i)) blobs.push_back(flood(c, i, seen, is_white));
  std::sort(blobs.rbegin(), blobs.rend());
  return blobs;
}

}  // namespace caukham::analysis::picture
