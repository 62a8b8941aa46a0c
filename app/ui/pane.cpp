#include "ui/pane.hpp"

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

Pane::Pane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info)
    : wxWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxBORDER_NONE | wxCLIP_CHILDREN),
      desk_(desk),
      info_(info) {
  SetBackgroundStyle(wxBG_STYLE_PAINT);
  SetBackgroundColour(palette().card);
  native::describe(this, device_words(info.device_kind), false);
  card_.info = info;
  Bind(wxEVT_PAINT, &Pane::paint, this);
  Bind(wxEVT_SIZE, [this](wxSizeEvent& e) {
    resized();
    Refresh();
    e.Skip();
  });
  Bind(wxEVT_LEFT_UP, [this](wxMouseEvent&) {
    if (clicked) clicked();
  });
  Bind(wxEVT_SET_FOCUS, [this](wxFocusEvent& e) {
    Refresh();
    e.Skip();
  });
  Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& e) {
    Refresh();
    e.Skip();
  });
  Bind(wxEVT_KEY_DOWN, [this](wxKeyEvent& e) {
    if (e.GetKeyCode() == WXK_RETURN && clicked)
      clicked();
    else
      e.Skip();
  });
  flash_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
    flash_ticks_ = 0;
    Refresh();
  });
}

void Pane::show(const station::StreamCardUi& card, const station::Snapshot&) {
  const bool changed = card.state != card_.state || card.electrodes_off != card_.electrodes_off ||
                       card.heart_rate_bpm != card_.heart_rate_bpm;
  card_ = card;
  if (changed) Refresh();
}

void Pane::set_large(bool large) {
  if (large == large_) return;
  large_ = large;
  resized();
  Refresh();
}

void Pane::set_frozen(bool frozen) {
  if (frozen == frozen_) return;
  frozen_ = frozen;
  Refresh();
}

void Pane::flash() {
  flash_ticks_ = 1;
  flash_timer_.StartOnce(160);
  Refresh();
}

wxRect Pane::body() const {
  const int head = px(large_ ? 44 : 28);
  const wxSize size = GetClientSize();
  return {1, head, std::max(1, size.x - 2), std::max(1, size.y - head - 1)};
}

void Pane::chip(wxDC& dc, const wxString& text, int& right, int middle, const wxColour& fill,
                const wxColour& ink) const {
  dc.SetFont(font(14, Weight::bold));
  const wxSize extent = dc.GetTextExtent(text);
  const wxRect r(right - extent.x - px(16), middle - extent.y / 2 - px(3), extent.x + px(16),
                 extent.y + px(6));
  fill_rounded(dc, r, px(6), fill, fill);
  dc.SetTextForeground(ink);
  dc.DrawLabel(text, r, wxALIGN_CENTER);
  right = r.x - px(8);
}

void Pane::cover(wxDC& dc, const wxString& text) const {
  const wxRect b = body();
  {
    const std::unique_ptr<wxGraphicsContext> gc(wxGraphicsContext::CreateFromUnknownDC(dc));
    if (gc) {
      const wxColour ground = palette().ground;
      gc->SetBrush(wxBrush(wxColour(ground.Red(), ground.Green(), ground.Blue(), 205)));
      gc->SetPen(*wxTRANSPARENT_PEN);
      gc->DrawRectangle(b.x, b.y, b.width, b.height);
    }
  }
  dc.SetFont(font(large_ ? 22 : 14, Weight::bold));
  const int line = dc.GetCharHeight() + px(4);
  const wxArrayString lines = wrap(dc, text, b.width - px(32), large_ ? 4 : 3);
  const int height = line * static_cast<int>(lines.size());
  int y = b.y + (b.height - height) / 2, widest = 0;
  for (const auto& t : lines) widest = std::max(widest, dc.GetTextExtent(t).x);
  const wxRect plate = wxRect(b.x + (b.width - widest) / 2, y, widest, height)
                           .Inflate(px(large_ ? 18 : 6), px(large_ ? 12 : 3));
  fill_rounded(dc, plate, px(8), palette().card, palette().line);
  dc.SetTextForeground(palette().text);
  for (const auto& t : lines) {
    draw_text(dc, t, wxRect(b.x + px(4), y, b.width - px(8), line), wxALIGN_CENTER);
    y += line;
  }
}

void Pane::now_on_screen(std::int64_t sensed_ns) {
  if (sensed_ns == 0 || sensed_ns == told_ns_) return;
  told_ns_ = sensed_ns;
  desk_.drawn(info_.id, sensed_ns, core::now_ns());
}

void Pane::paint(wxPaintEvent&) {
  wxAutoBufferedPaintDC dc(this);
  const auto& p = palette();
  const wxRect update = GetUpdateRegion().GetBox();
  const wxSize size = GetClientSize();
  const wxRect b = body();
  if (update.y < b.y || !b.Contains(update)) {
    dc.SetPen(wxPen(large_ ? p.accent : p.line));
    dc.SetBrush(wxBrush(p.card));
    dc.DrawRectangle(wxRect(wxPoint(0, 0), size));
    int right = size.x - px(10);
    const int middle = b.y / 2;
    if (info_.simulated)
      chip(dc, large_ ? to_wx("SIMULATED") : to_wx("SIM"), right, middle, p.practice, p.on_accent);
    if (frozen_) chip(dc, words("FROZEN"), right, middle, p.accent, p.on_accent);
    if (pinned_ && large_) chip(dc, words("Held in front"), right, middle, p.accent_soft, p.accent);
    if (large_ && !header_note().empty()) {
      dc.SetFont(font(26, Weight::bold));
      dc.SetTextForeground(p.text);
      const int width = dc.GetTextExtent(header_note()).x;
      dc.DrawLabel(header_note(), wxRect(right - width - px(6), 0, width, b.y), wxALIGN_CENTER_VERTICAL);
      right -= width + px(16);
    }
    dc.SetFont(font(large_ ? 18 : 14, Weight::bold));
    dc.SetTextForeground(p.text);
    const wxString name = to_wx(device_words(info_.device_kind));
    const int name_width = std::min(dc.GetTextExtent(name).x, std::max(0, right - px(12)));
    draw_text(dc, name, wxRect(px(12), 0, name_width + 2, b.y));
    if (large_) {
      dc.SetFont(font(14));
      dc.SetTextForeground(p.muted);
      draw_text(dc, to_wx(info_.device_name),
                wxRect(px(24) + name_width, 0, std::max(0, right - name_width - px(30)), b.y));
    } else if (!header_note().empty()) {
      dc.SetTextForeground(p.text);
      draw_text(dc, header_note(),
                wxRect(px(18) + name_width, 0, std::max(0, right - name_width - px(20)), b.y),
                wxALIGN_RIGHT | wxALIGN_CENTER_VERTICAL);
    }
  }
  draw(dc, update);
  if (flash_ticks_ || HasFocus()) {
    dc.SetBrush(*wxTRANSPARENT_BRUSH);
    dc.SetPen(wxPen(flash_ticks_ ? p.good : p.focus, flash_ticks_ ? px(8) : 3));
    dc.DrawRectangle(wxRect(wxPoint(1, 1), size - wxSize(2, 2)));
  }
}

}  // namespace caukham::ui
