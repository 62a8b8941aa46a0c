// What the ECG pane draws with: paper, the sweep's new columns, holes, and the torso that shows a loose
// electrode.
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/ecg_colours.hpp"
#include "ui/ecg_pane.hpp"

namespace caukham::ui {

void EcgPane::draw_paper(wxDC& dc, const wxSize& size) {
  dc.SetBackground(wxBrush(sheet_colour));
  dc.Clear();
  const double mm = scale();
  const int columns = static_cast<int>(size.x / mm), rows = static_cast<int>(size.y / mm);
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 0 && mm < 2.5) continue;  // finer than the eye: only the 5 mm lines
    dc.SetPen(wxPen(pass ? big_line : small_line));
    for (int i = 0; i <= columns; ++i)
      if ((i % 5 == 0) == (pass == 1))
        dc.DrawLine(static_cast<int>(std::lround(i * mm)), 0, static_cast<int>(std::lround(i * mm)), size.y);
    for (int i = 0; i <= rows; ++i)
      if ((i % 5 == 0) == (pass == 1))
        dc.DrawLine(0, static_cast<int>(std::lround(i * mm)), size.x, static_cast<int>(std::lround(i * mm)));
  }
  dc.SetFont(font(large_ ? 16 : 14, Weight::bold));
  dc.SetTextForeground(name_colour);
  for (const auto& s : strips_) {
    const int top = static_cast<int>(s.top) + (s.height > px(50) ? px(4) : 0);
    if (names_width_)
      dc.DrawLabel(lead_name(s.lead),
                   wxRect(px(3), static_cast<int>(s.top), names_width_, static_cast<int>(s.height)),
                   wxALIGN_CENTER_VERTICAL);
    else
      dc.DrawText(lead_name(s.lead), static_cast<int>(s.x) + px(5), top);
    if (s.x > strips_.front().x) {
      dc.SetPen(wxPen(big_line, 2));
      dc.DrawLine(static_cast<int>(s.x) - 1, top, static_cast<int>(s.x) - 1,
                  top + static_cast<int>(s.height * 0.9));
    }
  }
  if (!large_) return;
  // On the paper itself, as on any printed ECG: how it was written.
  dc.SetFont(font(14));
  const wxString written =
      wxString::Format("%d mm/s   %d mm/mV   ", settings_.mm_per_s, settings_.mm_per_mv) + to_wx(localised_filter());
  const wxSize extent = dc.GetTextExtent(written);
  dc.DrawText(written, size.x - extent.x - px(8), size.y - extent.y - 1);
  // The calibration pulse: 1 mV high, 0.2 s wide, before the first strip of each row.
  dc.SetPen(wxPen(ink_colour, 2));
  const double high = -height_px(1000, settings_.mm_per_mv, mm), wide = 0.2 * settings_.mm_per_s * mm;
  double below = -1;
  for (const auto& s : strips_) {
    if (s.x > strips_.front().x || s.middle() - high / 2 < below) continue;  // low rows: as many as have room
    const double y = s.middle() + high / 2, x = names_width_ + 2;
    below = y + 2;
    const std::array<wxPoint, 6> p = {wxPoint(static_cast<int>(x), static_cast<int>(y)),
                                      wxPoint(static_cast<int>(x + 2), static_cast<int>(y)),
                                      wxPoint(static_cast<int>(x + 2), static_cast<int>(y - high)),
                                      wxPoint(static_cast<int>(x + 2 + wide), static_cast<int>(y - high)),
                                      wxPoint(static_cast<int>(x + 2 + wide), static_cast<int>(y)),
                                      wxPoint(static_cast<int>(x + 5 + wide), static_cast<int>(y))};
    dc.DrawLines(static_cast<int>(p.size()), p.data());
  }
}

wxRect EcgPane::clear_ahead(wxDC& dc, const Strip& s, const Sweep& sweep, std::uint64_t from,
                            std::uint64_t to) {
  const double bar = erase_bar_mm * sweep.px_per_mm;
  const double x0 = std::floor(sweep.column(from)),
               length = static_cast<double>(to - from) * sweep.px_per_sample() + bar;
  const int top = static_cast<int>(std::floor(s.top)), high = static_cast<int>(std::ceil(s.height));
  wxMemoryDC source(paper_);
  const auto piece = [&](double x, double width) {
    wxRect r(static_cast<int>(s.x + x), top, static_cast<int>(std::ceil(width)) + 1, high);
    dc.Blit(r.x, r.y, r.width, r.height, &source, r.x, r.y);
    // A number that is half swept away reads as another one: "350 ms" as "0 ms".
    std::erase_if(hole_words_, [&](const wxRect& words) {
      if (!words.Intersects(r)) return false;
      dc.Blit(words.x, words.y, words.width, words.height, &source, words.x, words.y);
      r.Union(words);
      return true;
    });
    return r;
  };
  if (length >= s.width) return piece(0, s.width);
  if (x0 + length <= s.width) return piece(x0, length);
  wxRect all = piece(x0, s.width - x0);
  return all.Union(piece(0, x0 + length - s.width));
}

void EcgPane::draw_hole(wxDC& dc, const Strip& s, const Sweep& sweep, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t lost = to - from, capacity = sweep.capacity();
  const std::uint64_t shown =
      std::min(lost, capacity - std::min(capacity, static_cast<std::uint64_t>(erase_bar_mm * sweep.px_per_mm /
                                                                              sweep.px_per_sample())));
  double x = sweep.column(to - shown), left = static_cast<double>(shown) * sweep.px_per_sample();
  const wxString length = wxString::Format(
      "%llu ms",
      static_cast<unsigned long long>(std::llround(static_cast<double>(lost) * 1000 / sweep.rate_hz)));
  const std::string why = trace_.hole_reason(to);
  const wxString both = why.empty() ? length : length + wxString::FromUTF8(" \u00b7 ") + words(why.c_str());
  dc.SetFont(font(14, Weight::bold));
  while (left > 0) {
    const double piece = std::min(left, s.width - x);
    const double high = std::min(s.height * 0.7, 40.0 * text_scale());
    const wxRect r(static_cast<int>(s.x + x), static_cast<int>(s.middle() - high / 2),
                   std::max(2, static_cast<int>(piece)), static_cast<int>(high));
    dc.SetPen(wxPen(hole_colour, 1));
    dc.SetBrush(wxBrush(hole_colour, wxBRUSHSTYLE_BDIAGONAL_HATCH));
    dc.DrawRectangle(r);
    // With the reason where there is room for it: in the hole, else left of it.
    const int wide = dc.GetTextExtent(both).x + 4;
    const bool inside = dc.GetTextExtent(length).x + 4 <= r.width;
    const wxString& text = wide <= (inside ? r.width : x) ? both : length;
    const wxSize extent = dc.GetTextExtent(text);
    dc.SetTextForeground(hole_colour);
    if (extent.x + 4 <= r.width) {
      dc.SetPen(*wxTRANSPARENT_PEN);
      dc.SetBrush(wxBrush(sheet_colour));
      const wxRect on(r.x + (r.width - extent.x) / 2 - 3, r.y + (r.height - extent.y) / 2, extent.x + 6, extent.y);
      dc.DrawRectangle(on);
      dc.DrawLabel(text, r, wxALIGN_CENTER);
      hole_words_.push_back(on);
    } else if (s.height > px(60) && s.x + x - extent.x - 4 > s.x) {
      const wxPoint at(r.x - extent.x - 3, static_cast<int>(s.top + s.height) - extent.y - 2);
      dc.DrawText(text, at);
      hole_words_.emplace_back(at, extent);
    }
    left -= piece;
    x = 0;
    if (piece < 1) break;
  }
}

void EcgPane::advance(std::uint64_t from, std::uint64_t to, bool refresh) {
  if (to <= from) return;
  drawn_to_ = to;
  wxMemoryDC dc(ink_);
  const wxRect where = sheet();
  std::vector<wxRect> touched;
  for (const auto& s : strips_)
    touched.push_back(clear_ahead(
        dc, s, sweep_of(s), to - from > sweep_of(s).capacity() ? to - sweep_of(s).capacity() : from, to));
  {
    const std::unique_ptr<wxGraphicsContext> gc(wxGraphicsContext::Create(dc));
    if (!gc) return;
    const double mm = scale();
    for (const auto& s : strips_) {
      if (!trace_.has_lead(s.lead)) continue;
      const Sweep sweep = sweep_of(s);
      // Two pixels back: clearing took the end of the last line with it.
      const auto back = static_cast<std::uint64_t>(2 / sweep.px_per_sample()) + 1;
      const std::uint64_t first =
          std::max({from > back ? from - back : 0, trace_.begin(),
                    to > sweep.shown() ? to - sweep.shown() : std::uint64_t{0}});
      gc->ResetClip();
      // A high R wave may reach into the rows of its own column: they are swept, cleared and drawn together.
      double top = s.top, bottom = s.top + s.height;
      for (const auto& t : strips_) {
        if (t.x != s.x || t.width != s.width) continue;
        top = std::min(top, t.top);
        bottom = std::max(bottom, t.top + t.height);
      }
      gc->Clip(s.x, top, s.width, bottom - top);
      for (const bool off : {false, true}) {
        auto path = gc->CreatePath();
        bool pen_down = false;
        for (std::uint64_t n = first; n < to; ++n) {
          if (!trace_.valid(n) || trace_.lead_off(s.lead, n) != off ||
              (off && (n / static_cast<std::uint64_t>(std::max(1.0, trace_.rate_hz() / 12))) % 2)) {
            pen_down = false;
            continue;
          }
          const double x = s.x + sweep.column(n);
          const double y =
              off ? s.middle()
                  : s.middle() +
                        height_px(static_cast<double>(trace_.at(n)[static_cast<std::size_t>(s.lead)]),
                                  settings_.mm_per_mv, mm);
          if (sweep.wraps(n)) pen_down = false;
          if (pen_down)
            path.AddLineToPoint(x, y);
          else
            path.MoveToPoint(x, y);
          pen_down = true;
        }
        gc->SetPen(gc->CreatePen(wxGraphicsPenInfo(off ? off_colour : ink_colour, off      ? 2.0
                                                                                  : large_ ? 1.5
                                                                                           : 1.2)
                                     .Join(wxJOIN_ROUND)));
        gc->StrokePath(path);
      }
    }
  }
  for (std::uint64_t n = std::max(from, trace_.begin() + 1); n < to; ++n) {
    if (!trace_.valid(n) || trace_.valid(n - 1)) continue;
    const std::uint64_t hole = trace_.hole_before(n);
    for (const auto& s : strips_)  // after a redraw: only where the strip still shows that time
      if (to - n < sweep_of(s).shown()) draw_hole(dc, s, sweep_of(s), n - hole, n);
  }
  if (!refresh) return;
  for (wxRect r : touched) {
    r.Offset(where.GetPosition());
    RefreshRect(r, false);
  }
}

void EcgPane::draw_torso(wxDC& dc, const wxRect& where) {
  // A front view: the patient's right is on the reader's left. Places in 1/100 of the drawing.
  static constexpr std::array<std::array<double, 2>, electrode_count> place = {
      {{12, 22}, {88, 22}, {72, 92}, {28, 92}, {44, 44}, {56, 44}, {63, 52}, {69, 61}, {79, 61}, {88, 61}}};
  const int side = px(150);
  const wxRect card(where.GetRight() + px(11), where.y + px(4), side, side + px(4));
  fill_rounded(dc, card, px(8), *wxWHITE, hole_colour);
  const auto at = [&](double x, double y) {
    return wxPoint(card.x + static_cast<int>(x * side / 100), card.y + static_cast<int>(y * side / 100));
  };
  dc.SetPen(wxPen(wxColour(150, 160, 168), 2));
  dc.SetBrush(*wxTRANSPARENT_BRUSH);
  dc.DrawCircle(at(50, 11), side * 8 / 100);
  const std::array<wxPoint, 9> outline = {at(42, 19), at(24, 22), at(4, 40),  at(20, 48), at(24, 97),
                                          at(76, 97), at(80, 48), at(96, 40), at(76, 22)};
  for (std::size_t i = 0; i + 1 < outline.size(); ++i) dc.DrawLine(outline[i], outline[i + 1]);
  dc.DrawLine(outline.back(), at(58, 19));
  dc.SetFont(font(14, Weight::bold));
  for (int bit = 0; bit < electrode_count; ++bit) {
    const Electrode e = electrode(bit, settings_.iec_electrodes);
    const auto p = place[static_cast<std::size_t>(bit)];
    const bool off = (off_seen_ >> bit) & 1u;
    dc.SetPen(wxPen(off ? hole_colour : wxColour(120, 120, 120), off ? 3 : 1));
    dc.SetBrush(wxBrush(wxColour(static_cast<unsigned char>(e.rgb >> 16),
                                 static_cast<unsigned char>(e.rgb >> 8), static_cast<unsigned char>(e.rgb))));
    dc.DrawCircle(at(p[0], p[1]), off ? px(8) : px(4));
    if (!off) continue;
    dc.SetTextForeground(hole_colour);
    const wxSize extent = dc.GetTextExtent(e.name);
    dc.DrawText(e.name, at(p[0], p[1]) + wxPoint(p[0] > 70 ? -extent.x - px(10) : px(10), -extent.y / 2));
  }
}

}  // namespace caukham::ui
