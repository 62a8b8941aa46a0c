// What a nurse sees when something is not as it should be: a full disk, no name, an end that takes its time.
#include "bench.hpp"
#include "core/i18n.hpp"
#include "ui/native.hpp"

using namespace caukham;
using namespace caukham::test;

namespace {
bool shown(Window& w, const std::string& part) {
  return until([&] { return words_saying(w.frame, part) != nullptr; });
}
}  // namespace

TEST_CASE("what keeps an examination from being saved stands on the screen until it is over") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.desk.edit([](station::Snapshot& s) {
    s.trouble = "Ổ đĩa đầy: không ghi được ca khám. Hãy giải phóng dung lượng; dữ liệu đã lưu vẫn an toàn.";
    s.disk_free_bytes = 12'000'000;
  });
  REQUIRE(shown(w, "Hãy giải phóng dung lượng"));
  w.key(WXK_ESCAPE);  // a line can be closed; this one is still true
  CHECK(words_saying(w.frame, "Hãy giải phóng dung lượng"));
  w.picture("disk-full-vi");
  w.key(WXK_SPACE);  // she may go on: what she takes waits
  CHECK(w.desk.did("still 11"));
  w.desk.edit([](station::Snapshot& s) { s.trouble.clear(); });
  CHECK(until([&] { return !words_saying(w.frame, "Hãy giải phóng dung lượng"); }));
}

TEST_CASE("a damaged record is said on the start page and does not go away") {
  Window w;
  w.desk.edit([](station::Snapshot& s) {
    s.ready = false;
    s.trouble = "Hồ sơ bị hỏng. Không có gì bị thay đổi. Hãy gọi bộ phận CNTT.";
  });
  w.open();
  REQUIRE(shown(w, "Hãy gọi bộ phận CNTT"));
  w.key(WXK_ESCAPE);
  CHECK(words_saying(w.frame, "Hãy gọi bộ phận CNTT"));
  w.picture("record-damaged-vi");
}

TEST_CASE("an examination without a name asks who it is, and whoever is chosen becomes its patient") {
  Window w;
  w.desk.plug_all();
  w.desk.open_with("");
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  auto* who = button(w.frame, "Who is this?");
  REQUIRE(who);
  w.picture("unnamed-vi");
  w.key(WXK_F4);
  auto* field = find<wxTextCtrl>(w.frame, [](const wxTextCtrl& t) { return t.IsShownOnScreen(); });
  REQUIRE(field);
  REQUIRE(shown(w, core::tr("Who is the patient of this examination?")));
  w.key(WXK_SPACE);  // no picture is taken of what cannot be seen
  CHECK_FALSE(w.desk.did("still 11"));
  field->SetValue(wxString::FromUTF8("Ánh"));
  ui::Button* row = nullptr;
  REQUIRE(until([&] {
    return (row = find<ui::Button>(w.frame, [](const ui::Button& b) {
              return b.label() == wxString::FromUTF8("Nguyễn Văn Ánh");
            })) != nullptr;
  }));
  w.picture("naming-vi");
  row->press();
  CHECK(w.desk.did("name_exam e1 p3"));
  CHECK(until([&] { return button(w.frame, "Who is this?") == nullptr; }));
  w.key(WXK_SPACE);  // and the camera is back
  CHECK(w.desk.did("still 11"));
}

TEST_CASE("a new patient's form names the examination, and Escape leaves it as it was") {
  Window w;
  w.desk.plug_all();
  w.desk.open_with("");
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.key(WXK_F4);
  w.key(WXK_ESCAPE);
  w.key(WXK_SPACE);
  CHECK(w.desk.did("still 11"));
  w.key(WXK_F4);
  w.key(WXK_F2);
  auto* name = find<wxTextCtrl>(w.frame, [](const wxTextCtrl& t) { return t.IsShownOnScreen(); });
  REQUIRE(name);
  name->SetValue(wxString::FromUTF8("Lò Văn Păn"));
  find<wxTextCtrl>(w.frame, [&](const wxTextCtrl& t) { return t.IsShownOnScreen() && &t != name; })->SetValue("1990");
  button(w.frame, "Male")->press();
  button(w.frame, "Save the name")->press();
  CHECK(until([&] { return w.desk.did("name_exam e1 p9"); }));
  CHECK_FALSE(w.desk.did("open_exam p9"));
}

TEST_CASE("while an examination is being finished the window says so, takes nothing, and goes on answering") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.desk.edit([](station::Snapshot& s) {
    s.exam.state = "closing";
    s.closing = "Máy của bác sĩ chuyên khoa đang xác nhận dữ liệu đã nhận.";
  });
  REQUIRE(shown(w, "đang xác nhận dữ liệu"));
  w.picture("closing-vi");
  w.key(WXK_SPACE);
  CHECK_FALSE(w.desk.did("still 11"));
  w.key('3');
  CHECK(w.front(FakeDesk::ecg));
}

TEST_CASE("after the end the window is ready for the next patient and still asks who the last one was") {
  Window w;
  w.desk.plug_all();
  w.desk.open_with("");
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  w.key(WXK_SPACE);
  w.key(WXK_F9);
  w.key(WXK_F9);
  CHECK(w.desk.did("close_exam"));
  REQUIRE(until([&] { return button(w.frame, "Examine now, name later") != nullptr; }));
  REQUIRE(button(w.frame, "Who was this?"));
  w.picture("finished-vi");
  button(w.frame, "Who was this?")->press();
  auto* field = find<wxTextCtrl>(w.frame, [](const wxTextCtrl& t) { return t.IsShownOnScreen(); });
  REQUIRE(field);
  field->SetValue(wxString::FromUTF8("Ánh"));
  ui::Button* row = nullptr;
  REQUIRE(until([&] {
    return (row = find<ui::Button>(w.frame, [](const ui::Button& b) {
              return b.label() == wxString::FromUTF8("Nguyễn Thị Ánh");
            })) != nullptr;
  }));
  row->press();
  CHECK(w.desk.did("name_exam e1 p1"));
  CHECK_FALSE(w.desk.did("open_exam p1"));
  CHECK(until([&] { return button(w.frame, "Who was this?") == nullptr; }));
}

TEST_CASE("a frozen picture is what is kept, as often as it is asked for, and it stays frozen") {
  Window w;
  w.examine();
  w.open();
  REQUIRE(w.front(FakeDesk::ear));
  run_for(200);
  w.key('F');
  const auto frozen = w.desk.held(FakeDesk::ear);
  REQUIRE(frozen > 0);
  run_for(300);
  w.key(WXK_SPACE);
  CHECK(w.desk.taken_ns() == frozen);
  w.key(WXK_SPACE);
  CHECK(w.desk.taken_ns() == frozen);
  CHECK(w.desk.held(FakeDesk::ear) == frozen);
  w.key('F');
  CHECK(w.desk.held(FakeDesk::ear) == 0);
  run_for(100);
  w.key(WXK_SPACE);
  CHECK(w.desk.taken_ns() > frozen);
}

TEST_CASE("a frozen ECG is kept as it stands on the screen") {
  Window w;
  w.examine();
  w.open();
  w.key('3');
  REQUIRE(w.front(FakeDesk::ecg));
  w.key(WXK_SPACE);
  CHECK(w.desk.taken_ns() == 0);  // live: the newest
  run_for(300);
  w.key('F');
  const auto frozen_at = core::now_ns();
  run_for(300);
  w.key(WXK_SPACE);
  CHECK(w.desk.taken_ns() > frozen_at - 1'000 * ms);
  CHECK(w.desk.taken_ns() <= frozen_at);
}
