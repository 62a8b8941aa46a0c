#include "analysis/picture/chart_grid.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace caukham::analysis::picture {
namespace {

// Ours: a patch has at least some 5 × 6 pixels; ten of the 24 fix the grid; more than 600 even spots are a texture.
constexpr int most_edge_px = 1280, least_area_px = 30;
constexpr std::size_t least_patches = 10, most_candidates = 600;

// Connected even pixels of a parallelogram's shape. Of any parallelogram the covariance's determinant is area² / 144.
std::vector<Patch> even_patches(const Even& p, int tolerance) {
  const auto index = [&](int x, int y) { return static_cast<std::size_t>(y * p.width + x); };
  std::vector<std::uint8_t> even(p.change.size());
  for (std::size_t i = 0; i < even.size(); ++i) even[i] = p.change[i] <= tolerance;
  std::vector<Patch> out;
  std::vector<std::pair<int, int>> stack;
  for (int y = 1; y + 1 < p.height; ++y)
    for (int x = 1; x + 1 < p.width; ++x) {
      if (!even[index(x, y)]) continue;
      double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
      stack.assign(1, {x, y});
      even[index(x, y)] = 0;
      while (!stack.empty()) {
        const auto [i, j] = stack.back();
        stack.pop_back();
        n += 1, sx += i, sy += j, xx += double(i) * i, yy += double(j) * j, xy += double(i) * j;
        for (const auto& [u, v] : {std::pair{i + 1, j}, {i - 1, j}, {i, j + 1}, {i, j - 1}})
          if (even[index(u, v)]) even[index(u, v)] = 0, stack.emplace_back(u, v);
      }
      if (n < least_area_px || n > p.width * p.height / 40.0) continue;
      const double mx = sx / n, my = sy / n, cxx = xx / n - mx * mx, cyy = yy / n - my * my, cxy = xy / n - mx * my;
      const double spread = std::sqrt(std::max(0.0, cxx * cyy - cxy * cxy));
      if (!(spread > 0) || std::abs(n / (12 * spread) - 1) > 0.15) continue;
      const double half = (cxx + cyy) / 2, root = std::sqrt(std::max(0.0, half * half - spread * spread));
      if (half + root > 6 * (half - root)) continue;  // longer than 2.4 times its width
      out.push_back({mx, my, std::sqrt(n), 0, 0});
    }
  return out;
}

using Grid = std::map<std::pair<int, int>, std::size_t>;

// From `seed`, one step (ux, uy) a column and (vx, vy) a row; each further step is measured anew where two lie in line.
Grid grow(const std::vector<Patch>& all, std::size_t seed, double ux, double uy, double vx, double vy) {
  Grid grid{{{0, 0}, seed}};
  std::vector<std::uint8_t> used(all.size(), 0);
  used[seed] = 1;
  std::vector<std::pair<int, int>> front{{0, 0}};
  while (!front.empty()) {
    const auto [i, j] = front.back();
    front.pop_back();
    const auto& here = all[grid.at({i, j})];
    for (const auto& [di, dj] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      const std::pair<int, int> to{i + di, j + dj};
      if (grid.count(to) || std::abs(to.first) > 5 || std::abs(to.second) > 5) continue;
      double sx = di * ux + dj * vx, sy = di * uy + dj * vy;
      if (const auto back = grid.find({i - di, j - dj}); back != grid.end())
        sx = here.x - all[back->second].x, sy = here.y - all[back->second].y;
      const double x = here.x + sx, y = here.y + sy, room = 0.25 * std::hypot(sx, sy);
      for (std::size_t k = 0; k < all.size(); ++k) {
        if (used[k] || std::hypot(all[k].x - x, all[k].y - y) > room) continue;
        if (all[k].size > 1.6 * here.size || here.size > 1.6 * all[k].size) continue;
        used[k] = 1, grid[to] = k, front.push_back(to);
        break;
      }
    }
  }
  return grid;
}

}  // namespace

std::array<double, 2> Homography::at(double c, double r) const {
  const double w = h[6] * c + h[7] * r + h[8];
  return {(h[0] * c + h[1] * r + h[2]) / w, (h[3] * c + h[4] * r + h[5]) / w};
}

bool fit(const std::vector<Patch>& patches, Homography& out) {
  if (patches.size() < 4) return false;
  double mx = 0, my = 0, scale = 0;  // pixels near 1, so that the sums stay well conditioned
  for (const auto& p : patches) mx += p.x, my += p.y;
  mx /= static_cast<double>(patches.size()), my /= static_cast<double>(patches.size());
  for (const auto& p : patches) scale = std::max({scale, std::abs(p.x - mx), std::abs(p.y - my)});
  if (!(scale > 0)) return false;
  double a[8][9] = {};
  for (const auto& p : patches) {
    const double x = (p.x - mx) / scale, y = (p.y - my) / scale, c = p.column, r = p.row;
    const double rows[2][9] = {{c, r, 1, 0, 0, 0, -x * c, -x * r, x}, {0, 0, 0, c, r, 1, -y * c, -y * r, y}};
    for (const auto& row : rows)
      for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 9; ++j) a[i][j] += row[i] * row[j];
  }
  for (int i = 0; i < 8; ++i) {  // Gauss with pivots
    int best = i;
    for (int k = i + 1; k < 8; ++k)
      if (std::abs(a[k][i]) > std::abs(a[best][i])) best = k;
    if (std::abs(a[best][i]) < 1e-9) return false;
    std::swap(a[i], a[best]);
    for (int k = 0; k < 8; ++k) {
      if (k == i) continue;
      const double part = a[k][i] / a[i][i];
      for (int j = i; j < 9; ++j) a[k][j] -= part * a[i][j];
    }
  }
  double h[9];
  for (int i = 0; i < 8; ++i) h[i] = a[i][8] / a[i][i];
  h[8] = 1;
  for (int j = 0; j < 3; ++j) {
    out.h[static_cast<std::size_t>(j)] = scale * h[j] + mx * h[6 + j];
    out.h[static_cast<std::size_t>(3 + j)] = scale * h[3 + j] + my * h[6 + j];
    out.h[static_cast<std::size_t>(6 + j)] = h[6 + j];
  }
  return true;
}

// Means of factor × factor pixels, then of 3 × 3: noise must not tear a patch apart.
Even prepare(const View& view) {
  Even out;
  out.factor = (std::max(view.width, view.height) + most_edge_px - 1) / most_edge_px;
  out.width = view.width / out.factor, out.height = view.height / out.factor;
  const int f = out.factor, n = f * f;
  const auto row = static_cast<std::size_t>(out.width) * 3, size = row * static_cast<std::size_t>(out.height);
  std::vector<std::uint8_t> small;
  small.reserve(size);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < out.width; ++x) {
      int r = 0, g = 0, b = 0;
      for (int j = 0; j < f; ++j)
        for (int i = 0; i < f; ++i) {
          const auto p = pixel(view, x * f + i, y * f + j);
          r += p.r, g += p.g, b += p.b;
        }
      for (int v : {r, g, b}) small.push_back(static_cast<std::uint8_t>(v / n));
    }
  out.rgb = small;
  for (std::size_t y = 1; y + 1 < static_cast<std::size_t>(out.height); ++y)
    for (std::size_t i = y * row + 3; i < (y + 1) * row - 3; ++i) {
      const auto three = [&](std::size_t at) { return small[at - 3] + small[at] + small[at + 3]; };
      out.rgb[i] = static_cast<std::uint8_t>((three(i - row) + three(i) + three(i + row)) / 9);
    }
  out.change.assign(size / 3, 255);
  for (std::size_t y = 1; y + 1 < static_cast<std::size_t>(out.height); ++y)
    for (std::size_t x = 1; x + 1 < static_cast<std::size_t>(out.width); ++x) {
      int most = 0;
      for (std::size_t i = y * row + 3 * x; i < y * row + 3 * x + 3; ++i)
        most = std::max({most, std::abs(out.rgb[i + 3] - out.rgb[i - 3]), std::abs(out.rgb[i + row] - out.rgb[i - row])});
      out.change[y * static_cast<std::size_t>(out.width) + x] = static_cast<std::uint8_t>(most);
    }
  return out;
}

std::vector<std::vector<Patch>> find_grids(const Even& picture, int tolerance) {
  auto all = even_patches(picture, tolerance);
  std::vector<std::vector<Patch>> out;
  if (all.size() > most_candidates) {  // texture: a chart's patches are among the larger ones
    std::sort(all.begin(), all.end(), [](const Patch& a, const Patch& b) { return a.size > b.size; });
    all.resize(most_candidates);
  }
  std::vector<std::uint8_t> settled(all.size(), 0);
  for (std::size_t s = 0; s < all.size(); ++s) {
    if (settled[s]) continue;
    std::vector<std::size_t> near;
    for (std::size_t k = 0; k < all.size(); ++k) {
      const double d = std::hypot(all[k].x - all[s].x, all[k].y - all[s].y);
      if (k != s && d < 2.4 * all[s].size && all[k].size < 1.6 * all[s].size && all[s].size < 1.6 * all[k].size) near.push_back(k);
    }
    Grid best;
    for (auto a : near)
      for (auto b : near) {
        const double ux = all[a].x - all[s].x, uy = all[a].y - all[s].y, vx = all[b].x - all[s].x, vy = all[b].y - all[s].y;
        const double lu = std::hypot(ux, uy), lv = std::hypot(vx, vy), sine = (ux * vy - uy * vx) / (lu * lv);
        if (sine < 0.75 || lu > 1.6 * lv || lv > 1.6 * lu) continue;
        if (ux < std::abs(uy) * 0.99) continue;  // one turn of four is enough here
        auto grid = grow(all, s, ux, uy, vx, vy);
        if (grid.size() > best.size()) best = std::move(grid);
      }
    if (best.size() < least_patches) continue;
    std::vector<Patch> group;
    const double f = picture.factor;
    for (const auto& [at, k] : best) {
      settled[k] = 1;
      group.push_back({(all[k].x + 0.5) * f - 0.5, (all[k].y + 0.5) * f - 0.5, all[k].size * f, at.first, at.second});
    }
    out.push_back(std::move(group));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return out;
}

}  // namespace caukham::analysis::picture
