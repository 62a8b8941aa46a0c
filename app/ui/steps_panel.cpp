#include "ui/steps_panel.hpp"

#include <algorithm>

#include "core/i18n.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

StepsPanel::StepsPanel(wxWindow* parent, StepActs acts) : wxPanel(parent), acts_(std::move(acts)) {
  SetBackgroundColour(palette().ground);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const int gap = px(6);
  title_ = new Words(this, words("Examination"), 14, Weight::bold, palette().muted, px(200));
  column->Add(title_, 0, wxLEFT | wxTOP | wxBOTTOM, px(8));
  const auto add = [&](Button* button) {
    button->set_left_aligned();
    column->Add(button, 0, wxEXPAND | wxBOTTOM, gap);
    return button;
  };
  patient_ = add(new Button(
      this, words("Patient"), [this] { acts_.patient(); }, ButtonStyle::normal, Icon::search));
  for (const char* kind : {"otoscope", "dermatoscope", "ecg", "spirometer", "camera"})
    steps_.push_back(
        {kind, add(new Button(this, to_wx(device_words(kind)), [this, kind] { acts_.bring(kind); }))});
  finish_ = add(new Button(
      this, words("Finish"), [this] { start_finish(); }, ButtonStyle::normal, Icon::check, "F9"));
  history_title_ = new Words(this, words("Earlier exams"), 14, Weight::bold, palette().muted, px(200));
  column->Add(history_title_, 0, wxLEFT | wxTOP | wxBOTTOM, px(8));
  for (int i = 0; i < 4; ++i) {
    history_.push_back(new Words(this, {}, 14, Weight::normal, palette().text, px(200), 1));
    column->Add(history_.back(), 0, wxLEFT | wxBOTTOM, px(8));
  }
  auto* padded = new wxBoxSizer(wxVERTICAL);
  padded->Add(column, 1, wxEXPAND | wxLEFT | wxRIGHT, px(10));
  SetSizer(padded);
  finish_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) {
    asked_ = false;
    finish_->set_label(words("Finish"));
    finish_->set_style(ButtonStyle::normal);
  });
}

void StepsPanel::start_finish() {
  if (!finish_->IsShown() || !finish_->IsEnabled()) return;
  if (asked_) {
    finish_timer_.Stop();
    asked_ = false;
    finish_->set_label(words("Finish"));
    finish_->set_style(ButtonStyle::normal);
    acts_.finish();
    return;
  }
  asked_ = true;
  finish_->set_label(words("Press again to finish"));
  finish_->set_style(ButtonStyle::primary);
  finish_timer_.StartOnce(5000);
}

void StepsPanel::show(const station::Snapshot& s, const std::string& front_kind) {
  const bool open = at_desk(s);
  title_->set_text(open ? words("Examination") : words("Devices"));
  bool moved = patient_->IsShown() != open;
  patient_->Show(open);
  finish_->Show(open);
  finish_->Enable(s.exam.running());
  const bool finishing = open && !s.exam.running();
  if (!asked_) finish_->set_label(finishing ? words("Finishing...") : words("Finish"));
  finish_->set_key(finishing ? wxString() : wxString("F9"));
  patient_->set_note(unnamed(s) ? words("Who is this?") : to_wx(s.patient.name));
  for (auto& [kind, button] : steps_) {
    const core::DeviceStatus* best = nullptr;
    for (const auto& d : s.devices)
      if (d.kind == kind &&
          (!best || (d.state == core::DeviceState::live && best->state != core::DeviceState::live)))
        best = &d;
    std::uint32_t taken = kind == "spirometer" ? static_cast<std::uint32_t>(s.spirometry.size()) : 0;
    if (!taken)
      taken =
          static_cast<std::uint32_t>(std::count_if(s.captures.begin(), s.captures.end(), [&](const auto& c) {
            return c.device_kind == kind && !c.removed;
          }));
    std::string note = state_words(best ? best->state : core::DeviceState::unplugged);
    if (open && taken && best && best->state == core::DeviceState::live)
      note = tr("{0} saved", std::to_string(taken));
    const bool shown = kind != "camera" || best;
    moved = moved || button->IsShown() != shown;
    button->Show(shown);
    button->set_note(to_wx(note));
    button->set_icon(taken && open ? Icon::check : Icon::none);
    button->set_on(open && kind == front_kind);
    button->Enable(open);
  }
  show_history(s);
  if (moved) Layout();
}

void StepsPanel::show_history(const station::Snapshot& s) {
  std::size_t used = 0;
  for (const auto& e : s.recent_exams) {
    // Of an unknown patient there is no history: other unknown people are not he.
    if (!at_desk(s) || s.patient.id.empty() || e.patient_id != s.patient.id || e.id == s.exam.id) continue;
    if (used == history_.size()) break;
    history_[used++]->set_text(
        to_wx(day_words(e.opened_unix_ns) + "  \u00b7  " + tr("{0} saved", std::to_string(e.captures))));
  }
  for (std::size_t i = used; i < history_.size(); ++i) history_[i]->set_text({});
  history_title_->Show(used > 0);
}

}  // namespace caukham::ui
