// The seam between a desk and its window. Needs no wx to include.
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "station/desk.hpp"

namespace caukham::ui {

struct WindowOptions {
  std::string language;                  // "vi", "en"; empty: what was used last
  std::filesystem::path settings_file;   // empty: the user's own
  std::filesystem::path screenshot_dir;  // not empty: F12 and the script put pictures of the window there
  int width = 0, height = 0;             // 0: as it was last
  double text_scale = 0;                 // 0: the desktop's
  std::function<bool()> asked_to_show;   // looked at three times a second: whether somebody wants the window in front
  std::function<void()> opened;          // called once on the window's thread when it can be seen
};

// Opens the window and returns when the nurse closes it: the process's exit code. The desk must outlive the
// call. Once per process; the calling thread becomes the window's thread.
int run_window(station::Desk& desk, const WindowOptions& options);

// What a script may do with the open window, from any thread.
// Writes a PNG of the window's own content, covered or not, and waits at most ten seconds for it. False:
// there is no window (yet), or the file cannot be written.
bool save_screenshot(const std::filesystem::path& file);
// Asks the window to close; run_window then returns. False: there is no window (yet).
bool close_window();

}  // namespace caukham::ui
