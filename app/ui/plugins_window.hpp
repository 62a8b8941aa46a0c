// The plugin manager: which driver programs this station has, who answers for each, how it does, what it said, and
// whether it may run. Its own window beside the examination, which goes on. [window thread]
#pragma once
#include "core/plugins.hpp"
#include "station/desk.hpp"
#include "ui/controls.hpp"

namespace caukham::ui {

class PluginsWindow : public wxFrame {
 public:
  PluginsWindow(wxWindow* parent, station::Desk& desk);
  // With each new snapshot.
  void show(const station::Snapshot& snapshot);

 private:
  struct Card {
    Words *use = nullptr;
  };
  void build();
  void fill();  // anew, with the keyboard's place kept
  void add_card(const core::PluginInfo& plugin, wxSizer* column);
  void add_buttons(const core::PluginInfo& plugin, wxWindow* panel, wxSizer* column);
  void show_log(const core::PluginInfo* plugin);
  Button* button(wxWindow* parent, const std::string& name, const wxString& label, std::function<void()> act,
                 ButtonStyle style = ButtonStyle::normal, Icon icon = Icon::none);

  station::Desk& desk_;
  station::PluginsCard card_;
  std::string key_, asked_, log_of_, log_shown_;  // asked_: the plugin whose removal waits for a yes
  std::uint64_t said_before_ = 0;                 // notices older than this window are not its own
  std::map<std::string, Card> cards_;
  wxPanel* page_ = nullptr;
  wxScrolledWindow* list_ = nullptr;
  Words *said_ = nullptr, *log_title_ = nullptr;
  Button* safe_ = nullptr;
  wxTextCtrl* log_ = nullptr;
};

}  // namespace caukham::ui
