// The plugin manager: what stands on it, and that nothing is removed by accident.
#include "bench.hpp"
#include "core/i18n.hpp"
#include "core/plugin_words.hpp"
#include "ui/native.hpp"

using namespace caukham;
using namespace caukham::test;

namespace {

struct Manager {
  Window w;
  ui::PluginsWindow* plugins = nullptr;
  explicit Manager(const std::string& language = "en") {
    w.examine();
    w.desk.install_plugins();
    w.open(language);
    w.key(WXK_F8);
    plugins = w.frame->show_plugins();  // the one that the key has opened
    until([&] { return plugins->IsShownOnScreen() && words_saying(plugins, "HackEEG"); });
    if (language == "vi") w.desk.install_plugins();  // its sentences in the language that is chosen now
    run_for(200);
  }
  wxImage picture(const std::string& name) {
    run_for(200);
    const auto file = (pictures() / (name + ".png")).string();
    REQUIRE(ui::native::render_png(plugins, file));
    wxImage image;
    REQUIRE(image.LoadFile(file, wxBITMAP_TYPE_PNG));
    return image;
  }
  // The button of this plugin: "power", "keep", "remove", "again", "log".
  ui::Button* button(const std::string& id, const std::string& role) {
    return dynamic_cast<ui::Button*>(wxWindow::FindWindowByName(
        wxString::FromUTF8("/opt/caukham/plugins/" + id + "/" + role), plugins));
  }
};

}  // namespace

TEST_CASE("the plugin manager shows who answers for each driver program, and marks in red whom nobody knows") {
  for (const char* language : {"en", "vi"}) {
    Manager m(language);
    const auto red = ui::palette().danger;
    const auto image = m.picture(std::string("plugins-") + language);
    CHECK(count(image, red.Red(), red.Green(), red.Blue()) > 300);
    const auto installed = m.w.desk.snapshot()->plugins.installed;
    for (const auto& plugin : installed) {
      CAPTURE(plugin.name, language);
      CHECK(words_saying(m.plugins, plugin.name));
      CHECK(words_saying(m.plugins, core::state_words(plugin)));
      if (!plugin.reason.empty()) CHECK(words_saying(m.plugins, plugin.reason));
      if (plugin.id.empty()) continue;
      CHECK(words_saying(m.plugins, plugin.version));
      CHECK(words_saying(m.plugins, plugin.vendor));
      CHECK(words_saying(m.plugins, core::signature_words(plugin)));
      if (!core::use_words(plugin).empty()) CHECK(words_saying(m.plugins, core::use_words(plugin)));
      if (!core::failure_words(plugin).empty()) CHECK(words_saying(m.plugins, core::failure_words(plugin)));
    }
    // All of one kind, and red: a mark that is there for trusted ones too would be none.
    CHECK(words_saying(m.plugins, core::tr("runs only because of developer mode")));
  }
}

TEST_CASE("a driver program is switched off and on again with one press, by keyboard alone") {
  Manager m;
  const std::string ecg = "org.caukham.ecg-hackeeg";
  const auto press = [&](ui::Button* button) {
    REQUIRE(button);
    REQUIRE(button->AcceptsFocus());
    button->SetFocus();
    wxKeyEvent enter(wxEVT_KEY_DOWN);
    enter.m_keyCode = WXK_RETURN;
    button->ProcessWindowEvent(enter);
  };
  press(m.button(ecg, "power"));
  REQUIRE(until([&] { return m.w.desk.did("disable_plugin " + ecg); }));
  REQUIRE(until([&] { return m.button(ecg, "power") && m.button(ecg, "power")->label() == ui::words("Switch on"); }));
  CHECK(until([&] { return m.button(ecg, "power")->HasFocus(); }));  // the keyboard's place is kept
  press(m.button(ecg, "power"));
  CHECK(until([&] { return m.w.desk.did("enable_plugin " + ecg); }));
}

TEST_CASE("a driver program is removed only after a yes, and Escape is a no") {
  Manager m;
  const std::string scope = "vn.example.scope";
  m.button(scope, "keep")->press();
  REQUIRE(until([&] { return m.button(scope, "remove") != nullptr; }));
  CHECK_FALSE(m.w.desk.did("remove_plugin " + scope));
  m.picture("plugins-remove-en");
  wxKeyEvent escape(wxEVT_CHAR_HOOK);
  escape.m_keyCode = WXK_ESCAPE;
  m.plugins->ProcessWindowEvent(escape);
  REQUIRE(until([&] { return m.button(scope, "remove") == nullptr; }));
  CHECK(m.plugins->IsShown());
  m.button(scope, "keep")->press();
  REQUIRE(until([&] { return m.button(scope, "remove") != nullptr; }));
  m.button(scope, "remove")->press();
  CHECK(until([&] { return m.w.desk.did("remove_plugin " + scope); }));
  CHECK(until([&] { return m.button(scope, "keep") == nullptr; }));
}

TEST_CASE("other makers' driver programs are kept out with one press that says what it does") {
  Manager m;
  CHECK(words_saying(m.plugins, "stop at once and stay off"));
  auto* safe = dynamic_cast<ui::Button*>(wxWindow::FindWindowByName("*", m.plugins));
  REQUIRE(safe);
  CHECK(safe->label().Contains(ui::words("Work without other makers' driver programs")));
  const auto before = safe->label();
  safe->press();
  CHECK(m.w.desk.did("third_party no"));
  REQUIRE(until([&] { return safe->label() != before; }));  // its mark is set
  m.picture("plugins-safe-en");
  safe->press();
  CHECK(m.w.desk.did("third_party yes"));
}

TEST_CASE("what a driver program said can be read, and keys pressed beside it take no picture") {
  Manager m;
  m.button("org.caukham.ecg-hackeeg", "log")->press();
  REQUIRE(until([&] {
    return find<wxTextCtrl>(m.plugins, [](const wxTextCtrl& t) { return t.GetValue().Contains("streaming at 500 Hz"); });
  }));
  m.picture("plugins-log-en");
  wxKeyEvent space(wxEVT_CHAR_HOOK);
  space.m_keyCode = WXK_SPACE;
  space.SetEventObject(m.plugins);
  space.ResumePropagation(wxEVENT_PROPAGATE_MAX);
  m.plugins->GetEventHandler()->ProcessEvent(space);
  run_for(100);
  CHECK_FALSE(m.w.desk.did("still 11"));
}
