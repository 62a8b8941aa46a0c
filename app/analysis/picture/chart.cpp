#include "analysis/picture/chart.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "analysis/picture/chart_grid.hpp"

namespace caukham::analysis::picture {
namespace {

// A grid of other colours does not become this chart by 12 numbers: right placements leave a mean of 1 … 4 in clean and
// noisy pictures, wrong ones over 10 (measured on the charts of the tests, turned and shifted).
constexpr double most_left = 6.5;
constexpr int least_found = 12;

using Samples = std::array<Rgb, 24>;  // 0…255
using Matrix = std::array<double, 12>;

Rgb apply(const Matrix& m, Rgb c) {
  return {m[0] * c.r + m[1] * c.g + m[2] * c.b + m[3], m[4] * c.r + m[5] * c.g + m[6] * c.b + m[7],
          m[8] * c.r + m[9] * c.g + m[10] * c.b + m[11]};
}

bool clipped(Rgb c) { return std::max({c.r, c.g, c.b}) >= 253.5 || std::max({c.r, c.g, c.b}) <= 2; }

// Least squares in linear light. An error there is seen the more the darker the patch, as the slope of L* tells
// (CIE 15: L* rises with the cube root of Y, so by Y^-2/3); the squares are weighted with its square.
bool fit_correction(const Samples& measured, std::size_t without, Matrix& out) {
  double a[4][7] = {};
  int used = 0;
  for (std::size_t p = 0; p < 24; ++p) {
    if (p == without || clipped(measured[p])) continue;
    ++used;
    const auto want_xyz = to_xyz(chart_colours()[p].lab);
    const auto want = to_rgb(want_xyz), have = to_linear(measured[p]);
    const double slope = 1 / (std::pow(want_xyz.y, 2.0 / 3) + 0.02), w = slope * slope;
    const double row[7] = {have.r, have.g, have.b, 1, want.r, want.g, want.b};
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 7; ++j) a[i][j] += w * row[i] * row[j];
  }
  if (used < 8) return false;
  for (int i = 0; i < 4; ++i) {
    int best = i;
    for (int k = i + 1; k < 4; ++k)
      if (std::abs(a[k][i]) > std::abs(a[best][i])) best = k;
    if (std::abs(a[best][i]) < 1e-12) return false;
    std::swap(a[i], a[best]);
    for (int k = 0; k < 4; ++k) {
      if (k == i) continue;
      const double part = a[k][i] / a[i][i];
      for (int j = i; j < 7; ++j) a[k][j] -= part * a[i][j];
    }
  }
  for (std::size_t channel = 0; channel < 3; ++channel)
    for (std::size_t i = 0; i < 4; ++i) out[4 * channel + i] = a[i][4 + channel] / a[i][i];
  return true;
}

double difference(const Matrix& m, Rgb coded, std::size_t patch) {
  return delta_e2000(to_lab(apply(m, to_linear(coded))), chart_colours()[patch].lab);
}

// Median of the middle half of each patch. False: a patch lies outside the picture.
bool sample(const View& view, const Homography& place, Samples& out) {
  std::array<std::vector<int>, 3> v;
  for (int p = 0; p < 24; ++p) {
    for (auto& c : v) c.clear();
    for (int j = -4; j <= 4; ++j)
      for (int i = -4; i <= 4; ++i) {
        const auto at = place.at(p % chart_columns + i / 18.0, p / chart_columns + j / 18.0);
        if (!(at[0] >= 0 && at[1] >= 0 && at[0] <= view.width - 1 && at[1] <= view.height - 1)) return false;
        const auto c = pixel(view, static_cast<int>(at[0] + 0.5), static_cast<int>(at[1] + 0.5));
        v[0].push_back(c.r), v[1].push_back(c.g), v[2].push_back(c.b);
      }
    const auto middle = [](std::vector<int>& all) {
      std::sort(all.begin(), all.end());  // the mean of the middle third: the median without its steps
      const auto a = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 3), b = all.end() - static_cast<std::ptrdiff_t>(all.size() / 3);
      return static_cast<double>(std::accumulate(a, b, 0)) / static_cast<double>(b - a);
    };
    out[static_cast<std::size_t>(p)] = {middle(v[0]), middle(v[1]), middle(v[2])};
  }
  return true;
}

struct Placed {
  double left = 1e9;  // mean ΔE after the fit
  Homography place;
  Samples samples{};
};

// The chart lies somewhere on the grid, turned by quarters; found patches may be missing, and others beside it.
void place(const View& view, const std::vector<Patch>& grid, Placed& best) {
  for (int turn = 0; turn < 4; ++turn) {
    std::vector<Patch> turned = grid;
    for (auto& p : turned)
      for (int k = 0; k < turn; ++k) p.column = std::exchange(p.row, -p.column);
    const auto [left, right] = std::minmax_element(turned.begin(), turned.end(), [](auto& a, auto& b) { return a.column < b.column; });
    const auto [top, bottom] = std::minmax_element(turned.begin(), turned.end(), [](auto& a, auto& b) { return a.row < b.row; });
    const int c0 = left->column, c1 = right->column, r0 = top->row, r1 = bottom->row;
    for (int column = c0 - 3; column + chart_columns <= c1 + 4; ++column)
      for (int row = r0 - 2; row + chart_rows <= r1 + 3; ++row) {
        std::vector<Patch> inside;
        for (auto p : turned) {
          p.column -= column, p.row -= row;
          if (p.column >= 0 && p.column < chart_columns && p.row >= 0 && p.row < chart_rows) inside.push_back(p);
        }
        Placed now;
        if (inside.size() < static_cast<std::size_t>(least_found) || !fit(inside, now.place) || !sample(view, now.place, now.samples)) continue;
        Matrix m;
        if (!fit_correction(now.samples, 24, m)) continue;
        now.left = 0;
        int used = 0;
        for (std::size_t p = 0; p < 24; ++p)
          if (!clipped(now.samples[p])) now.left += difference(m, now.samples[p], p), ++used;
        now.left /= used;
        if (now.left < best.left) best = now;
      }
  }
}

}  // namespace

// X-Rite's L*a*b* under D50 for charts made before November 2014, as printed with the chart. All 24 were compared with public
// tables, OpenCV's ColorChecker2005_LAB_D50_2 (from Imatest's file) among them, and agree to the last digit; the tests hold
// them against BabelColor's published sRGB values too (within ΔE2000 3.1, blue 4.2).
const std::array<ChartColour, 24>& chart_colours() {
  static constexpr std::array<ChartColour, 24> colours = {{
      {"dark skin", {37.986, 13.555, 14.059}},   {"light skin", {65.711, 18.130, 17.810}},
      {"blue sky", {49.927, -4.880, -21.925}},   {"foliage", {43.139, -13.095, 21.905}},
      {"blue flower", {55.112, 8.844, -25.399}}, {"bluish green", {70.719, -33.397, -0.199}},
      {"orange", {62.661, 36.067, 57.096}},      {"purplish blue", {40.020, 10.410, -45.964}},
      {"moderate red", {51.124, 48.239, 16.248}}, {"purple", {30.325, 22.976, -21.587}},
      {"yellow green", {72.532, -23.709, 57.255}}, {"orange yellow", {71.941, 19.363, 67.857}},
      {"blue", {28.778, 14.179, -50.297}},       {"green", {55.261, -38.342, 31.370}},
      {"red", {42.101, 53.378, 28.190}},         {"yellow", {81.733, 4.039, 79.819}},
      {"magenta", {51.935, 49.986, -14.574}},    {"cyan", {51.038, -28.631, -28.638}},
      {"white", {96.539, -0.425, 1.186}},        {"neutral 8", {81.257, -0.638, -0.335}},
      {"neutral 6.5", {66.766, -0.734, -0.504}}, {"neutral 5", {50.867, -0.153, -0.270}},
      {"neutral 3.5", {35.656, -0.421, -1.231}}, {"black", {20.461, -0.079, -0.973}},
  }};
  return colours;
}

Chart find_chart(const View& view) {
  Chart out;
  if (!problem_of(view).empty()) {
    out.sentence = "The picture cannot be looked at.";
    return out;
  }
  Placed best;
  bool grid_seen = false;
  const auto even = prepare(view);
  for (int tolerance : {6, 10, 16, 26}) {
    for (const auto& grid : find_grids(even, tolerance)) grid_seen = true, place(view, grid, best);
    if (best.left <= most_left / 2) break;  // good enough not to look on
  }
  if (best.left > most_left) {
    out.sentence = grid_seen ? "There is a grid of patches, but its colours are not those of the 24-patch chart."
                             : "No colour chart was found. Lay the 24-patch chart flat beside the skin, whole and without glare.";
    return out;
  }
  out.found = true;
  out.sentence = "The colour chart was found.";
  fit_correction(best.samples, 24, out.correction);
  int corner = 0;
  for (const auto& at : {std::pair{-0.5, -0.5}, {5.5, -0.5}, {5.5, 3.5}, {-0.5, 3.5}}) {
    const auto px = best.place.at(at.first, at.second);
    out.corners_px[static_cast<std::size_t>(corner++)] = px[0], out.corners_px[static_cast<std::size_t>(corner++)] = px[1];
  }
  int unseen = 0;
  for (std::size_t p = 0; p < 24; ++p) {
    ChartPatch patch{chart_colours()[p].name, chart_colours()[p].lab, best.samples[p], clipped(best.samples[p]), 0, 0};
    patch.delta_e_before = delta_e2000(to_lab(to_linear(patch.measured)), patch.reference);
    patch.delta_e_after = difference(out.correction, patch.measured, p);
    out.patches.push_back(patch);
    if (patch.clipped) continue;
    ++out.patches_used;
    out.mean_before += patch.delta_e_before, out.mean_after += patch.delta_e_after;
    out.worst_before = std::max(out.worst_before, patch.delta_e_before), out.worst_after = std::max(out.worst_after, patch.delta_e_after);
    Matrix others;
    if (fit_correction(best.samples, p, others)) out.mean_unseen += difference(others, patch.measured, p), ++unseen;
  }
  out.mean_before /= out.patches_used, out.mean_after /= out.patches_used, out.mean_unseen /= std::max(1, unseen);
  return out;
}

Rgb corrected(const Chart& chart, Rgb coded) {
  const auto c = to_coded(apply(chart.correction, to_linear(coded)));
  return {std::min(c.r, 255.0), std::min(c.g, 255.0), std::min(c.b, 255.0)};
}

}  // namespace caukham::analysis::picture
