// Where work begins: find a patient, add one, or examine now and name later; and where an examination without a name
// gets one. Fills the middle while no examination is open, and while one is being named. [window thread]
#pragma once
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

class StartPage : public wxPanel {
 public:
  // `changed`: naming has begun or ended, and the middle may have to show something else.
  StartPage(wxWindow* parent, station::Desk& desk, std::function<void()> changed);
  void show(const station::Snapshot& snapshot);
  void show_form(bool form);
  void focus_search();
  // From here on whoever is chosen becomes the patient of this exam, and no exam is opened.
  void name_exam(const std::string& exam);
  void stop_naming();
  bool naming() const { return !naming_.empty(); }
  void go_back();  // one step: from the form to the search, from naming to where it began

 private:
  void build_search();
  void build_form();
  void fill_results(const station::Snapshot& snapshot);
  void show_last(const station::Snapshot& snapshot);
  void set_purpose();
  void choose(const std::string& patient, const std::string& reason);
  void name_changed();
  void save();

  station::Desk& desk_;
  wxPanel* search_page_ = nullptr;
  wxScrolledWindow* form_page_ = nullptr;
  wxScrolledWindow* results_ = nullptr;
  wxTextCtrl *search_ = nullptr, *reason_ = nullptr;
  wxTextCtrl *name_ = nullptr, *birth_ = nullptr, *cccd_ = nullptr, *bhyt_ = nullptr, *phone_ = nullptr,
             *form_reason_ = nullptr;
  Button *female_ = nullptr, *male_ = nullptr;
  Words *title_ = nullptr, *form_title_ = nullptr, *reason_title_ = nullptr, *last_ = nullptr, *problem_ = nullptr;
  Button *now_ = nullptr, *stop_ = nullptr, *save_ = nullptr, *last_who_ = nullptr;
  wxPanel* last_card_ = nullptr;
  std::function<void()> changed_;
  std::string sex_, key_, naming_, last_exam_;
  station::PatientCard waiting_;     // saved, not yet answered with an id
  std::uint64_t waiting_since_ = 0;  // snapshot version
};

}  // namespace caukham::ui
