// How wide the sharpest edges of a picture are, and how noisy it is. Inside this folder.
//
// Width after Zhuo & Sim, "Defocus map estimation from a single image", Pattern Recognition 44 (2011) 1852–1858: an
// edge blurred once more with a known Gaussian loses slope by a factor that tells its own width, whatever its contrast:
//   R = slope / slope after blur with σ0,  σ = σ0 / √(R² − 1).
// Here σ0 = 1 pixel (binomial 1 4 6 4 1), on slices along rows and columns where the edge stands across the slice.
// A blur with hard borders (a disk, a box) leaves ripples in fine texture that pass for narrower edges: the width is then
// too small: 1.1 for 2.6 px on the rendered skin. Noise adds to both slopes by a known amount, which is taken off. Noise after Immerkær, "Fast noise variance
// estimation", Computer Vision and Image Understanding 64 (1996) 300–302, of the calmest fifth of the blocks.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caukham::analysis::picture {

struct Luma {
  const std::uint8_t* data = nullptr;
  std::size_t stride = 0;
  int width = 0, height = 0;
};

struct Edges {
  std::optional<double> width_px;   // σ of the edges in the sharpest quarter of the blocks; empty: too few edges
  int blocks = 0;                   // blocks that had enough edges
  double noise = 0;                 // σ, in steps of the luma plane
};

inline constexpr double widest_px = 12;  // beyond, R is too near 1 to tell widths apart: the answer stays here

// `field`: one a block of the 10 × 8 grid, 0 leaves it out (surround of a round picture). At least 32 × 32 pixels.
inline constexpr int block_columns = 10, block_rows = 8;
Edges measure_edges(const Luma& luma, std::span<const std::uint8_t> field);

}  // namespace caukham::analysis::picture
