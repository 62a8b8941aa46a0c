// The right column: who is in the examination from far away, what they ask, and what they say. [window
// thread]
#pragma once
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

struct SessionActs {
  std::function<void()> call;
  std::function<void(const station::AskCard&)> take;  // what Space does when this ask stands first
};

class SessionPanel : public wxPanel {
 public:
  SessionPanel(wxWindow* parent, station::Desk& desk, SessionActs acts);
  // `first_ask`: the ask that Space answers, empty when none does.
  void show(const station::Snapshot& snapshot, const std::string& first_ask);
  void focus_chat() { chat_field_->SetFocus(); }

 private:
  void rebuild(const station::Snapshot& snapshot);
  void add_invitation(wxSizer* column, const station::Snapshot& snapshot, bool short_form);
  void add_guests(wxSizer* column, const station::Snapshot& snapshot);
  void add_asks(wxSizer* column, const station::Snapshot& snapshot);
  wxPanel* card(wxSizer* column, const wxColour& colour);
  int inner_width() const;

  station::Desk& desk_;
  SessionActs acts_;
  std::string key_, first_ask_;
  bool invite_again_ = false;
  wxScrolledWindow* list_;
  Words* chat_;
  wxTextCtrl* chat_field_;
  Button* mute_;
  wxSizer* talk_;
};

// The QR code of a text, `module` px a module with the quiet zone of four; not OK when the text is too long.
wxBitmap qr_bitmap(const std::string& text, int most_px);

}  // namespace caukham::ui
