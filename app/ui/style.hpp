// How everything on the nurse's screen looks: colours, letters, lengths, and the few drawn parts. [window
// thread]
#pragma once
#include "ui/pch/wx_pch.hpp"

namespace caukham::ui {

struct Palette {
  wxColour ground, card, line, text, muted, accent, on_accent, accent_soft, danger, danger_soft, good,
      good_soft, warning, warning_soft, practice, practice_soft, focus;
};
const Palette& palette();  // light or dark, as the desktop says
void choose_palette(bool dark);

// Lengths grow with the letters, so that 150 % text gives 150 % targets. 1.0 … 2.0.
void set_text_scale(double scale);
double text_scale();
int px(int at_100_percent);

enum class Weight : std::uint8_t { normal, bold };
const wxFont& font(int px_at_100_percent, Weight weight = Weight::normal);  // never below 14

wxString to_wx(const std::string& utf8);  // bytes that are no UTF-8 become "?" instead of an empty text
std::string to_utf8(const wxString& text);
wxString words(const char* english);  // tr()

void fill_rounded(wxDC& dc, const wxRect& where, int radius, const wxColour& fill, const wxColour& border);
// Text that fits: cut with "…" at `width`.
void draw_text(wxDC& dc, const wxString& text, const wxRect& where,
               int alignment = wxALIGN_LEFT | wxALIGN_CENTER_VERTICAL);
// Breaks at spaces into lines no wider than `width`, at most `lines` (0: as many as it takes), the last one
// with "…".
wxArrayString wrap(wxDC& dc, const wxString& text, int width, int lines = 0);

enum class Icon : std::uint8_t {
  none,
  camera,
  clip,
  freeze,
  call,
  back,
  plus,
  search,
  check,
  cross,
  menu,
  undo,
  mic,
  mic_off
};
void draw_icon(wxDC& dc, Icon icon, const wxRect& where, const wxColour& colour);

// A panel with a colour and no border; what everything is put on.
wxPanel* make_panel(wxWindow* parent, const wxColour& colour);

}  // namespace caukham::ui
