#include "ui/ecg_pane.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>

#include "core/i18n.hpp"
#include "ui/ecg_colours.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

EcgPane::EcgPane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info, Settings& settings,
                 std::function<void()> settings_changed)
    : Pane(parent, desk, info), settings_(settings), on_settings_(std::move(settings_changed)) {
  usable_ = trace_.set_stream(info);
  trace_.set_filter(filter_of(settings.filter));
  SetBackgroundColour(palette().card);
  tools_ = {new Button(
                this, {}, [this] { next_speed(); }, ButtonStyle::normal, Icon::none, "V"),
            new Button(
                this, {}, [this] { next_gain(); }, ButtonStyle::normal, Icon::none, "G"),
            new Button(
                this, {}, [this] { next_layout(); }, ButtonStyle::normal, Icon::none, "B"),
            new Button(
                this, {}, [this] { next_filter(); }, ButtonStyle::normal, Icon::none, "N")};
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

void EcgPane::next_speed() {
  settings_.mm_per_s = settings_.mm_per_s == 25 ? 50 : 25;
  changed_by_hand();
}
void EcgPane::next_gain() {
  settings_.mm_per_mv = settings_.mm_per_mv == 5 ? 10 : settings_.mm_per_mv == 10 ? 20 : 5;
  changed_by_hand();
}
void EcgPane::next_layout() {
  settings_.layout = static_cast<EcgLayout>((static_cast<int>(settings_.layout) + 1) % 3);
  changed_by_hand();
}
void EcgPane::next_filter() {
  settings_.filter = static_cast<EcgFilter>((static_cast<int>(settings_.filter) + 1) % 3);
  trace_.set_filter(filter_of(settings_.filter));
  changed_by_hand();
}
// The active filter, always in sight: what the eye may judge depends on it.
std::string EcgPane::filter_words() const {
  std::string text = tr("Filter {0}. The recording is unfiltered.", localised_filter());
  if (settings_.filter == EcgFilter::monitor) text = tr("Filter {0}: not for judging ST.", localised_filter());
  if (trace_.settling()) text += " " + tr("The baseline is settling.");
  return text;
}

std::string EcgPane::localised_filter() const {
  std::string text = trace_.filter_text();
  if (core::language() == "vi") {
    for (std::size_t n = 1; n + 1 < text.size(); ++n)
      if (text[n] == '.' && std::isdigit(static_cast<unsigned char>(text[n + 1]))) text[n] = ',';
    if (const auto notch = text.find(", 50 Hz notch"); notch != std::string::npos)
      text.replace(notch, std::string::npos, "; " + tr("50 Hz notch"));
  }
  return text == "no filter" ? tr("none") : text;
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
  tools_[3]->set_label(words("Filter"));
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
  return wxString::Format(wxString::FromUTF8("\u2665 %d"),
                          static_cast<int>(std::lround(card_.heart_rate_bpm))) +
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
  if (trace_.settling() != settling_) {
    settling_ = !settling_;
    RefreshRect(wxRect(0, sheet().GetBottom(), GetClientSize().x, bottom_height() + 1), false);
  }
  return false;
}

void EcgPane::rebuild() {
  const wxSize size = sheet().GetSize();
  if (!usable_ || size.x < 8 || size.y < 8) return;
  const double mm = scale(), pulse = large_ ? std::max(pulse_mm, 0.2 * settings_.mm_per_s + 2.5) * mm : 0;
  const EcgLayout layout = large_ ? settings_.layout : EcgLayout::single;
  names_width_ =
      large_ && layout == EcgLayout::twelve_by_one ? px(42) : 0;  // low rows: names beside the traces
  const double left = pulse + names_width_;
  strips_ = lay_strips(layout, size.x - left, size.y);
  for (auto& s : strips_) s.x += left;
  hole_words_.clear();
  for (wxBitmap* bitmap : {&paper_, &ink_}) bitmap->CreateScaled(size.x, size.y, 24, GetContentScaleFactor());
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

wxString EcgPane::off_words() const {
  wxString out;
  for (int bit = 0; bit < electrode_count; ++bit) {
    if (!((off_seen_ >> bit) & 1u)) continue;
    const Electrode e = electrode(bit, settings_.iec_electrodes);
    out += (out.empty() ? "" : ", ") + wxString(e.name) + " (" + words(e.colour) + ")";
  }
  return out;
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
    const wxString filter = to_wx(filter_words());
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
    const wxRect r = large_ ? wxRect(b.x + px(6), b.y + px(4), b.width - px(12), px(36))
                            : wxRect(b.x + 2, b.y + 2, b.width - 4, px(24));
    fill_rounded(dc, r, px(6), *wxWHITE, hole_colour);
    dc.SetTextForeground(hole_colour);
    wxRect inside = r;
    inside.Deflate(px(8), 0);
    draw_text(dc, text, inside);
    if (large_) draw_torso(dc, where);
  }
  if (!live())
    cover(dc, to_wx(tr("Not a current ECG: {0}", state_words(card_.state))));
  else if (trace_.end() == 0)
    cover(dc, words("Waiting for the first heartbeats..."));
  else if (silent_s_)
    cover(dc, to_wx(tr("Not a current ECG: nothing has come for {0} s", std::to_string(silent_s_))));
  else
    now_on_screen(trace_.newest_ns());
}

}  // namespace caukham::ui
