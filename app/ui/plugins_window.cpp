#include "ui/plugins_window.hpp"

#include "core/i18n.hpp"
#include "core/plugin_words.hpp"
#include "ui/words.hpp"

namespace caukham::ui {
using core::PluginInfo;
using core::PluginState;
using core::tr;

namespace {

constexpr const char* all_others = "*";  // as in PluginsCard::busy

// What makes the cards be built anew; figures that run are set in place.
std::string key_of(const station::PluginsCard& card, const std::string& asked, const std::string& log_of) {
  std::string key = core::language() + (card.third_party ? "+" : "-") + card.busy + "|" + asked + "|" + log_of;
  for (const auto& p : card.installed)
    key += "|" + p.id + p.folder + p.version + std::to_string(static_cast<int>(p.state)) + (p.enabled ? "e" : "d") +
           std::to_string(static_cast<int>(p.signature)) + p.reason;
  return key;
}

std::string use_line(const PluginInfo& p) {
  std::string line = core::use_words(p);
  for (const auto& more : {core::failure_words(p), p.id.empty() ? std::string() : core::sandbox_words(p)})
    if (!more.empty()) line += (line.empty() ? "" : " \u00b7 ") + more;
  return line;
}

const wxColour& state_colour(const PluginInfo& p) {
  const auto& c = palette();
  switch (p.state) {
    case PluginState::running: return c.good;
    case PluginState::failing:
    case PluginState::broken: return c.danger;
    case PluginState::disabled: return p.enabled ? c.danger : c.muted;
    case PluginState::idle: return c.muted;
  }
  return c.muted;
}

}  // namespace

PluginsWindow::PluginsWindow(wxWindow* parent, station::Desk& desk)
    : wxFrame(parent, wxID_ANY, words("Driver programs of the devices"), wxDefaultPosition, wxSize(px(860), px(640)),
              wxCAPTION | wxCLOSE_BOX | wxRESIZE_BORDER | wxFRAME_FLOAT_ON_PARENT | wxTAB_TRAVERSAL),
      desk_(desk) {
  SetExtraStyle(wxWS_EX_BLOCK_EVENTS);  // keys pressed here are not the examination's
  const auto now = desk_.snapshot();
  if (!now->notices.empty()) said_before_ = now->notices.back().number;
  build();
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& e) {
    if (e.GetKeyCode() != WXK_ESCAPE) return e.Skip();
    if (!asked_.empty()) {
      asked_.clear();
      fill();
    } else if (!log_of_.empty()) {
      log_of_.clear();
      fill();
    } else {
      Close();
    }
  });
  show(*now);
  CentreOnParent();
}

void PluginsWindow::build() {
  const auto& p = palette();
  page_ = make_panel(this, p.ground);
  auto* column = new wxBoxSizer(wxVERTICAL);
  safe_ = button(page_, all_others, {}, [this] { desk_.allow_third_party(!card_.third_party); });
  safe_->set_left_aligned();
  column->Add(safe_, 0, wxEXPAND | wxALL, px(12));
  column->Add(new Words(page_,
                        words("For when a device's driver program disturbs the station. Devices of other makers stop at "
                              "once and stay off, also when Caukham starts again, until this is taken back."),
                        14, Weight::normal, p.muted, px(820)),
              0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(14));
  said_ = new Words(page_, {}, 15, Weight::bold, p.text, px(820));
  said_->Hide();
  column->Add(said_, 0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(14));
  list_ = new wxScrolledWindow(page_, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                               wxVSCROLL | wxBORDER_NONE | wxTAB_TRAVERSAL);
  list_->SetBackgroundColour(p.ground);
  list_->SetScrollRate(0, px(22));
  list_->SetSizer(new wxBoxSizer(wxVERTICAL));
  column->Add(list_, 3, wxEXPAND | wxLEFT | wxRIGHT, px(12));
  log_title_ = new Words(page_, {}, 15, Weight::bold, p.text, px(820), 1);
  column->Add(log_title_, 0, wxEXPAND | wxALL, px(12));
  log_ = new wxTextCtrl(page_, wxID_ANY, {}, wxDefaultPosition, wxDefaultSize,
                        wxTE_MULTILINE | wxTE_READONLY | wxTE_DONTWRAP);
  log_->SetFont(wxFont(wxFontInfo(wxSize(0, px(17))).Family(wxFONTFAMILY_TELETYPE)));
  column->Add(log_, 2, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(12));
  page_->SetSizer(column);
  auto* top = new wxBoxSizer(wxVERTICAL);
  top->Add(page_, 1, wxEXPAND);
  SetSizer(top);
}

Button* PluginsWindow::button(wxWindow* parent, const std::string& name, const wxString& label, std::function<void()> act,
                              ButtonStyle style, Icon icon) {
  auto* made = new Button(parent, label, std::move(act), style, icon);
  made->SetName(to_wx(name));
  return made;
}

void PluginsWindow::show(const station::Snapshot& s) {
  card_ = s.plugins;
  wxString said;
  if (!s.notices.empty() && s.notices.back().number > said_before_) said = to_wx(s.notices.back().words);
  if (!card_.busy.empty()) said = words("One moment...");
  if (said != said_->text()) {
    said_->set_text(said);
    said_->Show(!said.empty());
    page_->Layout();
  }
  if (key_of(card_, asked_, log_of_) != key_) return fill();
  for (const auto& plugin : card_.installed) {
    if (const auto card = cards_.find(plugin.folder); card != cards_.end())
      card->second.use->set_text(to_wx(use_line(plugin)));
    if (plugin.folder == log_of_) show_log(&plugin);
  }
}

void PluginsWindow::fill() {
  key_ = key_of(card_, asked_, log_of_);
  wxWindow* focus = wxWindow::FindFocus();
  const wxString at = focus && wxGetTopLevelParent(focus) == this ? focus->GetName() : wxString();
  int x = 0, y = 0;
  list_->GetViewStart(&x, &y);
  safe_->set_on(!card_.third_party);
  safe_->set_label(wxString::FromUTF8(card_.third_party ? "\u2610  " : "\u2611  ") +
                   words("Work without other makers' driver programs"));
  safe_->Enable(card_.busy.empty());
  cards_.clear();
  list_->GetSizer()->Clear(true);
  if (card_.installed.empty())
    list_->GetSizer()->Add(new Words(list_, words("No driver program is installed."), 16, Weight::normal, palette().muted),
                           0, wxALL, px(12));
  const PluginInfo* logged = nullptr;
  for (const auto& plugin : card_.installed) {
    add_card(plugin, list_->GetSizer());
    if (plugin.folder == log_of_) logged = &plugin;
  }
  show_log(logged);
  page_->Layout();
  list_->FitInside();
  list_->Scroll(x, y);
  if (!at.empty())
    if (auto* again = wxWindow::FindWindowByName(at, this)) again->SetFocus();
}

void PluginsWindow::add_card(const PluginInfo& plugin, wxSizer* all) {
  const auto& p = palette();
  auto* panel = make_panel(list_, p.card);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto line = [&](const std::string& text, int size, Weight weight, const wxColour& colour) {
    auto* made = new Words(panel, to_wx(text), size, weight, colour, px(780));
    column->Add(made, 0, wxEXPAND | wxLEFT | wxRIGHT | wxBOTTOM, px(4));
    return made;
  };
  auto* head = new wxBoxSizer(wxHORIZONTAL);
  head->Add(new Words(panel, to_wx(plugin.name), 18, Weight::bold, p.text, px(520), 1), 1, wxALIGN_CENTER_VERTICAL);
  head->Add(new Words(panel, to_wx(core::state_words(plugin)), 16, Weight::bold, state_colour(plugin)), 0,
            wxALIGN_CENTER_VERTICAL | wxLEFT, px(12));
  column->Add(head, 0, wxEXPAND | wxALL, px(4));
  if (!plugin.id.empty())
    line(tr("Version {0} \u00b7 {1} \u00b7 {2}", plugin.version, plugin.vendor, device_words(plugin.kind)), 15,
         Weight::normal, p.muted);
  if (plugin.state != PluginState::broken) {
    const bool trusted = plugin.signature == trust::State::trusted;
    std::string words = core::signature_words(plugin);
    if (!trusted && plugin.state != PluginState::disabled) words += " \u00b7 " + tr("runs only because of developer mode");
    line((trusted ? "" : "\u26a0 ") + words, 15, trusted ? Weight::normal : Weight::bold, trusted ? p.muted : p.danger);
  }
  if (!plugin.reason.empty()) line(plugin.reason, 15, Weight::normal, p.text);
  cards_[plugin.folder].use = line(use_line(plugin), 14, Weight::normal, p.muted);
  add_buttons(plugin, panel, column);
  auto* edge = new wxBoxSizer(wxVERTICAL);
  edge->Add(column, 1, wxEXPAND | wxALL, px(8));
  panel->SetSizer(edge);
  all->Add(panel, 0, wxEXPAND | wxBOTTOM, px(8));
}

void PluginsWindow::add_buttons(const PluginInfo& plugin, wxWindow* panel, wxSizer* column) {
  const std::string id = plugin.id, folder = plugin.folder;
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  const auto add = [&](const char* role, const wxString& label, std::function<void()> act,
                       ButtonStyle style = ButtonStyle::normal) {
    auto* made = button(panel, folder + "/" + role, label, std::move(act), style);
    made->Enable(card_.busy.empty());
    row->Add(made, 0, wxRIGHT, px(8));
    return made;
  };
  if (asked_ == id && !id.empty()) {
    const auto question = plugin.third_party
                              ? tr("Remove {0} from this computer? Its devices stop, and its files are deleted.", plugin.name)
                              : tr("Remove {0} from this computer? It is a part of Caukham: its devices stop, and only "
                                   "installing Caukham again brings it back.", plugin.name);
    column->Add(new Words(panel, to_wx(question), 16, Weight::bold, palette().danger, px(780)), 0, wxEXPAND | wxALL, px(4));
    add("keep", words("Keep it"), [this] {
      asked_.clear();
      fill();
    });
    add("remove", words("Remove"), [this, id] {
      asked_.clear();
      desk_.remove_plugin(id);
    }, ButtonStyle::danger);
  } else {
    if (!id.empty() && plugin.enabled)
      add("power", words("Switch off"), [this, id] { desk_.disable_plugin(id); });
    else if (!id.empty())
      add("power", words("Switch on"), [this, id] { desk_.enable_plugin(id); }, ButtonStyle::primary);
    if (!id.empty() && plugin.enabled && plugin.state != PluginState::running && plugin.state != PluginState::idle)
      add("again", words("Try again"), [this, id] { desk_.enable_plugin(id); });
    if (!id.empty())
      add("keep", words("Remove..."), [this, id] {
        asked_ = id;
        fill();
      });
    if (!plugin.log_tail.empty() || !id.empty())
      add("log", words(log_of_ == folder ? core::tr_later("Hide what it said") : core::tr_later("What it said")),
          [this, folder] {
            log_of_ = log_of_ == folder ? std::string() : folder;
            fill();
          })->set_on(log_of_ == folder);
  }
  column->Add(row, 0, wxTOP | wxBOTTOM, px(4));
}

void PluginsWindow::show_log(const PluginInfo* plugin) {
  const bool shown = plugin != nullptr;
  log_title_->Show(shown);
  log_->Show(shown);
  if (!shown) return log_shown_.clear();
  log_title_->set_text(words("What it said last, for the technician:") + " " + to_wx(plugin->name));
  std::string text;
  for (const auto& said : plugin->log_tail) text += said + "\n";
  if (text.empty()) text = tr("It has said nothing, or has not run yet.");
  if (text == log_shown_) return;
  log_shown_ = text;
  log_->ChangeValue(to_wx(text));
  log_->ShowPosition(log_->GetLastPosition());
}

}  // namespace caukham::ui
