// The left column: what there is to examine, what stands ready, and earlier examinations. [window thread]
#pragma once
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

struct StepActs {
  std::function<void(const std::string& device_kind)> bring;  // to the front, and hold it there
  std::function<void()> patient, finish;
};

class StepsPanel : public wxPanel {
 public:
  StepsPanel(wxWindow* parent, StepActs acts);
  void show(const station::Snapshot& snapshot, const std::string& front_kind);
  void start_finish();  // Finish, or F9: the first press asks, the second within five seconds finishes

 private:
  struct Step {
    std::string kind;
    Button* button;
  };
  void show_history(const station::Snapshot& snapshot);

  StepActs acts_;
  Button* patient_ = nullptr;
  Button* finish_ = nullptr;
  Words* title_ = nullptr;
  Words* history_title_ = nullptr;
  std::vector<Step> steps_;
  std::vector<Words*> history_;
  wxTimer finish_timer_;
  bool asked_ = false;
};

}  // namespace caukham::ui
