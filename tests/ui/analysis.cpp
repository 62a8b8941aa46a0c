// What is computed, as the nurse sees it: the picture's quality, the ECG's filter, the blows' worth.
#include "bench.hpp"
#include "core/i18n.hpp"
#include "ui/ecg_pane.hpp"
#include "ui/settings.hpp"
#include "ui/spirometry_pane.hpp"

using namespace caukham;
using namespace caukham::test;

namespace {
void judge(Window& w, station::PictureCard::Verdict verdict, const char* sentence) {
  w.desk.edit([&](station::Snapshot& s) {
    for (auto& card : s.streams)
      if (card.info.id == FakeDesk::ear) card.picture = {verdict, sentence};
  });
}
int of(const wxImage& image, const wxColour& c) { return count(image, c.Red(), c.Green(), c.Blue(), 6); }
}  // namespace

TEST_CASE("a poor picture says what to do below it, a good one says so, and nothing lies over the picture") {
  using Verdict = station::PictureCard::Verdict;
  Window w;
  w.examine();
  w.open("vi");
  REQUIRE(w.front(FakeDesk::ear));
  const auto none = w.picture("ear-not-judged-vi");
  judge(w, Verdict::poor, "Not sharp: change the distance slowly until it is.");
  run_for(1200);  // a sentence stands long enough to be read before another takes its place
  w.desk.edit([](station::Snapshot&) {});
  const auto poor = w.picture("ear-poor-vi");
  CHECK(of(poor, ui::palette().warning_soft) > of(none, ui::palette().warning_soft) + 10'000);
  judge(w, Verdict::good, "Sharp and well lit.");
  run_for(1200);
  w.desk.edit([](station::Snapshot&) {});
  const auto good = w.picture("ear-good-vi");
  CHECK(of(good, ui::palette().good_soft) > of(none, ui::palette().good_soft) + 10'000);
  CHECK(of(good, ui::palette().warning_soft) < of(poor, ui::palette().warning_soft) / 2);
}

TEST_CASE("the active filter stands on the ECG's paper and below it, and goes on with each press of N") {
  Window w;
  w.examine();
  w.open("en");
  w.key('3');
  REQUIRE(w.front(FakeDesk::ecg));
  const auto* pane = dynamic_cast<const ui::EcgPane*>(w.frame->front_pane());
  REQUIRE(pane);
  CHECK(pane->filter_words().find("0.05\u2013150 Hz") != std::string::npos);
  run_for(1500);
  w.picture("ecg-filter-en");
  w.key('N');
  CHECK(pane->filter_words().find("50 Hz notch") != std::string::npos);
  w.key('N');
  CHECK(pane->filter_words().find("0.67\u201340 Hz") != std::string::npos);
  CHECK(pane->filter_words().find("not for judging ST") != std::string::npos);
  run_for(1500);
  w.picture("ecg-monitor-en");
  CHECK(ui::Settings::load(w.settings).filter == ui::EcgFilter::monitor);  // remembered
}

TEST_CASE("a spirometer that says a million litres a second cannot stop the window") {
  Window w;
  w.examine();
  w.desk.edit([](station::Snapshot& s) {
    for (auto& card : s.streams)
      if (card.info.id == FakeDesk::flow) card.info.scale = 1000;
  });
  w.open();
  w.key('4');
  REQUIRE(w.front(FakeDesk::flow));
  w.desk.breathe();
  run_for(3000);
  w.picture("spirometry-lie-vi");
  w.key('1');
  CHECK(w.front(FakeDesk::ear));
}

TEST_CASE("the spirometry pane shows the session's grade and what is missing for predicted values, and takes the height") {
  for (const char* language : {"vi", "en"}) {
    Window w;
    w.examine();
    w.open(language);
    w.desk.add_blows();
    w.key('4');
    REQUIRE(w.front(FakeDesk::flow));
    w.picture(std::string("spirometry-missing-") + language);
    w.key('H');
    auto* field = find<wxTextCtrl>(w.frame, [](const wxTextCtrl& t) { return t.IsShownOnScreen() && t.GetName() == ui::words("Height in cm, then Enter"); });
    REQUIRE(field);
    field->SetValue("158");
    wxCommandEvent enter(wxEVT_TEXT_ENTER, field->GetId());
    enter.SetEventObject(field);
    field->ProcessWindowEvent(enter);
    REQUIRE(until([&] { return w.desk.did("height 158"); }));
    REQUIRE(until([&] { return button(w.frame, "Height?") == nullptr; }));
    w.picture(std::string("spirometry-predicted-") + language);
  }
}
