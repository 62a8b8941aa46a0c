#include "analysis/picture/motion.hpp"

#include <algorithm>
#include <cmath>

namespace caukham::analysis::picture {
namespace {

struct Grid {
  int w = 0, h = 0;
  std::vector<float> v;
  float at(int x, int y) const { return v[static_cast<std::size_t>(y) * static_cast<std::size_t>(w) + static_cast<std::size_t>(x)]; }
};

// Mean 0, deviation 1: lamp and automatic exposure drop out. False: nothing but noise in it.
bool normalise(Grid& g) {
  double sum = 0, squares = 0;
  for (float x : g.v) {
    sum += x;
    squares += static_cast<double>(x) * x;
  }
  const double n = static_cast<double>(g.v.size()), mean = sum / n, deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
  if (deviation < 2) return false;
  for (float& x : g.v) x = static_cast<float>((x - mean) / deviation);
  return true;
}

Grid halve(const Grid& g) {
  Grid out{g.w / 2, g.h / 2, {}};
  out.v.reserve(static_cast<std::size_t>(out.w) * static_cast<std::size_t>(out.h));
  for (int y = 0; y < out.h; ++y)
    for (int x = 0; x < out.w; ++x)
      out.v.push_back((g.at(2 * x, 2 * y) + g.at(2 * x + 1, 2 * y) + g.at(2 * x, 2 * y + 1) + g.at(2 * x + 1, 2 * y + 1)) / 4);
  return out;
}

float between(const Grid& g, double x, double y) {
  const int ix = static_cast<int>(x), iy = static_cast<int>(y);
  const float fx = static_cast<float>(x - ix), fy = static_cast<float>(y - iy);
  const float top = g.at(ix, iy) + fx * (g.at(ix + 1, iy) - g.at(ix, iy));
  const float low = g.at(ix, iy + 1) + fx * (g.at(ix + 1, iy + 1) - g.at(ix, iy + 1));
  return top + fy * (low - top);
}

// One level: refines (dx, dy), in its cells. Returns the correlation of the parts that overlap.
double refine(const Grid& a, const Grid& b, double& dx, double& dy) {
  double correlation = 0;
  for (int round = 0; round < 6; ++round) {
    double xx = 0, xy = 0, yy = 0, xt = 0, yt = 0, ab = 0, aa = 0, bb = 0, sa = 0, sb = 0, n = 0;
    for (int y = 1; y + 1 < a.h; ++y) {
      const double v = y + dy;
      if (v < 0 || v >= b.h - 1) continue;
      for (int x = 1; x + 1 < a.w; ++x) {
        const double u = x + dx;
        if (u < 0 || u >= b.w - 1) continue;
        const double gx = (a.at(x + 1, y) - a.at(x - 1, y)) / 2, gy = (a.at(x, y + 1) - a.at(x, y - 1)) / 2;
        const double p = a.at(x, y), q = between(b, u, v), t = q - p;
        xx += gx * gx; xy += gx * gy; yy += gy * gy;
        xt += gx * t; yt += gy * t;
        ab += p * q; aa += p * p; bb += q * q; sa += p; sb += q; n += 1;
      }
    }
    const double va = aa - sa * sa / n, vb = bb - sb * sb / n;
    correlation = n > 16 && va > 0 && vb > 0 ? (ab - sa * sb / n) / std::sqrt(va * vb) : 0;
    const double det = xx * yy - xy * xy;
    if (det < 1e-6 * (xx + yy) * (xx + yy) || n < 16) return correlation;
    const double sx = -(yy * xt - xy * yt) / det, sy = -(xx * yt - xy * xt) / det;
    dx = std::clamp(dx + sx, -a.w / 3.0, a.w / 3.0);
    dy = std::clamp(dy + sy, -a.h / 3.0, a.h / 3.0);
    if (std::hypot(sx, sy) < 0.01) break;
  }
  return correlation;
}

}  // namespace

Motion motion_between(const Cells& earlier, const Cells& later) {
  Motion m;
  if (earlier.columns != later.columns || earlier.rows != later.rows || earlier.edge_px != later.edge_px || later.size() == 0) return m;
  Grid a{earlier.columns, earlier.rows, earlier.luma}, b{later.columns, later.rows, later.luma};
  if (!normalise(a) || !normalise(b)) return m;
  m.comparable = true;
  std::vector<std::pair<Grid, Grid>> levels;
  levels.emplace_back(std::move(a), std::move(b));
  while (levels.size() < 4 && std::min(levels.back().first.w, levels.back().first.h) >= 16)
    levels.emplace_back(halve(levels.back().first), halve(levels.back().second));
  // The finest level only where it is small: its half is exact enough for a speed.
  const std::size_t finest = levels.size() > 2 ? 1 : 0;
  double dx = 0, dy = 0, correlation = -1;
  // The smallest shift that explains the change: first from the finest level alone, then from ever coarser ones.
  for (auto start = finest; start < levels.size() && correlation < 0.9; ++start) {
    double x = 0, y = 0, c = 0;
    for (auto i = start + 1; i-- > finest;) {
      c = refine(levels[i].first, levels[i].second, x, y);
      if (i > finest) x *= 2, y *= 2;
    }
    if (c > correlation) correlation = c, dx = x, dy = y;
  }
  const double cell = later.edge_px * (finest ? 2.0 : 1.0);
  m.dx_px = dx * cell;
  m.dy_px = dy * cell;
  m.found = correlation > 0.6;
  return m;
}

}  // namespace caukham::analysis::picture
