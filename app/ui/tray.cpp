#include "ui/tray.hpp"

#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

class Tray::Tile : public wxWindow {
 public:
  Tile(Tray* tray, const station::CaptureCard& card)
      : wxWindow(tray, wxID_ANY, wxDefaultPosition, wxSize(px(172), px(106)), wxBORDER_NONE | wxWANTS_CHARS),
        tray_(tray) {
    SetBackgroundStyle(wxBG_STYLE_PAINT);
    Bind(wxEVT_PAINT, &Tile::paint, this);
    Bind(wxEVT_LEFT_UP, [this](wxMouseEvent& e) {
      SetFocus();
      if (card_.removed || corner().Contains(e.GetPosition())) act();
    });
    Bind(wxEVT_KEY_DOWN, [this](wxKeyEvent& e) {
      const int code = e.GetKeyCode();
      if (code == WXK_DELETE || (card_.removed && (code == WXK_RETURN || code == WXK_BACK)))
        act();
      else if (code == WXK_TAB)
        Navigate(e.ShiftDown() ? 0 : static_cast<int>(wxNavigationKeyEvent::IsForward));
      else
        e.Skip();
    });
    Bind(wxEVT_SET_FOCUS, [this](wxFocusEvent& e) {
      Refresh();
      e.Skip();
    });
    Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& e) {
      Refresh();
      e.Skip();
    });
    show(card);
  }

  void show(const station::CaptureCard& card) {
    const bool same = card.durable == card_.durable && card.removed == card_.removed &&
                      card.words == card_.words && card.quality.sentence == card_.quality.sentence && card.side == card_.side && card.jpeg == card_.jpeg &&
                      card.kind == card_.kind;
    if (card.removed && !card_.removed) removed_at_ns_ = core::now_ns();
    const bool new_picture = card.jpeg && card.jpeg != card_.jpeg;
    card_ = card;
    if (new_picture) decode();
    if (same) return;
    native::describe(this, to_utf8(title()) + ", " + to_utf8(state()), true);
    SetToolTip(to_wx(card.words) + quality());
    Refresh();
  }

  bool gone(std::int64_t now) const { return card_.removed && now - removed_at_ns_ > undo_ns; }
  int seconds_left(std::int64_t now) const {
    return static_cast<int>((undo_ns - (now - removed_at_ns_)) / 1'000'000'000) + 1;
  }
  void tick(std::int64_t now) {
    if (!card_.removed) return;
    const int left = seconds_left(now);
    if (left != left_shown_) Refresh();
    left_shown_ = left;
  }

 private:
  void act() {
    if (card_.removed)
      tray_->desk_.undo_remove(card_.id);
    else
      tray_->desk_.remove_capture(card_.id);
  }
  wxRect corner() const { return {GetClientSize().x - px(46), 0, px(46), px(46)}; }
  wxString title() const {
    std::string text = capture_words(card_.kind);
    if (!card_.device_kind.empty() && card_.kind != "ecg" && card_.kind != "spirometry")
      text += " \u00b7 " + device_words(card_.device_kind);
    if (!card_.side.empty()) text += " \u00b7 " + side_words(card_.side);
    return to_wx(text);
  }
  wxString state() const { return card_.durable ? words("Saved") : words("Saving..."); }

  // What a picture is worth for somebody who judges it from afar, once it is known.
  wxString quality() const {
    return card_.quality.sentence.empty() ? wxString() : words(card_.quality.sentence.c_str());
  }
  bool poor() const { return card_.quality.verdict == station::PictureCard::Verdict::poor; }

  void decode() {
    wxMemoryInputStream in(card_.jpeg->data(), card_.jpeg->size());
    wxImage image;
    const wxLogNull quiet;  // a damaged picture is shown as its kind, without a box
    if (!image.LoadFile(in, wxBITMAP_TYPE_JPEG) || !image.IsOk()) return;
    const double fit = std::min(static_cast<double>(px(164)) / image.GetWidth(),
                                static_cast<double>(px(54)) / image.GetHeight());
    picture_ = wxBitmap(image.Scale(std::max(1, static_cast<int>(image.GetWidth() * fit)),
                                    std::max(1, static_cast<int>(image.GetHeight() * fit)),
                                    wxIMAGE_QUALITY_BILINEAR));
  }

  void paint(wxPaintEvent&) {
    wxAutoBufferedPaintDC dc(this);
    const auto& p = palette();
    dc.SetBackground(wxBrush(tray_->GetBackgroundColour()));
    dc.Clear();
    wxRect r(wxPoint(0, 0), GetClientSize());
    r.Deflate(2);
    fill_rounded(dc, r, px(8), p.card, HasFocus() ? p.focus : p.line);
    if (card_.removed) {
      dc.SetFont(font(15, Weight::bold));
      dc.SetTextForeground(p.danger);
      draw_text(dc, words("Removed"), wxRect(r.x, r.y + px(8), r.width, px(24)), wxALIGN_CENTER);
      draw_icon(dc, Icon::undo, wxRect(r.x, r.y + px(36), r.width, px(24)), p.accent);
      dc.SetTextForeground(p.accent);
      draw_text(dc,
                to_wx(tr("Bring back ({0} s)", std::to_string(std::max(0, seconds_left(core::now_ns()))))),
                wxRect(r.x, r.y + px(66), r.width, px(26)), wxALIGN_CENTER);
      return;
    }
    const wxRect top(r.x + 2, r.y + 2, r.width - 4, px(54));
    if (picture_.IsOk()) {
      dc.SetBrush(wxBrush(wxColour(16, 20, 24)));
      dc.SetPen(*wxTRANSPARENT_PEN);
      dc.DrawRoundedRectangle(top, px(6));
      dc.DrawBitmap(picture_, top.x + (top.width - picture_.GetWidth()) / 2,
                    top.y + (top.height - picture_.GetHeight()) / 2);
    } else {
      dc.SetBrush(wxBrush(p.accent_soft));
      dc.SetPen(*wxTRANSPARENT_PEN);
      dc.DrawRoundedRectangle(top, px(6));
      wave(dc, top);
    }
    if (card_.kind == "clip")
      draw_icon(dc, Icon::clip, wxRect(top.x + px(6), top.y + px(6), px(22), px(22)), *wxWHITE);
    const wxRect cross(top.GetRight() - px(25), top.y + px(3), px(24), px(24));
    fill_rounded(dc, cross, px(12), wxColour(255, 255, 255), p.line);
    wxRect inner = cross;
    inner.Deflate(px(6));
    draw_icon(dc, Icon::cross, inner, wxColour(60, 60, 60));
    dc.SetFont(font(14, Weight::bold));
    dc.SetTextForeground(p.text);
    draw_text(dc, title(), wxRect(r.x + px(8), r.y + px(58), r.width - px(16), px(20)));
    dc.SetFont(font(14));
    dc.SetTextForeground(card_.durable && !poor() ? p.good : p.warning);
    int x = r.x + px(8);
    if (card_.durable) {
      draw_icon(dc, Icon::check, wxRect(x, r.y + px(82), px(16), px(16)), p.good);
      x += px(20);
    }
    const wxString note = !card_.durable            ? state()
                          : !quality().empty()      ? quality()
                          : !card_.words.empty()    ? to_wx(card_.words)
                                                    : state();
    draw_text(dc, note, wxRect(x, r.y + px(80), r.GetRight() - x - px(6), px(20)));
    if (card_.simulated) {
      const wxRect mark(top.x + px(4), top.GetBottom() - px(20), px(40), px(19));
      fill_rounded(dc, mark, px(4), p.practice, p.practice);
      dc.SetFont(font(14, Weight::bold));
      dc.SetTextForeground(p.on_accent);
      dc.DrawLabel("SIM", mark, wxALIGN_CENTER);
    }
  }

  void wave(wxDC& dc, const wxRect& r) const {
    dc.SetPen(wxPen(palette().accent, 2));
    const int mid = r.y + r.height / 2, x = r.x + r.width / 2;
    if (card_.kind == "spirometry") {
      const std::array<wxPoint, 4> p = {wxPoint(x - px(40), mid + px(24)), wxPoint(x - px(28), mid - px(24)),
                                        wxPoint(x - px(6), mid + px(2)), wxPoint(x + px(40), mid + px(24))};
      dc.DrawLines(static_cast<int>(p.size()), p.data());
    } else {
      const std::array<wxPoint, 7> p = {wxPoint(x - px(60), mid),         wxPoint(x - px(14), mid),
                                        wxPoint(x - px(7), mid + px(8)),  wxPoint(x, mid - px(22)),
                                        wxPoint(x + px(8), mid + px(18)), wxPoint(x + px(14), mid),
                                        wxPoint(x + px(60), mid)};
      dc.DrawLines(static_cast<int>(p.size()), p.data());
    }
  }

  Tray* tray_;
  station::CaptureCard card_;
  wxBitmap picture_;
  std::int64_t removed_at_ns_ = 0;
  int left_shown_ = 0;
};

Tray::Tray(wxWindow* parent, station::Desk& desk)
    : wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxSize(-1, px(44)), wxHSCROLL | wxBORDER_NONE),
      desk_(desk) {
  SetBackgroundColour(palette().ground);
  SetScrollRate(px(20), 0);
  SetSizer(new wxBoxSizer(wxHORIZONTAL));
  Bind(wxEVT_PAINT, [this](wxPaintEvent&) {
    wxPaintDC dc(this);
    if (!tiles_.empty()) return;
    dc.SetFont(font(15));
    dc.SetTextForeground(palette().muted);
    draw_text(dc, words("Nothing saved yet. Press Space to keep a picture or an ECG."),
              wxRect(px(4), 0, GetClientSize().x - px(8), GetClientSize().y), wxALIGN_CENTER);
  });
}

void Tray::show(const station::Snapshot& snapshot) {
  bool changed = false;
  const std::int64_t now = core::now_ns();
  std::map<std::string, Tile*> left = tiles_;
  for (const auto& c : snapshot.captures) {
    const auto found = tiles_.find(c.id);
    if (found == tiles_.end()) {
      if (c.removed) continue;  // removed long ago
      auto* tile = new Tile(this, c);
      tiles_[c.id] = tile;
      GetSizer()->Insert(0, tile, 0, wxRIGHT, px(6));  // newest at the left, next to the eye
      changed = true;
      continue;
    }
    found->second->show(c);
    if (!found->second->gone(now)) left.erase(c.id);
  }
  for (const auto& [id, tile] : left) {
    tiles_.erase(id);
    tile->Destroy();
    changed = true;
  }
  if (!changed) return;
  FitInside();
  Layout();
  Refresh();
}

void Tray::tick(std::int64_t now_ns) {
  for (auto& [id, tile] : tiles_) {
    tile->tick(now_ns);
    tile->Show(!tile->gone(now_ns));
  }
}

}  // namespace caukham::ui
