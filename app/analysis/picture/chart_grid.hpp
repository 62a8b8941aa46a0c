// Inside this folder: even-coloured patches that lie in a grid.
#pragma once
#include <array>
#include <vector>

#include "analysis/picture/view.hpp"

namespace caukham::analysis::picture {

struct Patch {
  double x = 0, y = 0;    // centre
  double size = 0;        // square root of the area, pixels
  int column = 0, row = 0;  // in its grid
};

// Planar grid → picture, up to perspective: (column, row) → pixels.
struct Homography {
  std::array<double, 9> h{};
  std::array<double, 2> at(double column, double row) const;
};
// At least 4 patches not on a line; false when they do not tell.
bool fit(const std::vector<Patch>& patches, Homography& out);

// A picture made ready for the search, once: means over pixels, at most 1280 wide or high.
struct Even {
  int width = 0, height = 0, factor = 1;  // a pixel here is factor x factor of the picture's
  std::vector<std::uint8_t> rgb;          // three a pixel
  std::vector<std::uint8_t> change;       // a pixel: largest difference of its neighbours, any channel
};
Even prepare(const View& view);

// Groups of at least 10 patches in a grid, columns to the right of rows downwards (never mirrored), the largest first;
// in the picture's pixels. `tolerance`: how much an even patch's neighbouring pixels may differ, 0…255.
std::vector<std::vector<Patch>> find_grids(const Even& picture, int tolerance);

}  // namespace caukham::analysis::picture
