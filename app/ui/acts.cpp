// What keys, buttons and the menu do: each ends in one call of the desk and returns at once.
#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "ui/calibrate.hpp"
#include "ui/ecg_pane.hpp"
#include "ui/main_frame.hpp"
#include "ui/spirometry_pane.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;

void MainFrame::capture() {
  const Pane* pane = front_pane();
  if (!pane || !shown_->exam.running()) return;
  const std::string ask = first_ask(*shown_);
  for (const auto& a : shown_->asks)
    if (a.id == ask) return take(a);
  if (!pane->live() && !frozen_)
    return notice_->say(tr("This device is not connected; nothing was taken."), core::now_ns());
  // What is kept is what she sees, frozen or not.
  if (pane->info().kind == core::StreamKind::video)
    desk_.capture_still(front_, "", pane->shown_ns());
  else if (pane->info().device_kind == "ecg")
    desk_.capture_ecg(10, "", pane->shown_ns());
  else
    return notice_->say(tr("Every blow is kept by itself."), core::now_ns());
  chooser_.chose(core::now_ns());
  panes_[front_]->flash();
  wxBell();
}

void MainFrame::take(const station::AskCard& ask) {
  if (ask.device_kind == "otoscope" && !ask.side.empty() && ask.side != shown_->side)
    return desk_.set_side(ask.side);
  core::StreamId stream = ask.stream;
  for (const auto& card : shown_->streams)
    if (!stream && card.info.device_kind == ask.device_kind) stream = card.info.id;
  const auto pane = panes_.find(stream);
  if (pane == panes_.end() || (!pane->second->live() && !(frozen_ && stream == front_)))
    return notice_->say(tr("{0}: connect this device first.", device_words(ask.device_kind)), core::now_ns());
  const std::int64_t shown_ns = pane->second->shown_ns();
  if (ask.kind == "ecg" || pane->second->info().device_kind == "ecg")
    desk_.capture_ecg(10, ask.id, shown_ns);
  else if (ask.kind == "clip")
    desk_.capture_clip(stream, 10, ask.id);
  else if (pane->second->info().kind == core::StreamKind::video)
    desk_.capture_still(stream, ask.id, shown_ns);
  else
    return notice_->say(tr("Every blow is kept by itself."), core::now_ns());
  pane->second->flash();
  wxBell();
}

void MainFrame::clip() {
  const Pane* pane = front_pane();
  if (!pane || !shown_->exam.running() || pane->info().kind != core::StreamKind::video ||
      shown_->clip_running)
    return;
  if (!pane->live())
    return notice_->say(tr("This device is not connected; nothing was taken."), core::now_ns());
  desk_.capture_clip(front_, 10, "");
}

void MainFrame::freeze() {
  if (!front_pane() || !at_desk(*shown_)) return;
  set_frozen(!frozen_);
  chooser_.chose(core::now_ns());
  refresh_panels();
}

// The desk keeps the frozen picture for as long as it is looked at.
void MainFrame::set_frozen(bool frozen) {
  if (frozen == frozen_) return;
  frozen_ = frozen;
  const Pane* pane = front_pane();
  if (!pane || pane->info().kind != core::StreamKind::video) return;
  desk_.hold_picture(front_, frozen ? pane->shown_ns() : 0);
}

// "Who is this?": the place for finding a patient, while the examination goes on behind it.
void MainFrame::name_patient() {
  if (!shown_->exam.id.empty() && shown_->patient.id.empty()) start_->name_exam(shown_->exam.id);
  show_middle(*shown_);
}

void MainFrame::change_side() {
  if (at_desk(*shown_)) desk_.set_side(shown_->side == "left" ? "right" : "left");
}

void MainFrame::call() {
  if (!at_desk(*shown_)) return notice_->say(tr("Choose a patient first, then call."), core::now_ns());
  if (shown_->session_open)
    desk_.new_invitation();
  else
    desk_.open_session();
}

void MainFrame::admit_first() {
  for (const auto& g : shown_->guests)
    if (g.state == "knocking") return desk_.admit(g.id);
}

void MainFrame::bring(const std::string& kind) {
  for (const auto& [id, pane] : panes_) {
    if (pane->info().device_kind != kind) continue;
    if (frozen_) freeze();
    chooser_.unpin();
    chooser_.pin(id, core::now_ns());
    if (start_->naming()) start_->stop_naming();
    show_middle(*shown_);
    choose_front(core::now_ns());
    return refresh_panels();
  }
  notice_->say(tr("{0}: plug this device into the USB port; it appears by itself.", device_words(kind)),
               core::now_ns());
}

bool MainFrame::key(const wxKeyEvent& e) {
  const int code = e.GetKeyCode();
  if (!shown_ || e.ControlDown() || e.AltDown()) return false;
  const bool open = at_desk(*shown_), finding = start_->IsShown();
  switch (code) {
    case WXK_F2:
      if (finding) start_->show_form(true);
      return true;
    case WXK_F3:
      if (!open) desk_.open_exam("", "");
      return true;
    case WXK_F4: name_patient(); return true;
    case WXK_F5: call(); return true;
    case WXK_F6: admit_first(); return true;
    case WXK_F7:
      if (shown_->session_open) session_->focus_chat();
      return true;
    case WXK_F8: show_plugins(); return true;
    case WXK_F9: steps_->start_finish(); return true;
    case WXK_F10: open_menu(top_); return true;
    case WXK_F12:
      if (!options_.screenshot_dir.empty())
        save_screenshot(options_.screenshot_dir / ("window-" + std::to_string(ticks_) + ".png"));
      return true;
    case WXK_ESCAPE:
      if (frozen_)
        freeze();
      else if (finding) {
        start_->go_back();
        show_middle(*shown_);
      }
      else {
        if (panes_.count(front_)) panes_[front_]->SetFocus();  // out of a text field: letters are keys again
        notice_->dismiss();
      }
      return true;
    default: break;
  }
  // In a text field letters are letters.
  if (!open || finding || dynamic_cast<wxTextEntry*>(wxWindow::FindFocus())) return false;
  if (code >= '1' && code <= '5') {
    constexpr std::array<const char*, 5> order = {"otoscope", "dermatoscope", "ecg", "spirometer", "camera"};
    bring(order[static_cast<std::size_t>(code - '1')]);
    return true;
  }
  auto* ecg = dynamic_cast<EcgPane*>(const_cast<Pane*>(front_pane()));
  switch (code) {
    case WXK_SPACE: capture(); return true;
    case 'R': clip(); return true;
    case 'F': freeze(); return true;
    case 'L': change_side(); return true;
    case 'M': desk_.set_muted(!shown_->muted); return true;
    case 'H':
      if (auto* breath = dynamic_cast<SpirometryPane*>(const_cast<Pane*>(front_pane()))) return breath->enter_height(), true;
      return false;
    case 'V':
      if (ecg) ecg->next_speed();
      return ecg != nullptr;
    case 'G':
      if (ecg) ecg->next_gain();
      return ecg != nullptr;
    case 'B':
      if (ecg) ecg->next_layout();
      return ecg != nullptr;
    case 'N':
      if (ecg) ecg->next_filter();
      return ecg != nullptr;
    default: return false;
  }
}

void MainFrame::open_menu(wxWindow* at) {
  wxMenu menu;
  enum { vietnamese = wxID_HIGHEST + 1, english, iec, aha, calibrate, plugins, fullscreen, quit };
  menu.AppendRadioItem(vietnamese, wxString::FromUTF8("Ti\u1ebfng Vi\u1ec7t"))
      ->Check(settings_.language == "vi");
  menu.AppendRadioItem(english, "English")->Check(settings_.language == "en");
  menu.AppendSeparator();
  menu.AppendRadioItem(iec, words("Electrodes R L F N (red, yellow, green, black)"))
      ->Check(settings_.iec_electrodes);
  menu.AppendRadioItem(aha, words("Electrodes RA LA LL RL (white, black, red, green)"))
      ->Check(!settings_.iec_electrodes);
  menu.AppendSeparator();
  menu.Append(calibrate, words("Millimetres of this screen: measure with a card..."));
  menu.Append(plugins, words("Driver programs of the devices") + "...\tF8");
  menu.Append(fullscreen, words("Full screen on or off"));
  menu.AppendSeparator();
  menu.Append(quit, words("Close the program"));
  const int chosen = at->GetPopupMenuSelectionFromUser(
      menu, wxPoint(std::max(0, at->GetSize().x - px(420)), at->GetSize().y));
  switch (chosen) {
    case vietnamese:
    case english: CallAfter([this, chosen] { set_language(chosen == vietnamese ? "vi" : "en"); }); return;
    case iec:
    case aha: settings_.iec_electrodes = chosen == iec; break;
    case calibrate:
      // Its own window beside the examination, which goes on; nothing has to be answered.
      open_card_ruler(this, settings_, [this] {
        for (auto& [id, pane] : panes_) pane->settings_changed();
        settings_.save(settings_path_);
      });
      return;
    case plugins: show_plugins(); return;
    case fullscreen: ShowFullScreen(!IsFullScreen()); return;
    case quit: Close(); return;
    default: return;
  }
  settings_.save(settings_path_);
  for (auto& [id, pane] : panes_) pane->settings_changed();
}

}  // namespace caukham::ui
