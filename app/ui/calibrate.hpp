// A ruler for the screen: a bank or identity card held against it tells how large a millimetre is. [window
// thread]
#pragma once
#include <functional>

#include "ui/settings.hpp"

class wxWindow;

namespace caukham::ui {

// Opens a small window of its own (not modal) and writes settings.px_per_mm as the nurse moves the edge.
// `settings` must outlive `parent`'s windows.
void open_card_ruler(wxWindow* parent, Settings& settings, std::function<void()> changed);

}  // namespace caukham::ui
