// The little that wx does not do the same way everywhere; one back end a platform (gtk/, later msw/).
#pragma once
#include <string>

class wxWindow;

namespace caukham::ui::native {

// Name, and that it is a button, for screen readers: drawn controls have no text of their own to read.
void describe(wxWindow* control, const std::string& name_utf8, bool button);

// Width in px and in mm of the monitor the window stands on; mm is 0 when the monitor does not say.
struct Monitor {
  int width_px = 0, width_mm = 0;
};
Monitor monitor_of(const wxWindow* window);

// The desktop's size of letters; 1.0 is 96 dpi.
double desktop_text_scale();

// Whether windows can be shown at all.
bool has_screen();

// Another program of this user's, which is about to bring its window forward, may do so.
void let_to_front(int pid);

// Paints the window with all it holds into a PNG, whether it is covered by others or not. False: cannot
// write.
bool render_png(wxWindow* window, const std::string& path);

}  // namespace caukham::ui::native
