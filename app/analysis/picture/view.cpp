#include "analysis/picture/view.hpp"

#include <algorithm>

namespace caukham::analysis::picture {
namespace {

bool holds(std::span<const std::uint8_t> plane, std::size_t stride, std::size_t row, std::size_t rows) {
  // In this order nothing overflows: a stride no plane of this size can have is out before it is multiplied.
  if (stride < row || plane.data() == nullptr || plane.size() < row) return false;
  return rows < 2 || stride <= (plane.size() - row) / (rows - 1);
}

int clip(double v) { return std::clamp(static_cast<int>(v + 0.5), 0, 255); }

}  // namespace

std::string problem_of(const View& v) {
  if (v.width <= 0 || v.height <= 0) return "The picture is empty.";
  if (v.width > largest_edge_px || v.height > largest_edge_px) return "The picture is too large to be judged.";
  const auto w = static_cast<std::size_t>(v.width), h = static_cast<std::size_t>(v.height);
  const bool whole = v.layout == Layout::rgb24
                         ? holds(v.plane[0], v.stride[0], 3 * w, h)
                         : holds(v.plane[0], v.stride[0], w, h) &&
                               holds(v.plane[1], v.stride[1], (w + 1) / 2, (h + 1) / 2) &&
                               holds(v.plane[2], v.stride[2], (w + 1) / 2, (h + 1) / 2);
  if (!whole) return "The picture is damaged: its rows do not fit into its bytes.";
  if (v.width < smallest_edge_px || v.height < smallest_edge_px) return "The picture is too small to be judged.";
  return {};
}

Rgb8 rgb_of(Layout layout, int y, int u, int v) {
  // ITU-R BT.601-7: 1.402 = 2(1−Kr), 1.772 = 2(1−Kb), with Kr 0.299 and Kb 0.114.
  const bool limited = layout == Layout::i420_limited;
  const double l = limited ? (y - 16) * 255.0 / 219.0 : y;
  const double cb = (u - 128) * (limited ? 255.0 / 224.0 : 1.0), cr = (v - 128) * (limited ? 255.0 / 224.0 : 1.0);
  return {clip(std::max(0.0, l + 1.402 * cr)), clip(std::max(0.0, l - 0.344136 * cb - 0.714136 * cr)),
          clip(std::max(0.0, l + 1.772 * cb))};
}

Rgb8 pixel(const View& view, int x, int y) {
  const auto column = static_cast<std::size_t>(x), row = static_cast<std::size_t>(y);
  if (view.layout == Layout::rgb24) {
    const auto* p = view.plane[0].data() + row * view.stride[0] + 3 * column;
    return {p[0], p[1], p[2]};
  }
  const auto luma = view.plane[0][row * view.stride[0] + column];
  return rgb_of(view.layout, luma, view.plane[1][row / 2 * view.stride[1] + column / 2],
                view.plane[2][row / 2 * view.stride[2] + column / 2]);
}

}  // namespace caukham::analysis::picture
