// The drawn controls: large, flat, the same on every desktop, reachable by keyboard and named for screen
// readers.
#pragma once
#include "ui/style.hpp"

namespace caukham::ui {

enum class ButtonStyle : std::uint8_t { normal, primary, danger, quiet, practice };

// A button of at least 44 px. Enter presses it; Space too, unless an examination is open (there Space takes a
// picture).
class Button : public wxWindow {
 public:
  Button(wxWindow* parent, const wxString& label, std::function<void()> act,
         ButtonStyle style = ButtonStyle::normal, Icon icon = Icon::none, const wxString& key = {});
  void set_label(const wxString& label);
  void set_key(const wxString& key);
  void set_style(ButtonStyle style);
  void set_on(bool on);  // held down, e.g. freeze
  void set_left_aligned() { left_ = true; }
  void set_note(const wxString& note);  // a second, smaller line
  void set_icon(Icon icon) {
    icon_ = icon;
    Refresh();
  }
  const wxString& label() const { return label_; }
  void press() {
    if (IsEnabled()) act_();
  }
  bool AcceptsFocus() const override { return IsEnabled(); }
  bool Enable(bool enable = true) override;

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  void paint(wxPaintEvent&);
  void describe();
  wxString label_, key_, note_;
  std::function<void()> act_;
  ButtonStyle style_;
  Icon icon_;
  bool hover_ = false, down_ = false, on_ = false, left_ = false;
};

// Words that break into lines at the width they are given.
class Words : public wxWindow {
 public:
  Words(wxWindow* parent, const wxString& text, int size = 15, Weight weight = Weight::normal,
        const wxColour& colour = {}, int width = 0, int lines = 0);
  void set_text(const wxString& text);
  void set_colour(const wxColour& colour);
  const wxString& text() const { return text_; }
  bool AcceptsFocus() const override { return false; }

 protected:
  wxSize DoGetBestClientSize() const override;

 private:
  void paint(wxPaintEvent&);
  wxString text_;
  int size_, width_, lines_;
  Weight weight_;
  wxColour colour_;
};

// A text field of 44 px with a hint; Enter calls `enter`.
wxTextCtrl* make_field(wxWindow* parent, const wxString& name, const wxString& hint,
                       std::function<void()> enter = {});

}  // namespace caukham::ui
