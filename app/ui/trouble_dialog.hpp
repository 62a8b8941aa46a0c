// The window that show_trouble() opens. [window thread]
#pragma once
#include "ui/controls.hpp"
#include "ui/trouble_window.hpp"

namespace caukham::ui {

class TroubleDialog : public wxDialog {
 public:
  explicit TroubleDialog(const Trouble& trouble);

 private:
  void copy();
  std::string all_;
  Button* copy_ = nullptr;
};

}  // namespace caukham::ui
