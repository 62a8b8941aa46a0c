// A window over the fake desk, run by the test itself: nothing sleeps, everything is awaited.
#pragma once
#include <wx/evtloop.h>
#include <wx/wx.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "core/clock.hpp"
#include "fake_desk.hpp"
#include "ui/main_frame.hpp"

namespace caukham::test {
namespace fs = std::filesystem;

inline constexpr std::int64_t ms = 1'000'000;

inline fs::path pictures() {
  const char* folder = std::getenv("UI_PICTURES");
  return folder ? fs::path(folder) : fs::temp_directory_path() / "caukham-ui-pictures";
}

// Runs the window until `done`, at most 20 s.
template <class Done>
bool until(Done done) {
  auto* loop = static_cast<wxGUIEventLoop*>(wxEventLoopBase::GetActive());
  const std::int64_t end = core::now_ns() + 20'000 * ms;
  while (core::now_ns() < end) {
    while (loop->Pending()) loop->Dispatch();
    wxTheApp->ProcessPendingEvents();
    loop->ProcessIdle();
    if (done()) return true;
    loop->DispatchTimeout(10);
  }
  return done();
}
inline void run_for(int milliseconds) {
  const std::int64_t end = core::now_ns() + milliseconds * ms;
  until([&] { return core::now_ns() >= end; });
}

struct Window {
  FakeDesk desk;
  ui::MainFrame* frame = nullptr;
  fs::path settings = fs::temp_directory_path() / ("caukham-ui-" + std::to_string(core::now_ns()) + ".json");

  void open(const std::string& language = "vi", int width = 1366, int height = 768, double scale = 1.0) {
    ui::WindowOptions options;
    options.language = language;
    options.settings_file = settings;
    options.width = width;
    options.height = height;
    options.text_scale = scale;
    frame = new ui::MainFrame(desk, options);
    frame->Show();
    until([&] { return frame->IsShownOnScreen() && frame->GetClientSize().x >= width - 50; });
  }
  void examine() {
    desk.plug_all();
    desk.open_with("Nguyễn Thị Ánh");
  }
  ~Window() {
    if (frame) frame->Destroy();
    run_for(20);
    fs::remove(settings);
  }
  void key(int code) {
    wxKeyEvent e(wxEVT_CHAR_HOOK);
    e.m_keyCode = code;
    e.SetEventObject(frame);
    frame->ProcessWindowEvent(e);
    run_for(120);
  }
  bool front(core::StreamId id) {
    return until([&] { return frame->front() == id; });
  }
  wxImage picture(const std::string& name) {
    run_for(300);
    const fs::path file = pictures() / (name + ".png");
    REQUIRE(frame->save_screenshot(file));
    wxImage image;
    REQUIRE(image.LoadFile(file.string(), wxBITMAP_TYPE_PNG));
    return image;
  }
};

// Pixels of about this colour.
inline int count(const wxImage& image, int r, int g, int b, int tolerance = 12) {
  int n = 0;
  const unsigned char* p = image.GetData();
  for (int i = 0; i < image.GetWidth() * image.GetHeight(); ++i, p += 3)
    n +=
        std::abs(p[0] - r) <= tolerance && std::abs(p[1] - g) <= tolerance && std::abs(p[2] - b) <= tolerance;
  return n;
}

template <class Kind, class Test>
Kind* find(wxWindow* in, Test test) {
  for (auto* child : in->GetChildren()) {
    if (!child->IsShown()) continue;
    if (auto* found = dynamic_cast<Kind*>(child); found && test(*found)) return found;
    if (auto* found = find<Kind>(child, test)) return found;
  }
  return nullptr;
}
inline ui::Button* button(wxWindow* in, const char* label) {
  return find<ui::Button>(in, [&](const ui::Button& b) { return b.label() == ui::words(label); });
}
// The line of words that says this, wherever it stands.
inline ui::Words* words_saying(wxWindow* in, const std::string& part) {
  return find<ui::Words>(
      in, [&](const ui::Words& w) { return w.text().Contains(wxString::FromUTF8(part)) && w.IsShownOnScreen(); });
}

}  // namespace caukham::test
