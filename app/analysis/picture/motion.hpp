// How far the picture moved between two looks at it. Inside this folder.
#pragma once
#include <optional>

#include "analysis/picture/cells.hpp"

namespace caukham::analysis::picture {

struct Motion {
  bool comparable = false;             // the same size and enough structure in both
  bool found = false;                  // a shift explains the change; else the picture is another one, or moved too far
  double dx_px = 0, dy_px = 0;         // of the later against the earlier
};

// Lucas & Kanade (1981), translation only, from coarse to fine on the cells' luma; a change of exposure (gain, offset)
// is taken out first. Finds shifts up to about an eighth of the picture's height.
Motion motion_between(const Cells& earlier, const Cells& later);

}  // namespace caukham::analysis::picture
