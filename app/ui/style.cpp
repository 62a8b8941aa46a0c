#include "ui/style.hpp"

#include <algorithm>
#include <wx/fontenum.h>

#include "core/i18n.hpp"
#include "ui/native.hpp"

namespace caukham::ui {
namespace {
double scale_now = 1.0;
bool dark_now = false;
std::map<std::pair<int, bool>, wxFont> fonts;

wxColour rgb(unsigned long value) {
  return wxColour(static_cast<unsigned char>(value >> 16), static_cast<unsigned char>(value >> 8),
                  static_cast<unsigned char>(value));
}

// Contrast of text on its ground is 4.5 or better everywhere (WCAG 2.1 AA), 7 for the main text.
const Palette& light() {
  static const Palette p = {rgb(0xEEF2F5), rgb(0xFFFFFF), rgb(0xD3DBE1), rgb(0x14212B), rgb(0x4E5D68),
                            rgb(0x0B5C78), rgb(0xFFFFFF), rgb(0xDDEEF4), rgb(0xB3261E), rgb(0xFBE4E2),
                            rgb(0x1B6B3A), rgb(0xDDF1E4), rgb(0x7A4A00), rgb(0xFFF0CF), rgb(0x6A1B9A),
                            rgb(0xF1E3F7), rgb(0x0A84C6)};
  return p;
}
const Palette& dark() {
  static const Palette p = {rgb(0x12181D), rgb(0x1D262D), rgb(0x3A4751), rgb(0xEEF3F6), rgb(0xAAB8C2),
                            rgb(0x4FB3D4), rgb(0x06202B), rgb(0x173743), rgb(0xF28B82), rgb(0x47211F),
                            rgb(0x7FD19C), rgb(0x1B3A28), rgb(0xF4C66A), rgb(0x43351A), rgb(0xD09BEA),
                            rgb(0x351F41), rgb(0x6CC5F2)};
  return p;
}

const wxString& face() {
  static const wxString chosen = [] {
    for (const char* name :
         {"Segoe UI", "Noto Sans", "DejaVu Sans Condensed"})  // all have every Vietnamese letter
      if (wxFontEnumerator::IsValidFacename(name)) return wxString(name);
    return wxString();
  }();
  return chosen;
}
}  // namespace

const Palette& palette() { return dark_now ? dark() : light(); }
void choose_palette(bool dark_mode) { dark_now = dark_mode; }

void set_text_scale(double scale) {
  scale_now = std::clamp(scale, 1.0, 2.0);
  fonts.clear();
}
double text_scale() { return scale_now; }
int px(int at_100_percent) { return static_cast<int>(at_100_percent * scale_now + 0.5); }

const wxFont& font(int size, Weight weight) {
  size = std::max(size, 14);
  auto& f = fonts[{size, weight == Weight::bold}];
  if (!f.IsOk()) {
    // In points, because wx's pixel size is the height of a line with its leading, a sixth more than the
    // letters'. GTK multiplies points by the desktop's own scale, which is in px() already.
    wxFontInfo info(px(size) * 72.0 / 96.0 / native::desktop_text_scale());
    info.Family(wxFONTFAMILY_SWISS).Bold(weight == Weight::bold);
    if (!face().empty()) info.FaceName(face());
    f = wxFont(info);
  }
  return f;
}

wxString to_wx(const std::string& utf8) {
  wxString text = wxString::FromUTF8(utf8.data(), utf8.size());
  if (!text.empty() || utf8.empty()) return text;
  std::string safe = utf8;
  for (char& c : safe)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return wxString::FromUTF8(safe.data(), safe.size());
}
std::string to_utf8(const wxString& text) { return text.utf8_string(); }
wxString words(const char* english) { return to_wx(core::tr(english)); }

void fill_rounded(wxDC& dc, const wxRect& where, int radius, const wxColour& fill, const wxColour& border) {
  dc.SetBrush(wxBrush(fill));
  dc.SetPen(border.IsOk() ? wxPen(border) : *wxTRANSPARENT_PEN);
  dc.DrawRoundedRectangle(where, radius);
}

void draw_text(wxDC& dc, const wxString& text, const wxRect& where, int alignment) {
  const wxString fitting =
      wxControl::Ellipsize(text, dc, wxELLIPSIZE_END, where.width, wxELLIPSIZE_FLAGS_NONE);
  dc.DrawLabel(fitting, where, alignment);
}

wxArrayString wrap(wxDC& dc, const wxString& text, int width, int lines) {
  wxArrayString out;
  for (const wxString& paragraph : wxSplit(text, '\n', '\0')) {
    wxString line;
    for (const wxString& word : wxSplit(paragraph, ' ', '\0')) {
      const wxString longer = line.empty() ? word : line + " " + word;
      if (!line.empty() && dc.GetTextExtent(longer).x > width) {
        out.push_back(line);
        line = word;
      } else {
        line = longer;
      }
      while (dc.GetTextExtent(line).x > width && line.length() > 1) {  // one long word, for example a link
        wxArrayInt widths;
        dc.GetPartialTextExtents(line, widths);
        std::size_t fit = 1;
        while (fit < widths.size() && widths[fit] <= width) ++fit;
        out.push_back(line.Left(fit));
        line = line.Mid(fit);
      }
    }
    out.push_back(line);
  }
  const auto most = static_cast<std::size_t>(lines);
  if (lines > 0 && out.size() > most) {
    wxString rest = out[most - 1] + " " + out[most];
    out.RemoveAt(most, out.size() - most);
    out[most - 1] = wxControl::Ellipsize(rest, dc, wxELLIPSIZE_END, width, wxELLIPSIZE_FLAGS_NONE);
  }
  return out;
}

void draw_icon(wxDC& dc, Icon icon, const wxRect& r, const wxColour& colour) {
  if (icon == Icon::none) return;
  const std::unique_ptr<wxGraphicsContext> gc(wxGraphicsContext::CreateFromUnknownDC(dc));
  if (!gc) return;
  const double s = std::min(r.width, r.height) / 24.0;
  gc->Translate(r.x + (r.width - 24 * s) / 2, r.y + (r.height - 24 * s) / 2);
  gc->Scale(s, s);
  const wxGraphicsPen pen = gc->CreatePen(wxGraphicsPenInfo(colour, 2.2).Cap(wxCAP_ROUND).Join(wxJOIN_ROUND));
  const auto stroke = [&](std::initializer_list<wxPoint2DDouble> points) {
    gc->SetPen(pen);
    auto path = gc->CreatePath();
    bool first = true;
    for (const auto& p : points) {
      if (first)
        path.MoveToPoint(p);
      else
        path.AddLineToPoint(p);
      first = false;
    }
    gc->StrokePath(path);
  };
  gc->SetBrush(*wxTRANSPARENT_BRUSH);
  gc->SetPen(pen);
  switch (icon) {
    case Icon::camera:
      gc->DrawRoundedRectangle(2, 6, 20, 14, 3);
      gc->DrawEllipse(8, 9, 8, 8);
      stroke({{8, 6}, {9.5, 3.5}, {14.5, 3.5}, {16, 6}});
      break;
    case Icon::clip:
      gc->DrawEllipse(2.5, 2.5, 19, 19);
      gc->SetBrush(wxBrush(colour));
      gc->DrawEllipse(7.5, 7.5, 9, 9);
      break;
    case Icon::freeze:
      gc->SetBrush(wxBrush(colour));
      gc->DrawRoundedRectangle(5, 4, 4, 16, 1);
      gc->DrawRoundedRectangle(15, 4, 4, 16, 1);
      break;
    case Icon::call: {
      gc->SetPen(gc->CreatePen(wxGraphicsPenInfo(colour, 3.4).Cap(wxCAP_ROUND)));
      auto path = gc->CreatePath();
      path.MoveToPoint(6, 4.5);
      path.AddQuadCurveToPoint(5, 18.5, 19.5, 18.5);
      gc->StrokePath(path);
      stroke({{5, 4}, {8.5, 3.5}, {9.5, 8}, {7, 9}});
      stroke({{20, 19}, {20.5, 15.5}, {16, 14.5}, {15, 17}});
      break;
    }
    case Icon::back: stroke({{14, 5}, {7, 12}, {14, 19}}); break;
    case Icon::plus:
      stroke({{12, 4}, {12, 20}});
      stroke({{4, 12}, {20, 12}});
      break;
    case Icon::search:
      gc->DrawEllipse(3, 3, 13, 13);
      stroke({{14, 14}, {21, 21}});
      break;
    case Icon::check: stroke({{4, 12.5}, {10, 18.5}, {20, 6}}); break;
    case Icon::cross:
      stroke({{5, 5}, {19, 19}});
      stroke({{19, 5}, {5, 19}});
      break;
    case Icon::menu:
      stroke({{4, 6}, {20, 6}});
      stroke({{4, 12}, {20, 12}});
      stroke({{4, 18}, {20, 18}});
      break;
    case Icon::undo: {
      auto path = gc->CreatePath();
      path.MoveToPoint(5, 9);
      path.AddLineToPoint(14, 9);
      path.AddArc(14, 14, 5, -1.5708, 1.5708, true);
      path.AddLineToPoint(9, 19);
      gc->StrokePath(path);
      stroke({{9, 4.5}, {4.5, 9}, {9, 13.5}});
      break;
    }
    case Icon::mic:
    case Icon::mic_off:
      gc->DrawRoundedRectangle(9, 2.5, 6, 11, 3);
      stroke({{5.5, 11}, {6.5, 15}, {12, 17.5}, {17.5, 15}, {18.5, 11}});
      stroke({{12, 17.5}, {12, 21.5}});
      if (icon == Icon::mic_off) stroke({{4, 3}, {20, 21}});
      break;
    case Icon::none: break;
  }
}

wxPanel* make_panel(wxWindow* parent, const wxColour& colour) {
  auto* panel =
      new wxPanel(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxTAB_TRAVERSAL | wxBORDER_NONE);
  panel->SetBackgroundColour(colour);
  return panel;
}

}  // namespace caukham::ui
