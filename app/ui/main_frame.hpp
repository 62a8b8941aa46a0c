// The nurse's one window. It polls the desk thirty times a second, draws what changed, and turns keys and
// clicks into acts of the desk. [window thread]
#pragma once
#include "ui/bars.hpp"
#include "ui/front.hpp"
#include "ui/pane.hpp"
#include "ui/plugins_window.hpp"
#include "ui/session_panel.hpp"
#include "ui/settings.hpp"
#include "ui/start_page.hpp"
#include "ui/steps_panel.hpp"
#include "ui/tray.hpp"
#include "ui/window.hpp"

namespace caukham::ui {

class MainFrame : public wxFrame {
 public:
  MainFrame(station::Desk& desk, const WindowOptions& options);
  ~MainFrame() override;

  bool save_screenshot(const std::filesystem::path& file);
  void poll();                        // one tick of the timer
  bool key(const wxKeyEvent& event);  // true: it was one of ours
  core::StreamId front() const { return front_; }
  const Pane* front_pane() const;
  void show_patient_form() { start_->show_form(true); }
  void set_language(const std::string& language);
  PluginsWindow* show_plugins();  // opens the plugin manager, or brings it forward

 private:
  void build();
  void lay_out_middle();
  void match_panes(const station::Snapshot& snapshot);
  void watch(const station::Snapshot& snapshot, std::int64_t now_ns);
  void choose_front(std::int64_t now_ns);
  void show_snapshot(const station::Snapshot& snapshot);
  void refresh_panels();
  std::string first_ask(const station::Snapshot& snapshot) const;  // the ask that Space answers
  std::string front_can() const;
  void open_menu(wxWindow* at);
  void remember_size();
  void come_forward();

  void capture();
  void clip();
  void freeze();
  void set_frozen(bool frozen);
  void name_patient();
  void show_middle(const station::Snapshot& snapshot);
  void change_side();
  void call();
  void take(const station::AskCard& ask);
  void admit_first();
  void bring(const std::string& device_kind);

  station::Desk& desk_;
  WindowOptions options_;
  std::filesystem::path settings_path_;
  Settings settings_;
  std::shared_ptr<const station::Snapshot> shown_;
  FrontChooser chooser_;
  core::StreamId front_ = 0;
  bool frozen_ = false;
  int ticks_ = 0;
  std::map<core::StreamId, Pane*> panes_;
  std::map<core::StreamId, std::uint32_t> electrodes_;
  std::map<core::StreamId, core::DeviceState> states_seen_;
  std::map<std::string, bool> captures_seen_;
  std::int64_t exam_since_ns_ = 0;
  std::string exam_seen_, missing_;
  wxTimer timer_;
  wxPanel *frame_ = nullptr, *middle_ = nullptr, *stage_ = nullptr;
  Words* empty_ = nullptr;
  TopBar* top_ = nullptr;
  NoticeBar* notice_ = nullptr;
  StepsPanel* steps_ = nullptr;
  StartPage* start_ = nullptr;
  Tray* tray_ = nullptr;
  SessionPanel* session_ = nullptr;
  BottomBar* bottom_ = nullptr;
  wxWeakRef<PluginsWindow> plugins_;  // while it is open
};

}  // namespace caukham::ui
