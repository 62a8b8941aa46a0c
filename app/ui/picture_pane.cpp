#include "ui/picture_pane.hpp"

#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "ui/front.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;
namespace {
constexpr std::int64_t second_ns = 1'000'000'000, pointer_stays_ns = 5 * second_ns;
constexpr std::int64_t quality_stands_ns = 600'000'000;  // a sentence that changes faster cannot be read

bool same(const station::PictureCard& a, const station::PictureCard& b) {
  return a.verdict == b.verdict && a.sentence == b.sentence;
}
}

void PicturePane::show(const station::StreamCardUi& card, const station::Snapshot& snapshot) {
  Pane::show(card, snapshot);
  std::vector<station::PointerMark> mine;
  for (const auto& p : snapshot.pointers)
    if (p.stream == info_.id) mine.push_back(p);
  const bool unmoved = std::equal(
      mine.begin(), mine.end(), pointers_.begin(), pointers_.end(),
      [](const auto& a, const auto& b) { return a.x == b.x && a.y == b.y && a.guest_name == b.guest_name; });
  pointers_ = std::move(mine);
  const std::string side = info_.device_kind == "otoscope" ? snapshot.side : "";
  if (!unmoved || side != side_) RefreshRect(body(), false);
  side_ = side;
  if (!same(card.picture, next_quality_)) {
    next_quality_ = card.picture;
    next_quality_ns_ = core::now_ns();
  }
  if (same(next_quality_, quality_) || core::now_ns() - next_quality_ns_ < quality_stands_ns) return;
  quality_ = next_quality_;
  RefreshRect(body(), false);
}

wxRect PicturePane::stage() const {
  wxRect b = body();
  const bool scope = info_.device_kind == "otoscope" || info_.device_kind == "dermatoscope";
  if (large_ && scope) b.height = std::max(1, b.height - px(36));
  return b;
}

// What to do for a better picture, in its own room below: nothing lies over the ear.
void PicturePane::draw_quality(wxDC& dc) const {
  const wxRect b = body(), s = stage();
  if (s.height == b.height) return;
  const auto& p = palette();
  const wxRect line(b.x, s.GetBottom() + 1, b.width, b.height - s.height);
  const bool known = live() && !frozen_ && !quality_.sentence.empty();
  const bool good = known && quality_.verdict == station::PictureCard::Verdict::good;
  const bool poor = known && quality_.verdict == station::PictureCard::Verdict::poor;
  dc.SetPen(*wxTRANSPARENT_PEN);
  dc.SetBrush(wxBrush(poor ? p.warning_soft : good ? p.good_soft : p.card));
  dc.DrawRectangle(line);
  if (!known) return;
  dc.SetFont(font(16, Weight::bold));
  dc.SetTextForeground(poor ? p.warning : good ? p.good : p.muted);
  const wxString mark = wxString::FromUTF8(poor ? "\u26a0 " : good ? "\u2713 " : "");
  draw_text(dc, mark + words(quality_.sentence.c_str()),
            wxRect(line.x + px(10), line.y, line.width - px(20), line.height));
}

wxRect PicturePane::frame() const {
  const wxRect b = stage();
  if (!picture_ || picture_->width < 1 || picture_->height < 1) return b;
  const double fit = std::min(static_cast<double>(b.width) / picture_->width,
                              static_cast<double>(b.height) / picture_->height);
  const int w = std::max(2, static_cast<int>(picture_->width * fit)),
            h = std::max(2, static_cast<int>(picture_->height * fit));
  return {b.x + (b.width - w) / 2, b.y + (b.height - h) / 2, w, h};
}

bool PicturePane::tick(std::int64_t now_ns) {
  bool moved = false;
  if (!frozen_) {
    auto newest = desk_.picture(info_.id);
    if (newest && newest != picture_) {
      if (compared_ && compared_->width == newest->width && compared_->height == newest->height) {
        if (now_ns - compared_at_ns_ > 200'000'000) {
          moved = luma_change(compared_->y(), compared_->stride_y, newest->y(), newest->stride_y,
                              newest->width, newest->height) > motion_threshold;
          compared_ = newest;
          compared_at_ns_ = now_ns;
        }
      } else {
        compared_ = newest;
        compared_at_ns_ = now_ns;
      }
      picture_ = std::move(newest);
      RefreshRect(body(), false);
    }
  }
  age_ns_ = picture_ ? now_ns - picture_->time_ns : 0;
  const int age_s = age_ns_ > second_ns ? static_cast<int>(age_ns_ / second_ns) : 0;
  if (age_s != age_shown_s_ && !frozen_) {
    age_shown_s_ = age_s;
    RefreshRect(body(), false);
  }
  return moved;
}

std::int64_t PicturePane::shown_ns() const {
  return picture_ && (frozen_ || age_ns_ <= second_ns) ? picture_->time_ns : 0;
}

bool PicturePane::convert() {
  if (!picture_) return false;
  const wxRect f = frame();
  if (shown_ == picture_ && bitmap_.IsOk()) return true;
  const double factor = GetContentScaleFactor();
  const int w = static_cast<int>(f.width * factor), h = static_cast<int>(f.height * factor);
  rgb_.resize(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3);
  if (!scaler_.to_rgb(*picture_, {rgb_.data(), w, h, w * 3})) return false;
  bitmap_ = wxBitmap(wxImage(w, h, rgb_.data(), true), 24, factor);
  shown_ = picture_;
  return bitmap_.IsOk();
}

void PicturePane::draw_pointers(wxDC& dc, const wxRect& f) {
  const std::int64_t now = core::now_ns();
  for (const auto& mark : pointers_) {
    if (now - mark.seen_ns > pointer_stays_ns) continue;
    const wxPoint at(f.x + static_cast<int>(std::clamp(mark.x, 0.0, 1.0) * f.width),
                     f.y + static_cast<int>(std::clamp(mark.y, 0.0, 1.0) * f.height));
    dc.SetBrush(*wxTRANSPARENT_BRUSH);
    for (const auto& [colour, width] :
         {std::pair{*wxBLACK, px(7)}, std::pair{wxColour(64, 255, 120), px(4)}}) {
      dc.SetPen(wxPen(colour, width));
      dc.DrawCircle(at, px(large_ ? 22 : 10));
    }
    if (!large_) continue;
    dc.SetFont(font(15, Weight::bold));
    const wxString name = to_wx(mark.guest_name);
    const wxSize extent = dc.GetTextExtent(name);
    wxRect tag(at.x + px(26), at.y - extent.y / 2 - px(3), extent.x + px(14), extent.y + px(6));
    if (tag.GetRight() > f.GetRight()) tag.x = at.x - px(26) - tag.width;
    fill_rounded(dc, tag, px(5), wxColour(16, 60, 30), wxColour(64, 255, 120));
    dc.SetTextForeground(*wxWHITE);
    dc.DrawLabel(name, tag, wxALIGN_CENTER);
  }
}

void PicturePane::draw(wxDC& dc, const wxRect&) {
  const wxRect b = body();
  dc.SetPen(*wxTRANSPARENT_PEN);
  dc.SetBrush(wxBrush(wxColour(16, 20, 24)));
  dc.DrawRectangle(b);
  const bool drawn = convert();
  const wxRect f = frame();
  if (drawn) dc.DrawBitmap(bitmap_, f.x, f.y);
  if (drawn && !side_.empty()) {
    dc.SetFont(font(large_ ? 22 : 14, Weight::bold));
    const wxString side = to_wx(side_words(side_));
    const wxSize extent = dc.GetTextExtent(side);
    const wxRect badge(f.GetRight() - extent.x - px(28), f.y + px(8), extent.x + px(20), extent.y + px(8));
    fill_rounded(dc, badge, px(6), wxColour(255, 255, 255), palette().accent);
    dc.SetTextForeground(wxColour(11, 72, 96));
    dc.DrawLabel(side, badge, wxALIGN_CENTER);
  }
  draw_pointers(dc, f);
  draw_quality(dc);
  if (!live() && !frozen_) {
    cover(dc, drawn ? to_wx(tr("Not a current picture: {0}", state_words(card_.state)))
                    : to_wx(state_words(card_.state)));
  } else if (!drawn) {
    cover(dc, words("Waiting for the first picture..."));
  } else if (!frozen_ && age_ns_ > second_ns) {
    cover(dc, to_wx(tr("This picture is {0} s old", std::to_string(age_ns_ / second_ns))));
  } else if (!frozen_) {
    now_on_screen(picture_->time_ns);
  }
}

}  // namespace caukham::ui
