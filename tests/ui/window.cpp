// The window against the fake desk, on a virtual screen. Pictures of every state are kept in UI_PICTURES for people.
#include "bench.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"

using namespace caukham;
using namespace caukham::test;

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
