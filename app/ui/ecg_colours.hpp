// Paper and ink of the ECG. They keep their colours in dark mode: doctors read contrast and grid by habit.
#pragma once
#include "ui/style.hpp"

namespace caukham::ui {

inline const wxColour sheet_colour(255, 250, 247), small_line(250, 222, 214), big_line(238, 176, 162),
    ink_colour(20, 24, 60), hole_colour(176, 0, 32), off_colour(110, 110, 120), name_colour(0, 92, 150);

}  // namespace caukham::ui
