// The window against the fake desk, on a virtual screen. Pictures of every state are kept in UI_PICTURES for
// people.
#define CATCH_CONFIG_RUNNER
#include <wx/evtloop.h>
#include <wx/wx.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "fake_desk.hpp"
#include "ui/main_frame.hpp"
#include "ui/native.hpp"

using namespace caukham;
using test::FakeDesk;
namespace fs = std::filesystem;

namespace {
constexpr std::int64_t ms = 1'000'000;

fs::path pictures() {
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
void run_for(int milliseconds) {
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
int count(const wxImage& image, int r, int g, int b, int tolerance = 12) {
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
ui::Button* button(wxWindow* in, const char* label) {
  return find<ui::Button>(in, [&](const ui::Button& b) { return b.label() == ui::words(label); });
}
}  // namespace

TEST_CASE("the window opens without a patient and offers search, a new patient and examine now") {
  Window w;
  w.open();
  CHECK(button(w.frame, "New patient"));
  CHECK(button(w.frame, "Examine now, name later"));
  w.picture("start-vi");
  w.key(WXK_F3);
  CHECK(w.desk.did("open_exam "));
  w.picture("no-device-vi");
}

TEST_CASE("a search shows the patients found, and a click opens the examination") {
  Window w;
  w.open();
  w.desk.plug_all();
  auto* field = find<wxTextCtrl>(w.frame, [](const wxTextCtrl&) { return true; });
  REQUIRE(field);
  field->SetValue(wxString::FromUTF8("Ánh"));
  REQUIRE(until([&] { return w.desk.did("search Ánh"); }));
  w.picture("search-vi");
  ui::Button* row = nullptr;
  REQUIRE(until([&] {
    return (row = find<ui::Button>(w.frame, [](const ui::Button& b) {
              return b.label() == wxString::FromUTF8("Nguyễn Thị Ánh");
            })) != nullptr;
  }));
  row->press();
  CHECK(w.desk.did("open_exam p1"));
}

TEST_CASE("the text of an identity card's QR code fills the form, and saving opens the examination") {
  Window w;
  w.open();
  w.key(WXK_F2);
  auto* name = find<wxTextCtrl>(w.frame, [](const wxTextCtrl&) { return true; });
  REQUIRE(name);
  name->SetValue(wxString::FromUTF8(
      "001179001234|011234567|Nguyễn Thị Ánh|08031979|Nữ|Thôn 3, Hương Thuỷ, Huế|10052021"));
  CHECK(name->GetValue() == wxString::FromUTF8("Nguyễn Thị Ánh"));
  w.picture("form-vi");
  button(w.frame, "Save and examine")->press();
  CHECK(w.desk.did("create Nguyễn Thị Ánh 1979-03-08 female"));
  CHECK(until([&] { return w.desk.did("open_exam p9"); }));
}

TEST_CASE("a form with a birth date that is not in the calendar says so and saves nothing") {
  Window w;
  w.open();
  w.key(WXK_F2);
  auto* name = find<wxTextCtrl>(w.frame, [](const wxTextCtrl&) { return true; });
  name->SetValue("A");
  auto* birth = find<wxTextCtrl>(w.frame, [&](const wxTextCtrl& t) { return &t != name; });
  birth->SetValue("31/02/1980");
  button(w.frame, "Save and examine")->press();
  w.picture("form-wrong-vi");
  for (const auto& act : w.desk.acts()) CHECK(act.rfind("create", 0) != 0);
}

TEST_CASE("Space takes a picture of the device in front, L changes the side, R films, F freezes") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.key(WXK_SPACE);
  CHECK(w.desk.did("still 11"));
  w.key('L');
  CHECK(w.desk.did("side right"));
  w.key(WXK_SPACE);
  w.key('R');
  CHECK(w.desk.did("clip 11 10"));
  w.key('2');
  REQUIRE(w.front(FakeDesk::skin));
  w.key(WXK_SPACE);
  CHECK(w.desk.did("still 12"));
  w.key('3');
  REQUIRE(w.front(FakeDesk::ecg));
  w.key(WXK_SPACE);
  CHECK(w.desk.did("ecg 10"));
  w.key('1');
  w.key('F');
  w.picture("ear-frozen-vi");
  w.key(WXK_ESCAPE);
  w.picture("ear-vi");
  CHECK(w.desk.drawn_count(FakeDesk::ear) > 5);
}

TEST_CASE("letters typed into a message stay letters") {
  Window w;
  w.examine();
  w.desk.open_session();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.key(WXK_F7);
  REQUIRE(dynamic_cast<wxTextCtrl*>(wxWindow::FindFocus()));
  w.key(WXK_SPACE);
  w.key('R');
  CHECK_FALSE(w.desk.did("still 11"));
  CHECK_FALSE(w.desk.did("clip 11 10"));
}

TEST_CASE("F5 opens the session; a knock shows name and organisation and is admitted with F6") {
  Window w;
  w.examine();
  w.open();
  w.key(WXK_F5);
  CHECK(w.desk.did("open_session"));
  w.picture("invitation-vi");
  w.desk.edit([](station::Snapshot& s) {
    s.guests.push_back({"g1", "BS. Trần Hữu Nghĩa", "Bệnh viện Trung ương Huế", "knocking"});
  });
  REQUIRE(until([&] { return button(w.frame, "Admit") != nullptr; }));
  w.picture("knock-vi");
  w.key(WXK_F6);
  CHECK(w.desk.did("admit g1"));
  CHECK(until([&] { return button(w.frame, "Admit") == nullptr; }));
}

TEST_CASE("Space answers the specialist's ask for the device in front, after the side is right") {
  Window w;
  w.examine();
  w.desk.open_session();
  w.desk.edit([](station::Snapshot& s) {
    s.guests.push_back({"g1", "BS. Trần Hữu Nghĩa", "BV Trung ương Huế", "admitted"});
    s.asks.push_back(
        {"a1", "BS. Trần Hữu Nghĩa", "still", "otoscope", "right", "", "Hơi sang trái, giữ yên", "shown", 0});
    s.pointers.push_back({FakeDesk::ear, 0.62, 0.4, core::now_ns() + 3'600'000 * ms, "BS. Trần Hữu Nghĩa"});
    s.chat = {"BS. Nghĩa: Cho tôi xem màng nhĩ bên phải", "Trạm y tế: Vâng, chờ một chút"};
  });
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  CHECK(until([&] { return button(w.frame, "Take it") == nullptr && w.desk.did("side right") == false; }));
  w.picture("ask-vi");
  w.key(WXK_SPACE);
  CHECK(w.desk.did("side right"));
  CHECK_FALSE(w.desk.did("still 11 a1"));
  CHECK(until([&] { return button(w.frame, "Take it") != nullptr; }));
  w.key(WXK_SPACE);
  CHECK(w.desk.did("still 11 a1"));
  CHECK(until([&] { return button(w.frame, "Take it") == nullptr; }));
}

TEST_CASE("a capture can be removed with Delete and brought back within ten seconds") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.key(WXK_SPACE);
  ui::Tray* tray = nullptr;
  REQUIRE(until([&] {
    tray = find<ui::Tray>(w.frame, [](const ui::Tray&) { return true; });
    return tray && !tray->GetChildren().empty();
  }));
  wxWindow* tile = tray->GetChildren().GetFirst()->GetData();
  wxKeyEvent del(wxEVT_KEY_DOWN);
  del.m_keyCode = WXK_DELETE;
  tile->ProcessWindowEvent(del);
  CHECK(w.desk.did("remove c1"));
  w.picture("removed-vi");
  wxKeyEvent enter(wxEVT_KEY_DOWN);
  enter.m_keyCode = WXK_RETURN;
  tile->ProcessWindowEvent(enter);
  CHECK(w.desk.did("undo c1"));
}

TEST_CASE("an electrode that goes back on brings the ECG to the front by itself") {
  Window w;
  w.examine();
  w.desk.set_electrodes_off(0x3);
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  run_for(100);
  w.desk.set_electrodes_off(0x1);
  CHECK(w.front(FakeDesk::ecg));
}

TEST_CASE("a breath into the spirometer brings it to the front by itself") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.desk.breathe();
  CHECK(w.front(FakeDesk::flow));
  w.picture("breath-vi");
}

TEST_CASE("lost samples are drawn as a hatched hole, and a loose electrode is named") {
  Window w;
  w.examine();
  w.desk.lose_ecg(0.8, 0.35);
  w.open();
  w.key('3');
  REQUIRE(w.front(FakeDesk::ecg));
  run_for(300);
  const wxImage with_hole = w.picture("ecg-gap-vi");
  CHECK(count(with_hole, 176, 0, 32) > 300);
  w.desk.set_electrodes_off(0x2 | 0x40);
  run_for(2500);
  w.picture("ecg-off-vi");
}

TEST_CASE("an ECG that does not come any more is greyed and never shown as current") {
  Window w;
  w.examine();
  w.open();
  w.key('3');
  REQUIRE(w.front(FakeDesk::ecg));
  const int ink = count(w.picture("ecg-vi"), 20, 24, 60);
  CHECK(ink > 1500);
  w.desk.edit([](station::Snapshot& s) {
    for (auto& d : s.devices)
      if (d.kind == "ecg")
        d.problem = "Máy ECG mất kết nối: cắm lại dây USB. Các thiết bị khác vẫn đang ghi.";
  });
  w.desk.set_state(FakeDesk::ecg, core::DeviceState::unplugged);
  const wxImage greyed = w.picture("ecg-unplugged-vi");
  CHECK(count(greyed, 20, 24, 60) < ink / 10);
  const auto drawn = w.desk.drawn_count(FakeDesk::ecg);
  run_for(200);
  CHECK(w.desk.drawn_count(FakeDesk::ecg) == drawn);
}

TEST_CASE("a picture older than a second is greyed with its age") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  run_for(300);
  w.desk.freeze_pictures(true);
  run_for(1700);
  const auto drawn = w.desk.drawn_count(FakeDesk::ear);
  w.picture("ear-old-vi");
  CHECK(w.desk.drawn_count(FakeDesk::ear) == drawn);
}

TEST_CASE("a failed device says what to do and can be started again") {
  Window w;
  w.examine();
  w.desk.edit([](station::Snapshot& s) {
    for (auto& d : s.devices)
      if (d.kind == "dermatoscope") {
        d.state = core::DeviceState::failed;
        d.problem = "Máy soi da không trả lời. Rút dây USB, chờ 5 giây rồi cắm lại.";
      }
  });
  w.open();
  ui::Button* again = nullptr;
  REQUIRE(until([&] { return (again = button(w.frame, "Start again")) != nullptr; }));
  again->press();
  CHECK(w.desk.did("restart 12"));
}

TEST_CASE("every picture of the window is complete in both languages and sizes") {
  struct Size {
    int width, height;
    double scale;
    const char* name;
  };
  for (const Size& size :
       {Size{1366, 768, 1.0, "1366"}, Size{1920, 1080, 1.0, "1920"}, Size{1920, 1080, 1.5, "1920-150"}})
    for (const char* language : {"vi", "en"}) {
      Window w;
      w.examine();
      w.desk.open_session();
      w.desk.add_blows();
      w.desk.edit([](station::Snapshot& s) {
        s.guests.push_back({"g1", "BS. Trần Hữu Nghĩa", "BV Trung ương Huế", "admitted"});
        s.asks.push_back({"a1", "BS. Trần Hữu Nghĩa", "still", "otoscope", "left", "",
                          "Hơi sang trái, giữ yên", "shown", 0});
        s.chat = {"BS. Nghĩa: Cho tôi xem màng nhĩ bên trái"};
        s.advice = "Viêm tai giữa cấp bên trái. Amoxicillin 7 ngày, tái khám sau 3 ngày hoặc khi sốt cao.";
      });
      w.open(language, size.width, size.height, size.scale);
      const std::string tail = std::string("-") + size.name + "-" + language;
      REQUIRE(w.front(FakeDesk::ear));
      w.key(WXK_SPACE);
      w.key('2');
      w.key(WXK_SPACE);
      w.picture("skin" + tail);
      w.key('3');
      w.key(WXK_SPACE);
      run_for(1500);
      w.picture("ecg" + tail);
      w.key('B');
      run_for(200);
      w.picture("ecg6x2" + tail);
      w.key('B');
      run_for(200);
      w.picture("ecg12x1" + tail);
      w.key('B');
      w.desk.breathe();
      w.key('4');
      const wxImage last = w.picture("spirometry" + tail);
      CHECK(last.GetWidth() >= size.width - 50);
      CHECK(count(last, 106, 27, 154) > 2000);  // practice: the purple frame and marks
    }
}

TEST_CASE("the language changes at once and the ECG's settings are remembered") {
  Window w;
  w.examine();
  w.open("en");
  w.key('3');
  w.key('V');
  w.frame->set_language("vi");
  run_for(200);
  CHECK(button(w.frame, "Finish"));
  CHECK(ui::Settings::load(w.settings).mm_per_s == 50);
  CHECK(ui::Settings::load(w.settings).language == "vi");
}

TEST_CASE("every button is large enough for a gloved finger") {
  Window w;
  w.examine();
  w.desk.open_session();
  w.desk.edit([](station::Snapshot& s) { s.guests.push_back({"g1", "BS. Trần", "Huế", "knocking"}); });
  w.open();
  run_for(300);
  int seen = 0;
  find<ui::Button>(w.frame, [&](const ui::Button& b) {
    CHECK(b.GetSize().y >= 44);
    CHECK(b.GetSize().x >= 44);
    ++seen;
    return false;
  });
  CHECK(seen > 10);
}

TEST_CASE("thirty seconds of four devices", "[.cpu]") {  // by hand: prints the share of a core
  Window w;
  w.examine();
  w.open();
  for (int key : {'1', '3', '4'}) {
    w.key(key);
    run_for(500);
    const std::clock_t cpu = std::clock();
    const std::int64_t wall = core::now_ns();
    run_for(10000);
    const double share = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC /
                         (static_cast<double>(core::now_ns() - wall) / 1e9);
    WARN("front " << static_cast<char>(key) << ": " << share * 100 << " % of a core; worst sensed-to-drawn "
                  << static_cast<double>(w.desk.worst_draw_ns(w.frame->front())) / 1e6 << " ms");
  }
}

int main(int argc, char** argv) {
  fs::create_directories(pictures());
  wxApp::SetInstance(new wxApp);
  int none = 0;
  if (!wxEntryStart(none, static_cast<char**>(nullptr)) || !wxTheApp->CallOnInit())
    return 77;  // no screen: skipped
  wxImage::AddHandler(new wxPNGHandler);
  wxImage::AddHandler(new wxJPEGHandler);
  wxTheApp->SetExitOnFrameDelete(false);
  int result = 1;
  {
    wxGUIEventLoop loop;
    const wxEventLoopActivator active(&loop);
    result = Catch::Session().run(argc, argv);
  }
  wxEntryCleanup();
  return result;
}
