#include "ui/ecg_pane.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/i18n.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;
namespace {
// Paper and ink keep their colours in dark mode: doctors read contrast and grid by habit.
const wxColour sheet_colour(255, 250, 247), small_line(250, 222, 214), big_line(238, 176, 162), ink_colour(20, 24, 60),
    hole_colour(176, 0, 32), off_colour(110, 110, 120), name_colour(0, 92, 150);
}  // namespace

EcgPane::EcgPane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info, Settings& settings,
                 std::function<void()> settings_changed)
    : Pane(parent, desk, info), settings_(settings), on_settings_(std::move(settings_changed)) {
  usable_ = trace_.set_stream(info);
  trace_.set_baseline_hz(settings.strong_baseline ? 0.5 : 0.05);
  SetBackgroundColour(palette().card);
  tools_ = {new Button(this, {}, [this] { next_speed(); }, ButtonStyle::normal, Icon::none, "V"),
            new Button(this, {}, [this] { next_gain(); }, ButtonStyle::normal, Icon::none, "G"),
            new Button(this, {}, [this] { next_layout(); }, ButtonStyle::normal, Icon::none, "B"),
            new Button(this, {}, [this] { next_filter(); }, ButtonStyle::normal, Icon::none, "N")};
  for (auto* tool : tools_) tool->Hide();
}

double EcgPane::scale() const {
  const auto monitor = native::monitor_of(this);
  return pixels_per_mm(monitor.width_px, monitor.width_mm, settings_.px_per_mm);
}

int EcgPane::bottom_height() const { return large_ ? px(52) : 0; }

wxRect EcgPane::sheet() const {
  wxRect b = body();
  b.height = std::max(1, b.height - bottom_height());
  if (!warns()) return b;
  // The words about a loose electrode take their own room; they hide no lead.
  b.y += px(44);
  b.height = std::max(1, b.height - px(44));
  b.width = std::max(1, b.width - px(170));
  return b;
}

Sweep EcgPane::sweep_of(const Strip& strip) const {
  return {scale(), static_cast<double>(settings_.mm_per_s), std::max(trace_.rate_hz(), 1.0), strip.width};
}

void EcgPane::next_speed() { settings_.mm_per_s = settings_.mm_per_s == 25 ? 50 : 25; changed_by_hand(); }
void EcgPane::next_gain() {
  settings_.mm_per_mv = settings_.mm_per_mv == 5 ? 10 : settings_.mm_per_mv == 10 ? 20 : 5;
  changed_by_hand();
}
void EcgPane::next_layout() {
  settings_.layout = static_cast<EcgLayout>((static_cast<int>(settings_.layout) + 1) % 3);
  changed_by_hand();
}
void EcgPane::next_filter() {
  settings_.strong_baseline = !settings_.strong_baseline;
  trace_.set_baseline_hz(settings_.strong_baseline ? 0.5 : 0.05);
  changed_by_hand();
}
void EcgPane::changed_by_hand() {
  settings_changed();
  if (on_settings_) on_settings_();
}
void EcgPane::settings_changed() {
  resized();  // the buttons' words too
  Refresh();
}

void EcgPane::set_large(bool large) {
  Pane::set_large(large);
  for (auto* tool : tools_) tool->Show(large);
}

void EcgPane::resized() {
  const char* layout = settings_.layout == EcgLayout::three_by_four_rhythm ? "3\u00d74 + II"
                       : settings_.layout == EcgLayout::six_by_two         ? "6\u00d72"
                                                                           : "12\u00d71";
  tools_[0]->set_label(wxString::Format("%d mm/s", settings_.mm_per_s));
  tools_[1]->set_label(wxString::Format("%d mm/mV", settings_.mm_per_mv));
  tools_[2]->set_label(wxString::FromUTF8(layout));
  tools_[3]->set_label(to_wx(number_words(settings_.strong_baseline ? 0.5 : 0.05, settings_.strong_baseline ? 1 : 2) + " Hz"));
  int x = GetClientSize().x - px(4);
  for (auto it = tools_.rbegin(); it != tools_.rend(); ++it) {
    const wxSize best = (*it)->GetBestSize();
    x -= best.x + px(4);
    (*it)->SetSize(x, GetClientSize().y - bottom_height() + px(2), best.x, px(46));
  }
  rebuild();
}

wxString EcgPane::header_note() const {
  if (!live() || card_.heart_rate_bpm <= 0) return {};
  return wxString::Format(wxString::FromUTF8("\u2665 %d"), static_cast<int>(std::lround(card_.heart_rate_bpm))) +
         (large_ ? to_wx(" " + tr("beats/min")) : wxString());
}

void EcgPane::show(const station::StreamCardUi& card, const station::Snapshot& snapshot) {
  const bool warned = warns();
  Pane::show(card, snapshot);
  off_seen_ = card.electrodes_off & card.electrodes_known;
  trace_.set_off(off_seen_);
  if (warns() == warned) return;
  rebuild();  // the sheet has another size
  Refresh();
}

bool EcgPane::tick(std::int64_t now_ns) {
  if (!usable_ || frozen_) return false;
  trace_.take(desk_.waveform(info_.id, trace_.end()));
  if (trace_.end() != drawn_to_ && ink_.IsOk()) advance(drawn_to_, trace_.end(), true);
  const std::int64_t silent_ns = trace_.newest_ns() ? now_ns - trace_.newest_ns() : 0;
  const int silent_s = silent_ns > 1'500'000'000 ? static_cast<int>(silent_ns / 1'000'000'000) : 0;
  if (silent_s != silent_s_) Refresh();
  silent_s_ = silent_s;
  return false;
}

void EcgPane::draw_paper(wxDC& dc, const wxSize& size) {
  dc.SetBackground(wxBrush(sheet_colour));
  dc.Clear();
  const double mm = scale();
  const int columns = static_cast<int>(size.x / mm), rows = static_cast<int>(size.y / mm);
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 0 && mm < 2.5) continue;  // finer than the eye: only the 5 mm lines
    dc.SetPen(wxPen(pass ? big_line : small_line));
    for (int i = 0; i <= columns; ++i)
      if ((i % 5 == 0) == (pass == 1)) dc.DrawLine(static_cast<int>(std::lround(i * mm)), 0, static_cast<int>(std::lround(i * mm)), size.y);
    for (int i = 0; i <= rows; ++i)
      if ((i % 5 == 0) == (pass == 1)) dc.DrawLine(0, static_cast<int>(std::lround(i * mm)), size.x, static_cast<int>(std::lround(i * mm)));
  }
  dc.SetFont(font(large_ ? 16 : 14, Weight::bold));
  dc.SetTextForeground(name_colour);
  for (const auto& s : strips_) {
    const int top = static_cast<int>(s.top) + (s.height > px(50) ? px(4) : 0);
    if (names_width_) dc.DrawLabel(lead_name(s.lead), wxRect(px(3), static_cast<int>(s.top), names_width_, static_cast<int>(s.height)), wxALIGN_CENTER_VERTICAL);
    else dc.DrawText(lead_name(s.lead), static_cast<int>(s.x) + px(5), top);
    if (s.x > strips_.front().x) {
      dc.SetPen(wxPen(big_line, 2));
      dc.DrawLine(static_cast<int>(s.x) - 1, top, static_cast<int>(s.x) - 1, top + static_cast<int>(s.height * 0.9));
    }
  }
  if (!large_) return;
  // The calibration pulse: 1 mV high, 0.2 s wide, before the first strip of each row.
  dc.SetPen(wxPen(ink_colour, 2));
  const double high = -height_px(1000, settings_.mm_per_mv, mm), wide = 0.2 * settings_.mm_per_s * mm;
  double below = -1;
  for (const auto& s : strips_) {
    if (s.x > strips_.front().x || s.middle() - high / 2 < below) continue;  // low rows: as many as have room
    const double y = s.middle() + high / 2, x = names_width_ + 2;
    below = y + 2;
    const std::array<wxPoint, 6> p = {wxPoint(static_cast<int>(x), static_cast<int>(y)), wxPoint(static_cast<int>(x + 2), static_cast<int>(y)),
                                      wxPoint(static_cast<int>(x + 2), static_cast<int>(y - high)),
                                      wxPoint(static_cast<int>(x + 2 + wide), static_cast<int>(y - high)),
                                      wxPoint(static_cast<int>(x + 2 + wide), static_cast<int>(y)),
                                      wxPoint(static_cast<int>(x + 5 + wide), static_cast<int>(y))};
    dc.DrawLines(static_cast<int>(p.size()), p.data());
  }
}

void EcgPane::rebuild() {
  const wxSize size = sheet().GetSize();
  if (!usable_ || size.x < 8 || size.y < 8) return;
  const double mm = scale(), pulse = large_ ? std::max(pulse_mm, 0.2 * settings_.mm_per_s + 2.5) * mm : 0;
  const EcgLayout layout = large_ ? settings_.layout : EcgLayout::single;
  names_width_ = large_ && layout == EcgLayout::twelve_by_one ? px(42) : 0;  // low rows: names beside the traces
  const double left = pulse + names_width_;
  strips_ = lay_strips(layout, size.x - left, size.y);
  for (auto& s : strips_) s.x += left;
  for (wxBitmap* bitmap : {&paper_, &ink_})
    bitmap->CreateScaled(size.x, size.y, 24, GetContentScaleFactor());
  for (wxBitmap* bitmap : {&paper_, &ink_}) {
    wxMemoryDC dc(*bitmap);
    draw_paper(dc, size);
  }
  // As much of the past as the longest strip shows, without what the erase bar would have taken already.
  std::uint64_t longest = 1;
  for (const auto& s : strips_) longest = std::max(longest, sweep_of(s).capacity());
  const std::uint64_t end = trace_.end();
  drawn_to_ = std::max(trace_.begin(), end > longest ? end - longest : 0);
  advance(drawn_to_, end, false);
}

wxRect EcgPane::clear_ahead(wxDC& dc, const Strip& s, const Sweep& sweep, std::uint64_t from, std::uint64_t to) {
  const double bar = erase_bar_mm * sweep.px_per_mm;
  const double x0 = std::floor(sweep.column(from)), length = static_cast<double>(to - from) * sweep.px_per_sample() + bar;
  const int top = static_cast<int>(std::floor(s.top)), high = static_cast<int>(std::ceil(s.height));
  wxMemoryDC source(paper_);
  const auto piece = [&](double x, double width) {
    const wxRect r(static_cast<int>(s.x + x), top, static_cast<int>(std::ceil(width)) + 1, high);
    dc.Blit(r.x, r.y, r.width, r.height, &source, r.x, r.y);
    return r;
  };
  if (length >= s.width) return piece(0, s.width);
  if (x0 + length <= s.width) return piece(x0, length);
  wxRect all = piece(x0, s.width - x0);
  return all.Union(piece(0, x0 + length - s.width));
}

void EcgPane::draw_hole(wxDC& dc, const Strip& s, const Sweep& sweep, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t lost = to - from, capacity = sweep.capacity();
  const std::uint64_t shown = std::min(lost, capacity - std::min(capacity, static_cast<std::uint64_t>(
                                                 erase_bar_mm * sweep.px_per_mm / sweep.px_per_sample())));
  double x = sweep.column(to - shown), left = static_cast<double>(shown) * sweep.px_per_sample();
  const wxString text = wxString::Format("%llu ms", static_cast<unsigned long long>(
                                                        std::llround(static_cast<double>(lost) * 1000 / sweep.rate_hz)));
  dc.SetFont(font(14, Weight::bold));
  while (left > 0) {
    const double piece = std::min(left, s.width - x);
    const double high = std::min(s.height * 0.7, 40.0 * text_scale());
    const wxRect r(static_cast<int>(s.x + x), static_cast<int>(s.middle() - high / 2), std::max(2, static_cast<int>(piece)),
                   static_cast<int>(high));
    dc.SetPen(wxPen(hole_colour, 1));
    dc.SetBrush(wxBrush(hole_colour, wxBRUSHSTYLE_BDIAGONAL_HATCH));
    dc.DrawRectangle(r);
    const wxSize extent = dc.GetTextExtent(text);
    dc.SetTextForeground(hole_colour);
    if (extent.x + 4 <= r.width) {
      dc.SetPen(*wxTRANSPARENT_PEN);
      dc.SetBrush(wxBrush(sheet_colour));
      dc.DrawRectangle(r.x + (r.width - extent.x) / 2 - 3, r.y + (r.height - extent.y) / 2, extent.x + 6, extent.y);
      dc.DrawLabel(text, r, wxALIGN_CENTER);
    } else if (s.height > px(60) && s.x + x - extent.x - 4 > s.x) {
      dc.DrawText(text, r.x - extent.x - 3, static_cast<int>(s.top + s.height) - extent.y - 2);
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
    touched.push_back(clear_ahead(dc, s, sweep_of(s), to - from > sweep_of(s).capacity() ? to - sweep_of(s).capacity() : from, to));
  {
    const std::unique_ptr<wxGraphicsContext> gc(wxGraphicsContext::Create(dc));
    if (!gc) return;
    const double mm = scale();
    for (const auto& s : strips_) {
      if (!trace_.has_lead(s.lead)) continue;
      const Sweep sweep = sweep_of(s);
      // Two pixels back: clearing took the end of the last line with it.
      const auto back = static_cast<std::uint64_t>(2 / sweep.px_per_sample()) + 1;
      const std::uint64_t first = std::max({from > back ? from - back : 0, trace_.begin(),
                                            to > sweep.capacity() ? to - sweep.capacity() : std::uint64_t{0}});
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
          if (!trace_.valid(n) || trace_.lead_off(s.lead, n) != off || (off && (n / static_cast<std::uint64_t>(std::max(1.0, trace_.rate_hz() / 12))) % 2)) {
            pen_down = false;
            continue;
          }
          const double x = s.x + sweep.column(n);
          const double y = off ? s.middle() : s.middle() + height_px(static_cast<double>(trace_.at(n)[static_cast<std::size_t>(s.lead)]), settings_.mm_per_mv, mm);
          if (sweep.wraps(n)) pen_down = false;
          if (pen_down) path.AddLineToPoint(x, y);
          else path.MoveToPoint(x, y);
          pen_down = true;
        }
        gc->SetPen(gc->CreatePen(wxGraphicsPenInfo(off ? off_colour : ink_colour, off ? 2.0 : large_ ? 1.5 : 1.2).Join(wxJOIN_ROUND)));
        gc->StrokePath(path);
      }
    }
  }
  for (std::uint64_t n = std::max(from, trace_.begin() + 1); n < to; ++n) {
    if (!trace_.valid(n) || trace_.valid(n - 1)) continue;
    const std::uint64_t hole = trace_.hole_before(n);
    for (const auto& s : strips_) draw_hole(dc, s, sweep_of(s), n - hole, n);
  }
  if (!refresh) return;
  for (wxRect r : touched) {
    r.Offset(where.GetPosition());
    RefreshRect(r, false);
  }
}

wxString EcgPane::off_words() const {
  wxString out;
  for (int bit = 0; bit < electrode_count; ++bit) {
    if (!((off_seen_ >> bit) & 1u)) continue;
    const Electrode e = electrode(bit, settings_.iec_electrodes);
    out += (out.empty() ? "" : ", ") + wxString(e.name) + " (" + words(e.colour) + ")";
  }
  return out;
}

void EcgPane::draw_torso(wxDC& dc, const wxRect& where) {
  // A front view: the patient's right is on the reader's left. Places in 1/100 of the drawing.
  static constexpr std::array<std::array<double, 2>, electrode_count> place = {{{12, 22}, {88, 22}, {72, 92}, {28, 92}, {44, 44}, {56, 44}, {63, 52}, {69, 61}, {79, 61}, {88, 61}}};
  const int side = px(150);
  const wxRect card(where.GetRight() + px(11), where.y + px(4), side, side + px(4));
  fill_rounded(dc, card, px(8), *wxWHITE, hole_colour);
  const auto at = [&](double x, double y) { return wxPoint(card.x + static_cast<int>(x * side / 100), card.y + static_cast<int>(y * side / 100)); };
  dc.SetPen(wxPen(wxColour(150, 160, 168), 2));
  dc.SetBrush(*wxTRANSPARENT_BRUSH);
  dc.DrawCircle(at(50, 11), side * 8 / 100);
  const std::array<wxPoint, 9> outline = {at(42, 19), at(24, 22), at(4, 40), at(20, 48), at(24, 97), at(76, 97), at(80, 48), at(96, 40), at(76, 22)};
  for (std::size_t i = 0; i + 1 < outline.size(); ++i) dc.DrawLine(outline[i], outline[i + 1]);
  dc.DrawLine(outline.back(), at(58, 19));
  dc.SetFont(font(14, Weight::bold));
  for (int bit = 0; bit < electrode_count; ++bit) {
    const Electrode e = electrode(bit, settings_.iec_electrodes);
    const auto p = place[static_cast<std::size_t>(bit)];
    const bool off = (off_seen_ >> bit) & 1u;
    dc.SetPen(wxPen(off ? hole_colour : wxColour(120, 120, 120), off ? 3 : 1));
    dc.SetBrush(wxBrush(wxColour(static_cast<unsigned char>(e.rgb >> 16), static_cast<unsigned char>(e.rgb >> 8), static_cast<unsigned char>(e.rgb))));
    dc.DrawCircle(at(p[0], p[1]), off ? px(8) : px(4));
    if (!off) continue;
    dc.SetTextForeground(hole_colour);
    const wxSize extent = dc.GetTextExtent(e.name);
    dc.DrawText(e.name, at(p[0], p[1]) + wxPoint(p[0] > 70 ? -extent.x - px(10) : px(10), -extent.y / 2));
  }
}

void EcgPane::draw(wxDC& dc, const wxRect& update) {
  const wxRect where = sheet();
  if (!usable_) {
    cover(dc, words("This device does not send the leads I and II. Please check its settings."));
    return;
  }
  if (ink_.IsOk()) {
    wxMemoryDC source(ink_);
    for (wxRegionIterator piece(GetUpdateRegion()); piece; ++piece) {
      const wxRect r = piece.GetRect().Intersect(where);
      if (!r.IsEmpty()) dc.Blit(r.x, r.y, r.width, r.height, &source, r.x - where.x, r.y - where.y);
    }
  }
  if (bottom_height() && update.GetBottom() > where.GetBottom()) {
    const wxRect bottom(where.x, where.GetBottom() + 1, body().width, bottom_height());
    dc.SetPen(*wxTRANSPARENT_PEN);
    dc.SetBrush(wxBrush(palette().card));
    dc.DrawRectangle(bottom);
    dc.SetFont(font(14));
    dc.SetTextForeground(palette().muted);
    const int free = tools_.front()->GetPosition().x - bottom.x - px(16);
    const wxString filter = to_wx(tr("Baseline filter {0} Hz (view only)", number_words(settings_.strong_baseline ? 0.5 : 0.05, settings_.strong_baseline ? 1 : 2)));
    int y = bottom.y + px(4);
    for (const auto& line : wrap(dc, filter, free, 2)) {
      dc.DrawText(line, bottom.x + px(10), y);
      y += dc.GetCharHeight();
    }
  }
  if (warns()) {  // ground beside and above the smaller sheet
    const wxRect b = body();
    dc.SetPen(*wxTRANSPARENT_PEN);
    dc.SetBrush(wxBrush(palette().card));
    dc.DrawRectangle(b.x, b.y, b.width, where.y - b.y);
    dc.DrawRectangle(where.GetRight() + 1, where.y, b.GetRight() - where.GetRight(), where.height);
  }
  if (off_seen_ && live()) {
    const wxString text = to_wx(tr("Press on the loose electrode: {0}", to_utf8(off_words())));
    dc.SetFont(font(large_ ? 16 : 14, Weight::bold));
    const wxRect b = body();
    const wxRect r = large_ ? wxRect(b.x + px(6), b.y + px(4), b.width - px(12), px(36)) : wxRect(b.x + 2, b.y + 2, b.width - 4, px(24));
    fill_rounded(dc, r, px(6), *wxWHITE, hole_colour);
    dc.SetTextForeground(hole_colour);
    wxRect inside = r;
    inside.Deflate(px(8), 0);
    draw_text(dc, text, inside);
    if (large_) draw_torso(dc, where);
  }
  if (!live()) cover(dc, to_wx(tr("Not a current ECG: {0}", state_words(card_.state))));
  else if (trace_.end() == 0) cover(dc, words("Waiting for the first heartbeats..."));
  else if (silent_s_) cover(dc, to_wx(tr("Not a current ECG: nothing has come for {0} s", std::to_string(silent_s_))));
  else now_on_screen(trace_.newest_ns());
}

}  // namespace caukham::ui
