// What keeps Caukham from starting, in a window: whoever clicked an icon sees no other output. [the thread that becomes the
// window's]
#pragma once
#include <string>

namespace caukham::ui {

struct Trouble {
  std::string title;    // "Caukham could not start"
  std::string words;    // what happened and what to do, for the nurse
  std::string details;  // for the technician; can be copied
};

// Shows it until it is closed. Not beside run_window: the process has one or the other. False: there is no screen.
bool show_trouble(const Trouble& trouble);

}  // namespace caukham::ui
