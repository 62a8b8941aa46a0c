// The picture as some ten thousand small squares: what exposure, glare, colour, motion and "is anything there" are
// judged on. Inside this folder.
#pragma once
#include <vector>

#include "analysis/picture/view.hpp"

namespace caukham::analysis::picture {

struct Cells {
  int columns = 0, rows = 0;
  int edge_px = 0;                         // pixels a cell is wide and high
  std::vector<float> luma;                 // mean, 0…255 full range
  std::vector<float> white;                // part of the samples that are saturated, 0…1
  std::vector<std::uint8_t> field;         // 1: inside the scope's picture, 0: the black surround of a round one
  std::vector<float> red, green, blue;     // means, 0…255, sRGB-coded
  std::size_t field_cells = 0;
  std::size_t size() const { return luma.size(); }
};

inline constexpr float saturated_luma = 250;  // of 255: a white that holds no more detail, with room for JPEG's ringing
inline constexpr float surround_luma = 18;    // of 255: below is the black around a round picture, when it touches the rim

// The view must have no problem. Takes every fourth to eighth pixel.
Cells cells_of(const View& view);

// Saturated squares that touch each other, in cells, largest first; only inside the field.
std::vector<std::size_t> white_blobs(const Cells& cells);

}  // namespace caukham::analysis::picture
