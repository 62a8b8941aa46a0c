#include <catch2/catch.hpp>
#include <random>

#include "ui/breath.hpp"
#include "ui/ecg_trace.hpp"
#include "ui/front.hpp"

using namespace caukham;
using namespace caukham::ui;

namespace {
core::StreamInfo ecg(std::vector<std::string> labels = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"}) {
  core::StreamInfo info;
  info.id = 1;
  info.labels = std::move(labels);
  info.rate_hz = 500;
  info.scale = 0.5;
  info.unit = "uV";
  return info;
}
station::WaveformWindow window(std::uint64_t first, std::uint32_t count, std::int32_t i, std::int32_t ii) {
  station::WaveformWindow w;
  w.runs.push_back({first, count, 0, {}});
  for (std::uint32_t n = 0; n < count; ++n)
    for (std::int32_t v : {i, ii, 0, 0, 0, 0, 0, 0}) w.runs.back().samples.push_back(v);
  w.newest_ns = 7;
  return w;
}
}  // namespace

TEST_CASE("samples arrive in microvolts under their grid numbers") {
  EcgTrace t;
  t.set_filter({0, 0, 0});
  REQUIRE(t.set_stream(ecg()));
  CHECK(t.take(window(1000, 10, 200, 400)) == 10);
  CHECK(t.end() == 1010);
  CHECK(t.valid(1000));
  CHECK_FALSE(t.valid(999));
  CHECK(t.at(1005)[0] == 100);
  CHECK(t.at(1005)[2] == 100);
  CHECK(t.newest_ns() == 7);
}

TEST_CASE("what was lost is a hole with its length, never a line") {
  EcgTrace t;
  t.set_filter({0, 0, 0});
  REQUIRE(t.set_stream(ecg()));
  t.take(window(0, 100, 2, 2));
  CHECK(t.take(window(160, 40, 2, 2)) == 100);
  for (std::uint64_t n = 100; n < 160; ++n) CHECK_FALSE(t.valid(n));
  CHECK(t.hole_before(160) == 60);
  CHECK(t.hole_before(161) == 0);
  CHECK(t.take(window(150, 20, 9, 9)) == 0);  // old numbers again change nothing
  CHECK_FALSE(t.valid(155));
}

TEST_CASE("a hole knows why it is there, and two holes side by side do not share a reason") {
  EcgTrace t;
  t.set_filter({0, 0, 0});
  REQUIRE(t.set_stream(ecg()));
  t.take(window(0, 100, 2, 2));
  auto next = window(160, 40, 2, 2);
  next.holes = {{100, 60, "unplugged"}};
  t.take(next);
  next = window(210, 40, 2, 2);
  next.holes = {{200, 10, "pool full"}};
  t.take(next);
  t.take(window(260, 40, 2, 2));
  CHECK(t.hole_reason(160) == "unplugged");
  CHECK(t.hole_reason(210) == "pool full");
  CHECK(t.hole_reason(260).empty());  // nobody said: nothing is made up
  CHECK(t.hole_before(210) == 10);
}

TEST_CASE("a hole longer than what is kept leaves nothing old behind") {
  EcgTrace t;
  REQUIRE(t.set_stream(ecg()));
  t.take(window(0, 500, 2, 2));
  t.take(window(1'000'000, 10, 2, 2));
  CHECK_FALSE(t.valid(999'999));
  CHECK_FALSE(t.valid(1'000'000 - 11'000));
  CHECK(t.valid(1'000'005));
}

TEST_CASE("the filter takes an offset away, and its name says what was really done at this rate") {
  EcgTrace t;
  t.set_filter(analysis::ecg::FilterSpec::diagnostic(50));
  REQUIRE(t.set_stream(ecg()));
  t.take(window(0, 2000, 40000, 40000));
  CHECK(std::abs(t.at(1999)[0]) < 1);
  CHECK(t.filter_text() == "0.05\u2013150 Hz, 50 Hz notch");
  auto slow = ecg();
  slow.rate_hz = 125;  // 150 Hz cannot be cut there, and is not claimed
  REQUIRE(t.set_stream(slow));
  CHECK(t.filter_text() == "from 0.05 Hz, 50 Hz notch");
  slow.rate_hz = 60;
  REQUIRE(t.set_stream(slow));
  CHECK(t.filter_text() == "no filter");
  t.take(window(0, 10, 200, 400));
  CHECK(t.at(5)[0] == 100);
}

TEST_CASE("a filter that is chosen holds for all that is on the screen, holes left as they are") {
  EcgTrace t, fresh;
  for (auto* trace : {&t, &fresh}) REQUIRE(trace->set_stream(ecg()));
  fresh.set_filter(analysis::ecg::FilterSpec::monitor(50));
  for (auto* trace : {&t, &fresh}) {
    trace->take(window(0, 700, 40000, 20000));
    trace->take(window(760, 400, 41000, 19000));
    trace->take(window(3000, 900, 42000, 18000));  // a hole longer than a second
  }
  t.set_filter(analysis::ecg::FilterSpec::monitor(50));
  CHECK(t.filter_text() == fresh.filter_text());
  for (std::uint64_t n = t.begin(); n < t.end(); ++n) {
    REQUIRE(t.valid(n) == fresh.valid(n));
    if (t.valid(n)) REQUIRE(t.at(n) == fresh.at(n));
  }
}

TEST_CASE("a baseline that is still settling is known to be") {
  EcgTrace t;
  REQUIRE(t.set_stream(ecg()));
  CHECK_FALSE(t.settling());  // nothing is drawn yet
  t.take(window(0, 500, 400, 400));
  CHECK(t.settling());
  for (std::uint64_t n = 1; n < 11; ++n) t.take(window(n * 500, 500, 400, 400));
  CHECK_FALSE(t.settling());
}

TEST_CASE("samples taken while an electrode is off are marked for the leads that need it") {
  EcgTrace t;
  REQUIRE(t.set_stream(ecg()));
  t.take(window(0, 10, 1, 1));
  t.set_off(2);  // LA
  t.take(window(10, 10, 1, 1));
  CHECK_FALSE(t.lead_off(0, 5));
  CHECK(t.lead_off(0, 15));
  CHECK_FALSE(t.lead_off(1, 15));  // II needs no LA
  t.set_off(8);                    // RL, the reference of all
  t.take(window(20, 10, 1, 1));
  for (int lead = 0; lead < lead_count; ++lead) CHECK(t.lead_off(lead, 25));
}

TEST_CASE("streams without limb leads, with absurd rates or short runs are refused and do no harm") {
  EcgTrace t;
  CHECK_FALSE(t.set_stream(ecg({"V1", "V2"})));
  auto info = ecg();
  info.rate_hz = 1e9;
  CHECK_FALSE(t.set_stream(info));
  REQUIRE(t.set_stream(ecg()));
  auto w = window(0, 10, 1, 1);
  w.runs[0].count = 1000;  // says more than it has
  CHECK(t.take(w) == 0);
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i) {
    auto r = window(random() % 100'000, static_cast<std::uint32_t>(random() % 50), 1, 1);
    if (random() % 4 == 0) r.runs[0].samples.resize(random() % 100);
    t.take(r);
    CHECK(t.begin() <= t.end());
  }
}

TEST_CASE("a forced blow is followed through its four steps") {
  Breath b;
  double t = 0;
  const auto blow = [&](double flow, double seconds) {
    for (int i = 0; i < seconds * 100; ++i) b.add(t += 0.01, flow);
  };
  blow(0, 1);
  CHECK(b.phase() == Breath::Phase::waiting);
  blow(0.4, 2);
  CHECK_FALSE(b.manoeuvring(t));
  blow(-0.8, 2);
  CHECK(b.phase() == Breath::Phase::inhaling);
  blow(3, 1);
  CHECK(b.phase() == Breath::Phase::blowing);
  CHECK(b.manoeuvring(t));
  blow(0.01, 1.2);
  CHECK(b.phase() == Breath::Phase::plateau);
  CHECK(b.volume_l().back() == Approx(3.0).margin(0.1));
  blow(-1, 0.2);
  CHECK(b.phase() == Breath::Phase::ended);
  const auto points = b.time_s().size();
  blow(0.4, 2);  // quiet breathing adds nothing to the loop
  CHECK(b.time_s().size() == points);
}

namespace {
constexpr std::int64_t second = 1'000'000'000;
const std::vector<core::StreamId> ecg_and_cameras = {1, 2, 3};  // 1: the ECG, in front
using Sign = FrontChooser::Sign;

// The window's ticks from one time to another, five a second, with or without motion in a camera.
core::StreamId pass(FrontChooser& f, std::int64_t from, std::int64_t to, core::StreamId moving = 0) {
  core::StreamId front = 0;
  for (auto t = from; t < to; t += second / 5) {
    if (moving) f.sign(moving, Sign::motion, t);
    front = f.front(ecg_and_cameras, t);
  }
  return front;
}
}  // namespace

TEST_CASE("a device whose button is pressed, that is breathed into or plugged in comes to the front at once") {
  FrontChooser f;
  CHECK(f.front(ecg_and_cameras, 0) == 1);
  f.sign(2, Sign::button, 11 * second);
  CHECK(f.front(ecg_and_cameras, 11 * second) == 2);
  f.sign(3, Sign::breath, 11 * second);
  CHECK(f.front(ecg_and_cameras, 11 * second) == 3);
  f.sign(1, Sign::electrodes, 11 * second);
  CHECK(f.front(ecg_and_cameras, 11 * second) == 1);
  f.chose(12 * second);
  f.sign(2, Sign::plugged, 12 * second);
  CHECK(f.front(ecg_and_cameras, 12 * second) == 2);
}

TEST_CASE("a picture that always moves must never take the ECG's place") {
  FrontChooser f;
  CHECK(pass(f, 0, 300 * second, 2) == 1);
  // nor one that rests for less than real stillness in between
  for (std::int64_t t = 300 * second; t < 400 * second; t += 4 * second) {
    CHECK(pass(f, t, t + 2 * second) == 1);
    CHECK(pass(f, t + 2 * second, t + 4 * second, 2) == 1);
  }
}

TEST_CASE("a camera that lay still and is picked up comes to the front; one flicker of light is no hand") {
  FrontChooser f;
  CHECK(pass(f, 0, 10 * second) == 1);
  f.sign(2, Sign::motion, 10 * second);  // somebody switches on a lamp
  CHECK(pass(f, 10 * second, 20 * second) == 1);
  CHECK(pass(f, 20 * second, 21 * second, 2) == 2);
  // The one in front moves: the other camera's lift waits until that is over.
  CHECK(pass(f, 21 * second, 30 * second, 2) == 2);
}

TEST_CASE("motion must not take away what the nurse chose herself a moment ago") {
  FrontChooser f;
  pass(f, 0, 10 * second);
  f.chose(10 * second);
  CHECK(pass(f, 15 * second, 20 * second, 2) == 1);
  CHECK(pass(f, 20 * second, 40 * second) == 1);
  CHECK(pass(f, 40 * second, 41 * second, 2) == 2);  // long after, it may
}

TEST_CASE("what a hand chose at the device holds against motion as a click does") {
  FrontChooser f;
  pass(f, 0, 10 * second);
  f.sign(1, Sign::electrodes, 10 * second);
  CHECK(pass(f, 15 * second, 20 * second, 2) == 1);  // the camera is only put aside
  CHECK(pass(f, 20 * second, 40 * second) == 1);
  CHECK(pass(f, 40 * second, 41 * second, 2) == 2);
}

TEST_CASE("a pin holds against everything until it is taken away or its stream ends") {
  FrontChooser f;
  f.pin(2, 0);
  CHECK(f.front({1, 2, 3}, 0) == 2);
  f.sign(1, Sign::button, 10 * second);
  CHECK(f.front({1, 2, 3}, 10 * second) == 2);
  CHECK(f.front({1, 3}, 11 * second) == 1);
  CHECK(f.pinned() == 0);
  CHECK(f.front({}, 12 * second) == 0);
}

TEST_CASE("a still picture has no motion and another picture has") {
  std::vector<std::uint8_t> a(64 * 64, 100), b(64 * 64, 120);
  CHECK(luma_change(a.data(), 64, a.data(), 64, 64, 64) == 0);
  CHECK(luma_change(a.data(), 64, b.data(), 64, 64, 64) == Approx(20));
}
