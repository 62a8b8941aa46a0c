#include "ui/spirometry_pane.hpp"

#include <algorithm>
#include <cmath>

#include "core/i18n.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;
SpirometryPane::SpirometryPane(wxWindow* parent, station::Desk& desk, const core::StreamInfo& info)
    : Pane(parent, desk, info) {
  height_ = new Button(this, {}, [this] { enter_height(); }, ButtonStyle::normal, Icon::none, "H");
  height_field_ = make_field(this, words("Height in cm, then Enter"), words("cm"), [this] { height_entered(); });
  height_field_->Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& e) {
    e.Skip();
    CallAfter([this] {  // not when another program has come to the front meanwhile
      if (const auto* now = FindFocus(); now && now != height_field_) put_height_away();
    });
  });
  height_->Hide();
  height_field_->Hide();
}

void SpirometryPane::enter_height() {
  if (!large_) return;
  height_field_->SetSize(height_->GetRect());
  height_field_->ChangeValue(height_cm_ > 0 ? to_wx(core::decimal(height_cm_, 0)) : wxString());
  height_->Hide();
  height_field_->Show();
  height_field_->SetFocus();
}

void SpirometryPane::height_entered() {
  double cm = 0;
  wxString typed = height_field_->GetValue();
  typed.Replace(",", ".");
  if (!typed.ToCDouble(&cm)) cm = 0;  // the desk says what a height is
  if (cm > 0 && cm < 2.6) cm *= 100;  // "1,58": metres
  desk_.set_height(cm);
  put_height_away();
  SetFocus();
}

void SpirometryPane::put_height_away() {
  height_field_->Hide();
  height_->Show(large_);
}

void SpirometryPane::set_large(bool large) {
  if (large == large_) return;  // said at every layout; a height that is being typed stays
  Pane::set_large(large);
  put_height_away();
  resized();
}

// The loops need their room first.
int SpirometryPane::list_rows() const {
  const int height = body().height;
  return height >= px(400) ? 3 : height >= px(315) ? 2 : 1;
}

wxRect SpirometryPane::session_place() const {
  if (!large_) return {};
  const wxRect b = body();
  const int list = std::clamp(static_cast<int>(blows_.size()), 1, list_rows()) * px(34);
  return {b.x + px(10), b.GetBottom() - list - px(58), b.width - px(20), px(52)};
}

void SpirometryPane::resized() {
  const wxRect place = session_place();
  if (place.IsEmpty()) return;
  height_->set_label(height_cm_ > 0 ? to_wx(tr("Height {0} cm", core::decimal(height_cm_, 0))) : words("Height?"));
  const wxSize best = height_->GetBestSize();
  height_->SetSize(place.GetRight() - best.x, place.y + px(3), best.x, px(46));
}

wxString SpirometryPane::header_note() const {
  if (session_.fev1_grade == 0) return {};
  const std::string fev1(1, session_.fev1_grade), fvc(1, session_.fvc_grade);
  const std::string grades = "FEV1 " + fev1 + " \u00b7 FVC " + fvc;
  if (large_ && GetClientSize().x < px(780)) return to_wx(grades);  // the device's own name must stay readable
  return to_wx(large_ ? tr("Grade FEV1 {0} \u00b7 FVC {1}", fev1, fvc) : fev1 + " \u00b7 " + fvc);
}

void SpirometryPane::show(const station::StreamCardUi& card, const station::Snapshot& snapshot) {
  Pane::show(card, snapshot);
  const auto& s = snapshot.spirometry_session;
  std::string key = core::language() + s.fev1_grade + s.fvc_grade + s.hint + s.missing + s.reference +
                    std::to_string(snapshot.height_cm) + "/" + std::to_string(snapshot.spirometry.size());
  for (const auto& v : s.values) key += std::to_string(v.value) + std::to_string(v.z.value_or(99));
  if (key != session_key_) {
    session_key_ = key;
    session_ = s;
    height_cm_ = snapshot.height_cm;
    blows_ = snapshot.spirometry.all();
    resized();
    Refresh();
  }
  if (snapshot.spirometry.size() != blows_.size() ||
      (!blows_.empty() && (blows_.back().words != snapshot.spirometry.back().words ||
                           blows_.back().time_s.size() != snapshot.spirometry.back().time_s.size())))
    Refresh();
  blows_ = snapshot.spirometry.all();
}

bool SpirometryPane::tick(std::int64_t now_ns) {
  if (frozen_ || info_.rate_hz <= 0) return false;
  const auto window = desk_.waveform(info_.id, next_sample_);
  for (const auto& run : window.runs) {
    if (run.first_sample + run.count <= next_sample_ ||
        run.samples.size() < static_cast<std::size_t>(run.count) * info_.channels())
      continue;
    const std::uint64_t from = std::max(run.first_sample, next_sample_);
    if (next_sample_ && from > next_sample_) breath_.hole();
    for (std::uint64_t n = from; n < run.first_sample + run.count; ++n)
      breath_.add(static_cast<double>(n) / info_.rate_hz,
                  run.samples[(n - run.first_sample) * info_.channels()] * info_.scale + info_.offset);
    next_sample_ = run.first_sample + run.count;
  }
  const bool manoeuvring = next_sample_ && breath_.manoeuvring(static_cast<double>(next_sample_) / info_.rate_hz);
  if (window.newest_ns != newest_ns_ && (manoeuvring || now_ns - last_draw_ns_ > 200'000'000)) {
    newest_ns_ = window.newest_ns;
    last_draw_ns_ = now_ns;
    RefreshRect(body(), false);
  }
  return manoeuvring;
}

}  // namespace caukham::ui
