// Where work begins: find a patient, add one, or examine now and name later. Fills the middle while no
// examination is open. [window thread]
#pragma once
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

class StartPage : public wxPanel {
 public:
  StartPage(wxWindow* parent, station::Desk& desk);
  void show(const station::Snapshot& snapshot);
  void show_form(bool form);
  void focus_search();

 private:
  void build_search();
  void build_form();
  void fill_results(const station::Snapshot& snapshot);
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
  Words* problem_ = nullptr;
  std::string sex_, key_;
  station::PatientCard waiting_;     // saved, not yet answered with an id
  std::uint64_t waiting_since_ = 0;  // snapshot version
};

}  // namespace caukham::ui
