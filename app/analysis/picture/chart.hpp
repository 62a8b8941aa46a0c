// The 24-patch colour chart (ColorChecker Classic, made before November 2014) in a picture: where it lies, what the camera
// made of its colours, and what turns them back. A correction belongs to the light and the camera it was found with; what
// it is worth stands beside it as the difference to the chart's colours before and after (CIE ΔE2000).
//
// Pure; any thread; some 0.2 s for 1280 × 960: for stills, not for live frames.
#pragma once
#include <array>
#include <vector>

#include "analysis/picture/colour.hpp"
#include "analysis/picture/view.hpp"

namespace caukham::analysis::picture {

inline constexpr int chart_columns = 6, chart_rows = 4;

struct ChartPatch {
  const char* name = "";      // "dark skin" … "black"
  Lab reference;              // D50
  Rgb measured;               // 0…255 sRGB as the picture has it: median of the patch's middle
  bool clipped = false;       // a channel at its end: not used for the fit
  double delta_e_before = 0, delta_e_after = 0;
};

struct Chart {
  bool found = false;
  const char* sentence = "";              // English key: what was found, or why there is no correction
  std::array<double, 8> corners_px{};     // x, y of the chart's corners: dark skin's, bluish green's, black's, white's
  std::vector<ChartPatch> patches;        // 24 in the chart's order, row by row; empty when not found
  int patches_used = 0;                   // not clipped
  // Corrected linear RGB = matrix (3 rows of R, G, B, 1) · picture's linear RGB, 0…1, sRGB primaries.
  std::array<double, 12> correction{};
  double mean_before = 0, worst_before = 0, mean_after = 0, worst_after = 0;  // ΔE2000 over the patches used
  double mean_unseen = 0;                 // ΔE2000 of each patch under the fit of the others: what a new colour may expect
};

Chart find_chart(const View& view);

Rgb corrected(const Chart& chart, Rgb coded);  // 0…255 in and out; only for a chart that was found

// The reference, in the chart's order.
struct ChartColour {
  const char* name;
  Lab lab;
};
const std::array<ChartColour, 24>& chart_colours();

}  // namespace caukham::analysis::picture
