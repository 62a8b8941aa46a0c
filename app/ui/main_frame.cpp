#include "ui/main_frame.hpp"

#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "ui/native.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::tr;
namespace {
constexpr int tick_ms = 33;
int rank(const std::string& kind) {
  constexpr std::array<const char*, 5> order = {"otoscope", "dermatoscope", "ecg", "spirometer", "camera"};
  return static_cast<int>(std::find(order.begin(), order.end(), kind) - order.begin());
}
}  // namespace

MainFrame::MainFrame(station::Desk& desk, const WindowOptions& options)
    : wxFrame(nullptr, wxID_ANY, "Caukham"),
      desk_(desk),
      options_(options),
      settings_path_(options.settings_file.empty() ? settings_file() : options.settings_file),
      settings_(Settings::load(settings_path_)) {
  if (!options.language.empty()) settings_.language = options.language;
  core::set_language(settings_.language, core::locale_folder());
  set_text_scale(options.text_scale > 0 ? options.text_scale : native::desktop_text_scale());
  choose_palette(wxSystemSettings::GetAppearance().IsDark());
  SetSize(options.width > 0 ? options.width : settings_.width,
          options.height > 0 ? options.height : settings_.height);
  SetMinClientSize(wxSize(1024, 640));
  build();
  if (settings_.maximised && options.width == 0) Maximize();
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& e) {
    if (!key(e)) e.Skip();
  });
  timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { poll(); });
  timer_.Start(tick_ms);
  Bind(wxEVT_CLOSE_WINDOW, [this](wxCloseEvent& e) {
    timer_.Stop();
    remember_size();
    e.Skip();
  });
}

MainFrame::~MainFrame() { timer_.Stop(); }

// Somebody has started Caukham once more.
void MainFrame::come_forward() {
  if (IsIconized()) Iconize(false);
  Show();
  Raise();
  RequestUserAttention(wxUSER_ATTENTION_INFO);  // where the desktop does not let it in front
  core::log_info("window", "started once more: this window was brought to the front");
}

void MainFrame::remember_size() {
  settings_.maximised = IsMaximized();
  if (!IsMaximized() && !IsIconized()) {
    settings_.width = GetSize().x;
    settings_.height = GetSize().y;
  }
  settings_.save(settings_path_);
}

void MainFrame::build() {
  DestroyChildren();
  panes_.clear();
  shown_.reset();
  const auto& p = palette();
  frame_ = make_panel(this, p.ground);
  auto* all = new wxBoxSizer(wxVERTICAL);
  top_ = new TopBar(frame_, [this](wxWindow* at) { open_menu(at); }, [this] { name_patient(); });
  all->Add(top_, 0, wxEXPAND);
  notice_ = new NoticeBar(frame_, desk_);
  all->Add(notice_, 0, wxEXPAND);
  auto* columns = new wxBoxSizer(wxHORIZONTAL);
  steps_ = new StepsPanel(frame_, {[this](const std::string& kind) { bring(kind); },
                                   [this] {
                                     if (unnamed(*shown_)) return name_patient();
                                     notice_->say(
                                         tr("Finish this examination first, then choose the next patient."),
                                         core::now_ns());
                                   },
                                   [this] { desk_.close_exam(); }});
  steps_->SetMinSize(wxSize(px(226), -1));
  columns->Add(steps_, 0, wxEXPAND);
  middle_ = make_panel(frame_, p.ground);
  stage_ = make_panel(middle_, p.ground);
  empty_ = new Words(stage_, {}, 22, Weight::bold, p.muted, px(400));
  start_ = new StartPage(middle_, desk_, [this] { show_middle(*shown_); });
  tray_ = new Tray(middle_, desk_);
  auto* middle = new wxBoxSizer(wxVERTICAL);
  middle->Add(start_, 1, wxEXPAND);
  middle->Add(stage_, 1, wxEXPAND | wxTOP, px(8));
  middle->Add(tray_, 0, wxEXPAND | wxTOP, px(6));
  middle_->SetSizer(middle);
  columns->Add(middle_, 1, wxEXPAND);
  session_ =
      new SessionPanel(frame_, desk_, {[this] { call(); }, [this](const station::AskCard& a) { take(a); }});
  session_->SetMinSize(wxSize(px(304), -1));
  columns->Add(session_, 0, wxEXPAND);
  all->Add(columns, 1, wxEXPAND);
  bottom_ = new BottomBar(frame_, {[this] { capture(); }, [this] { clip(); }, [this] { freeze(); },
                                   [this] { change_side(); }, [this] { call(); }});
  all->Add(bottom_, 0, wxEXPAND);
  // Practice shows itself all round the window, not only in a word.
  auto* outer = new wxBoxSizer(wxVERTICAL);
  outer->Add(all, 1, wxEXPAND | wxALL, desk_.snapshot()->simulated ? px(5) : 0);
  frame_->SetBackgroundColour(desk_.snapshot()->simulated ? p.practice : p.ground);
  frame_->SetSizer(outer);
  auto* top = new wxBoxSizer(wxVERTICAL);
  top->Add(frame_, 1, wxEXPAND);
  SetSizer(top);
  stage_->Bind(wxEVT_SIZE, [this](wxSizeEvent& e) {
    lay_out_middle();
    e.Skip();
  });
  Layout();
  exam_seen_.assign(1, '?');  // like no exam there is: the first snapshot is shown in full
  poll();
}

PluginsWindow* MainFrame::show_plugins() {
  if (!plugins_) plugins_ = new PluginsWindow(this, desk_);
  plugins_->Show();
  plugins_->Raise();
  return plugins_;
}

void MainFrame::set_language(const std::string& language) {
  settings_.language = language;
  settings_.save(settings_path_);
  core::set_language(language, core::locale_folder());
  if (plugins_) plugins_->Destroy();
  build();
}

const Pane* MainFrame::front_pane() const {
  const auto found = panes_.find(front_);
  return found == panes_.end() ? nullptr : found->second;
}

void MainFrame::poll() {
  if (!bottom_) return;  // a tick while the window is being built
  const std::int64_t now = core::now_ns();
  const auto snapshot = desk_.snapshot();
  if (!snapshot) return;
  const bool fresh = !shown_ || snapshot->version != shown_->version;
  if (fresh) {
    match_panes(*snapshot);
    watch(*snapshot, now);
    shown_ = snapshot;
  }
  ++ticks_;
  const bool open = at_desk(*snapshot);
  for (auto& [id, pane] : panes_) {
    if (!open || (id != front_ && ticks_ % 3 != 0)) continue;  // the small ones ten times a second
    if (!pane->tick(now)) continue;
    chooser_.sign(
        id,
        pane->info().device_kind == "spirometer" ? FrontChooser::Sign::breath : FrontChooser::Sign::motion,
        now);
  }
  choose_front(now);
  if (fresh) show_snapshot(*snapshot);
  top_->tick(now);
  if (ticks_ % 10 == 0) {
    tray_->tick(now);
    if (options_.asked_to_show && options_.asked_to_show()) come_forward();
  }
  if (notice_->show(*snapshot, now)) {
    frame_->Layout();
    frame_->Refresh();  // Windows moves what stands below as it was painted, and leaves what was covered
  }
  if (fresh && plugins_) plugins_->show(*snapshot);
}

void MainFrame::match_panes(const station::Snapshot& s) {
  bool changed = false;
  std::map<core::StreamId, Pane*> left = panes_;
  for (const auto& card : s.streams) {
    left.erase(card.info.id);
    if (!panes_.count(card.info.id)) {
      Pane* pane = make_pane(stage_, desk_, card.info, settings_, [this] { settings_.save(settings_path_); });
      if (!pane) continue;
      pane->clicked = [this, id = card.info.id] {
        chooser_.pin(id, core::now_ns());
        refresh_panels();
      };
      panes_[card.info.id] = pane;
      changed = true;
    }
    panes_[card.info.id]->show(card, s);
  }
  for (const auto& [id, pane] : left) {
    panes_.erase(id);
    pane->Destroy();
    changed = true;
    if (id != front_) continue;
    front_ = 0;
    frozen_ = false;  // the stream has ended, and with it what was held
  }
  if (changed) lay_out_middle();
}

void MainFrame::watch(const station::Snapshot& s, std::int64_t now) {
  // What appears when the examination begins was there before; what comes later was plugged in just now.
  if (!s.exam.running()) exam_since_ns_ = 0;
  else if (exam_since_ns_ == 0) exam_since_ns_ = now;
  for (const auto& card : s.streams) {
    auto [state, new_stream] = states_seen_.try_emplace(card.info.id, card.state);
    const bool plugged = card.state == core::DeviceState::live &&
                         (new_stream || state->second == core::DeviceState::unplugged);
    if (plugged && exam_since_ns_ && now - exam_since_ns_ > 3'000'000'000)
      chooser_.sign(card.info.id, FrontChooser::Sign::plugged, now);
    if (card.state == core::DeviceState::live || card.state == core::DeviceState::unplugged)
      state->second = card.state;
    if (card.info.device_kind == "ecg") {
      // An electrode that was off is on now: hands are at the chest.
      const std::uint32_t off = card.electrodes_off & card.electrodes_known;
      auto [seen, first] = electrodes_.try_emplace(card.info.id, off);
      if (!first && (seen->second & ~off)) chooser_.sign(card.info.id, FrontChooser::Sign::electrodes, now);
      seen->second = off;
    }
  }
  const bool other_exam = (at_desk(s) ? s.exam.id : std::string()) != exam_seen_;
  if (other_exam) captures_seen_.clear();
  for (const auto& c : s.captures) {
    if (!captures_seen_.try_emplace(c.id, true).second || other_exam || c.kind != "still") continue;
    for (const auto& card : s.streams)
      if (card.info.device_kind == c.device_kind)
        chooser_.sign(card.info.id, FrontChooser::Sign::button, now);
  }
}

void MainFrame::choose_front(std::int64_t now) {
  std::vector<const Pane*> order;
  for (const auto& [id, pane] : panes_) order.push_back(pane);
  std::stable_sort(order.begin(), order.end(), [](const Pane* a, const Pane* b) {
    if (a->live() != b->live()) return a->live();
    return rank(a->info().device_kind) < rank(b->info().device_kind);
  });
  std::vector<core::StreamId> ids;
  for (const auto* pane : order) ids.push_back(pane->stream());
  if (frozen_) return;  // a frozen picture is being looked at; nothing may take its place
  const core::StreamId front = chooser_.front(ids, now);
  if (front == front_) return;
  front_ = front;
  lay_out_middle();
  if (dynamic_cast<Pane*>(wxWindow::FindFocus()) && panes_.count(front_)) panes_[front_]->SetFocus();
  refresh_panels();
}

void MainFrame::lay_out_middle() {
  const wxSize size = stage_->GetClientSize();
  if (size.x < 10 || size.y < 10) return;
  const int gap = px(8), row = panes_.size() > 1 ? px(size.y > px(620) ? 150 : 112) : 0;
  const auto front = panes_.find(front_);
  std::vector<Pane*> small;
  for (auto& [id, pane] : panes_)
    if (front == panes_.end() || pane != front->second) small.push_back(pane);
  std::stable_sort(small.begin(), small.end(), [](const Pane* a, const Pane* b) {
    return rank(a->info().device_kind) < rank(b->info().device_kind);
  });
  if (front != panes_.end()) {
    front->second->set_large(true);
    front->second->SetSize(gap / 2, 0, size.x - gap, size.y - (row ? row + gap : 0));
  }
  const int count = static_cast<int>(small.size());
  const int width = count ? std::min((size.x - gap) / count, px(300)) : 0;
  for (int i = 0; i < count; ++i) {
    small[static_cast<std::size_t>(i)]->set_large(false);
    small[static_cast<std::size_t>(i)]->SetSize(gap / 2 + i * width, size.y - row,
                                                width - (i + 1 < count ? gap : 0), row);
  }
  empty_->Show(panes_.empty());
  empty_->SetSize(px(40), size.y / 3, size.x - px(80), px(120));
}

// The stage with the devices, or the place for finding a patient.
void MainFrame::show_middle(const station::Snapshot& s) {
  const bool open = at_desk(s);
  if (start_->naming() && open && !unnamed(s)) start_->stop_naming();
  const bool finding = !open || start_->naming();
  if (start_->IsShown() == finding && stage_->IsShown() == !finding) return;
  start_->Show(finding);
  stage_->Show(!finding);
  tray_->Show(!finding);
  middle_->Layout();
  lay_out_middle();
  if (finding)
    start_->focus_search();
  else if (panes_.count(front_))
    panes_[front_]->SetFocus();
  refresh_panels();
}

void MainFrame::show_snapshot(const station::Snapshot& s) {
  const std::string exam = at_desk(s) ? s.exam.id : std::string();
  if (exam != exam_seen_) {
    exam_seen_ = exam;
    set_frozen(false);
    chooser_.unpin();
    start_->stop_naming();
    start_->Show(true);  // whatever is right now, show_middle() sees a change
    stage_->Show(true);
  }
  show_middle(s);
  empty_->set_text(words(
      s.ready ? core::tr_later(
                    "No device is connected. Plug a device into the USB port; it appears here by itself.")
              : core::tr_later("Getting ready...")));
  top_->show(s);
  start_->show(s);
  tray_->show(s);
  const int tray_height =
      px(tray_->empty() ? 44 : 120);  // nothing in it: the room belongs to the live picture
  if (tray_->GetMinSize().y != tray_height) {
    tray_->SetMinSize(wxSize(-1, tray_height));
    middle_->Layout();
  }
  refresh_panels();
}

void MainFrame::refresh_panels() {
  if (!shown_) return;
  const Pane* pane = front_pane();
  steps_->show(*shown_, pane ? pane->info().device_kind : "");
  session_->show(*shown_, first_ask(*shown_));
  bottom_->show(*shown_, start_->IsShown() ? std::string() : front_can(), frozen_);  // nothing is taken unseen
  for (auto& [id, p] : panes_) {
    p->set_pinned(id == chooser_.pinned());
    p->set_frozen(frozen_ && id == front_);
  }
}

std::string MainFrame::front_can() const {
  const Pane* pane = front_pane();
  if (!pane) return {};
  if (pane->info().kind == core::StreamKind::video) return "still";
  return pane->info().device_kind;
}

std::string MainFrame::first_ask(const station::Snapshot& s) const {
  const Pane* pane = front_pane();
  if (!pane) return {};
  for (const auto& a : s.asks) {
    if (a.state != "shown" && a.state != "accepted") continue;
    if (a.stream ? a.stream == front_ : a.device_kind == pane->info().device_kind) return a.id;
  }
  return {};
}

bool MainFrame::save_screenshot(const std::filesystem::path& file) {
  std::error_code ignored;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
  return native::render_png(this, file.string());
}

}  // namespace caukham::ui
