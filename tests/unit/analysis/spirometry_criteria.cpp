#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/spirometry/plateau.hpp"
#include "analysis/spirometry/session.hpp"
#include "breath.hpp"
#include "devices/signals/spirometry.hpp"

using namespace caukham::analysis::spirometry;
using breath::as_blow;
using breath::blow;
using breath::criterion;
using breath::sampled;

namespace {

// A healthy blow with a second of plateau, a full inspiration after it and a still second before it.
struct Made {
  Blow blow;
  std::vector<float> after;
  Assessment judged(const AssessRules& rules = {}) const {
    const auto a = assess(blow, after, 100, rules);
    REQUIRE(a);
    return *a;
  }
};

std::vector<float> inspiration(double litres) {
  return sampled([=](double t) { return t < 1.5 ? -litres / 1.5 : 0.4; }, 100, 3);
}

Made good() {
  Made m{as_blow(sampled(blow(4.0, 0.5), 100, 6)), inspiration(3.9)};
  m.blow.before_lps.assign(100, 0.0f);
  return m;
}

void fails_only(const Assessment& a, const std::string& name) {
  for (const auto& c : a.criteria) {
    CAPTURE(c.name, c.reason);
    CHECK((c.result == Result::failed) == (name == c.name));
  }
}

}  // namespace

TEST_CASE(
    "a good blow must be acceptable for both, and what nobody can see in the signal must be left undecided") {
  const auto a = good().judged();
  fails_only(a, "");
  CHECK(a.acceptable.fev1);
  CHECK(a.acceptable.fvc);
  CHECK(a.hints == std::vector<Hint>{Hint::good_blow});
  CHECK(a.undecided.size() == 2);
  CHECK(criterion(a, "obstruction").result == Result::cannot_tell);
  CHECK(criterion(a, "leak").result == Result::cannot_tell);
  REQUIRE(a.fivc_l);
  CHECK(*a.fivc_l == Approx(3.9).margin(0.02));
  auto bare = good();
  bare.after.clear();
  bare.blow.before_lps.clear();
  const auto b = bare.judged();
  CHECK(b.undecided.size() == 4);  // the zero and the inspiration as well
  CHECK(b.acceptable.fvc);
}

TEST_CASE("a slow start must fail by 5 % of FVC or 0.100 L, whichever is greater") {
  // BEV of a rising ramp: the rise before time zero.
  const auto with_rise = [](double fvc, double rise) {
    return assess(as_blow(sampled(blow(fvc, 0.6, rise), 100, 8)), {}, 100);
  };
  const auto slow = with_rise(4, 0.6);
  REQUIRE(slow);
  CHECK(slow->numbers.bev_l > 0.2);
  fails_only(*slow, "start_of_test");
  CHECK_FALSE(slow->usable.fev1);
  CHECK_FALSE(slow->usable.fvc);
  CHECK(slow->hints.front() == Hint::slow_start);
  // A small lung: more than 5 %, but less than 0.100 L, is accepted by the floor.
  bool floor_seen = false, limit_seen = false;
  for (double rise = 0.1; rise < 0.9; rise += 0.01)
    for (double fvc : {1.2, 3.8}) {
      const auto a = with_rise(fvc, rise);
      REQUIRE(a);
      const double limit = std::max(0.1, 0.05 * a->numbers.fvc_l);
      CHECK((criterion(*a, "start_of_test").result == Result::passed) == (a->numbers.bev_l <= limit));
      floor_seen = floor_seen || (a->bev_percent() > 5 && a->acceptable.fev1);
      limit_seen = limit_seen || (a->numbers.bev_l > 0.1 && a->acceptable.fev1);
    }
  CHECK(floor_seen);
  CHECK(limit_seen);
}

TEST_CASE("a cough in the first second must cost the FEV1 and not the FVC") {
  auto m = good();
  const auto flow = blow(4.0, 0.5);
  m.blow.flow_lps = sampled([&](double t) { return flow(t) * (t > 0.35 && t < 0.45 ? 0.3 : 1); }, 100, 6);
  const auto a = m.judged();
  fails_only(a, "cough_first_second");
  CHECK_FALSE(a.acceptable.fev1);
  CHECK_FALSE(a.usable.fev1);
  CHECK(a.acceptable.fvc);
  CHECK(a.hints.front() == Hint::cough);
  // The same after 0.8 s: a child of five keeps the FEV0.75, and nobody the FEV1.
  const auto slower = blow(4.0, 0.9);
  m.blow.flow_lps = sampled([&](double t) { return slower(t) * (t > 0.8 && t < 0.9 ? 0.02 : 1); }, 100, 9);
  const auto adult = m.judged(), child = m.judged({5.0, {}});
  CHECK(criterion(child, "glottic_closure_first_second").result == Result::passed);
  CHECK_FALSE(adult.acceptable.fev1);
  CHECK_FALSE(child.acceptable.fev1);
  CHECK_FALSE(child.usable.fev1);
  CHECK(child.acceptable.fev075);
  CHECK_FALSE(a.acceptable.fev075);
}

TEST_CASE("a throat that closes between 0.75 and 1 s must leave a young child's FEV0.75 and FVC usable, but no FEV1") {
  auto m = good();
  m.after.clear();
  const auto flow = blow(1.2, 0.6);
  m.blow.flow_lps = sampled([&](double t) { return t < 0.85 ? flow(t) : 0; }, 100, 3);
  const auto child = m.judged({5.0, {}}), adult = m.judged();
  CHECK_FALSE(child.usable.fev1);
  CHECK(child.usable.fev075);
  CHECK(child.usable.fvc);
  CHECK_FALSE(child.acceptable.fvc);
  CHECK_FALSE(adult.usable.fvc);
  // Blown for 0.8 s and no longer: FEV0.75 and no FEV1.
  m.after = inspiration(0.9);
  m.blow.flow_lps = sampled(blow(1.0, 0.25), 100, 0.82);
  CHECK_FALSE(m.judged({5.0, {}}).usable.fev1);
  CHECK(m.judged({5.0, {}}).acceptable.fev075);
  m.blow.flow_lps.resize(70);
  CHECK_FALSE(m.judged({5.0, {}}).usable.fev075);
}

TEST_CASE("a glottis that closes must be told by when it does") {
  auto m = good();
  m.after.clear();
  const auto flow = blow(4.0, 0.9);
  m.blow.flow_lps = sampled([&](double t) { return t < 0.5 ? flow(t) : 0; }, 100, 3);
  const auto early = m.judged();
  CHECK(criterion(early, "glottic_closure_first_second").result == Result::failed);
  CHECK_FALSE(early.usable.fev1);
  CHECK_FALSE(early.usable.fvc);
  CHECK(early.hints.front() == Hint::open_throat);
  m.blow.flow_lps = sampled([&](double t) { return t < 1.6 ? flow(t) : 0; }, 100, 5);
  const auto late = m.judged();
  CHECK(criterion(late, "glottic_closure_first_second").result == Result::passed);
  CHECK(criterion(late, "glottic_closure_after_first_second").result == Result::failed);
  // The three still seconds after it are no plateau: the lungs were not empty.
  CHECK(criterion(late, "end_of_forced_expiration").result == Result::failed);
  CHECK(late.acceptable.fev1);
  CHECK_FALSE(late.acceptable.fvc);
  CHECK(late.usable.fvc);
}

TEST_CASE("the end of expiration must be reached by a plateau, by 15 s, or by repeating an earlier FVC") {
  auto m = good();
  m.blow.flow_lps = sampled(blow(4.0, 0.8), 100, 2.5);
  const auto early = m.judged();
  fails_only(early, "end_of_forced_expiration");
  CHECK(early.acceptable.fev1);
  CHECK_FALSE(early.acceptable.fvc);
  CHECK(early.usable.fvc);
  CHECK(early.hints.front() == Hint::keep_blowing);
  CHECK(m.judged({{}, early.numbers.fvc_l + 0.14}).acceptable.fvc);
  CHECK(m.judged({{}, early.numbers.fvc_l - 0.5}).acceptable.fvc);
  CHECK_FALSE(m.judged({{}, early.numbers.fvc_l + 0.16}).acceptable.fvc);
  // An obstructed lung never ends: 15 s are enough.
  m.blow.flow_lps = sampled(blow(4.0, 7), 100, 15.5);
  const auto fifteen = m.judged();
  CHECK(fifteen.events.end_volume_l > 0.025);
  CHECK(criterion(fifteen, "end_of_forced_expiration").result == Result::passed);
  m.blow.flow_lps = sampled(blow(4.0, 7), 100, 14.0);
  CHECK(criterion(m.judged(), "end_of_forced_expiration").result == Result::failed);
}

TEST_CASE("a zero that is off must be taken off when it is small, and fail when it is large or never ends") {
  auto m = good();
  for (auto* part : {&m.blow.flow_lps, &m.blow.before_lps})
    for (auto& f : *part) f += 0.02f;
  const auto small = m.judged();
  CHECK(small.offset_removed);
  CHECK(small.acceptable.fvc);
  CHECK(small.numbers.fvc_l == Approx(good().judged().numbers.fvc_l).margin(0.002));
  for (auto* part : {&m.blow.flow_lps, &m.blow.before_lps})
    for (auto& f : *part) f += 0.06f;
  const auto large = m.judged();
  CHECK(criterion(large, "zero_flow").result == Result::failed);
  CHECK_FALSE(large.usable.fev1);
  CHECK(large.hints.front() == Hint::set_zero);
  const auto flow = blow(4.0, 0.5);
  m = good();
  m.blow.before_lps.clear();
  m.blow.flow_lps = sampled([&](double t) { return flow(t) + 0.05; }, 100, 14);
  CHECK(criterion(m.judged(), "zero_flow").result == Result::failed);
  m.blow.flow_lps = sampled(blow(4.0, 4), 100, 14);  // slow, but a lung
  CHECK(criterion(m.judged(), "zero_flow").result == Result::cannot_tell);
}

TEST_CASE("an inspiration that is larger than the FVC must show that the first one was not full") {
  auto m = good();
  m.after = inspiration(4.15);
  CHECK(m.judged().acceptable.fvc);  // within 5 % of 4 L
  m.after = inspiration(4.4);
  const auto a = m.judged();
  fails_only(a, "fivc");
  CHECK_FALSE(a.acceptable.fev1);
  CHECK_FALSE(a.acceptable.fvc);
  CHECK(a.usable.fvc);
  CHECK(a.hints.front() == Hint::breathe_in_deeper);
}

TEST_CASE("a recording that ends in the middle of a blow must not give numbers to use") {
  auto m = good();
  m.after.clear();
  m.blow.flow_lps = sampled(blow(4.0, 0.5), 100, 0.6);
  const auto a = m.judged();
  CHECK(a.cut_off);
  CHECK_FALSE(a.usable.fev1);
  CHECK_FALSE(a.usable.fvc);
  CHECK(a.hints.front() == Hint::cut_off);
  // Breathing in at once is no cut: the patient stopped.
  m.after = inspiration(2);
  const auto stopped = m.judged();
  CHECK_FALSE(stopped.cut_off);
  CHECK_FALSE(stopped.usable.fev1);  // shorter than a second
  CHECK(stopped.usable.fvc);
}

TEST_CASE("the cue must come when the last second brings 25 ml or less, or after 15 s") {
  PlateauCue cue;
  double v = 0;
  for (int i = 0; i <= 500; ++i) {
    const double t = i / 100.0;
    v = 4 * (1 - std::exp(-t / 0.5));
    cue.add(t, v);
    const double second_before = t >= 1 ? 4 * (1 - std::exp(-(t - 1) / 0.5)) : 0;
    if (t > 1.02) CHECK((cue.cue() == Cue::plateau) == (v - second_before <= 0.025 + 1e-6));
    else CHECK(cue.cue() == Cue::keep_blowing);
  }
  CHECK(cue.cue() == Cue::plateau);
  PlateauCue slow;
  for (int i = 0; i <= 1600; ++i) slow.add(i / 100.0, 0.1 * i / 100.0);
  CHECK(slow.cue() == Cue::long_enough);
  CHECK(slow.last_second_l() == Approx(0.1));
  PlateauCue nobody;
  for (int i = 0; i <= 500; ++i) nobody.add(i / 100.0, 0);
  nobody.add(NAN, 1);
  nobody.add(6, INFINITY);
  CHECK(nobody.cue() == Cue::keep_blowing);
}

TEST_CASE("a flow clipped at the sensor's limit must give neither peak nor volumes, and say so") {
  for (const double rate : {100.0, 250.0, 500.0}) {
    for (const double step : {0.0, 0.01}) {  // of the converter, L/s
      auto m = good();
      const auto whole = sampled(blow(4.0, 0.5), rate, 6);
      const float top = *std::max_element(whole.begin(), whole.end());
      const auto clipped_at = [&](float part) {
        m.blow.flow_lps = whole;
        for (auto& f : m.blow.flow_lps) {
          f = std::min(f, part * top);
          if (step > 0) f = static_cast<float>(step * std::round(static_cast<double>(f) / step));
        }
        const auto a = assess(m.blow, m.after, rate);
        REQUIRE(a);
        return *a;
      };
      CAPTURE(rate, step, top);
      const auto sound = clipped_at(1);
      CHECK_FALSE(sound.clipped);
      CHECK(sound.measured());
      CHECK(criterion(sound, "flow_in_range").result == Result::passed);
      for (const float part : {0.8f, 0.6f, 0.4f}) {
        const auto a = clipped_at(part);
        CAPTURE(part, a.events.clipped_s);
        CHECK(a.clipped);
        CHECK_FALSE(a.measured());
        CHECK(criterion(a, "flow_in_range").result == Result::failed);
        CHECK(criterion(a, "flow_in_range").reason.find("limit") != std::string::npos);
        CHECK_FALSE(a.usable.fev1);
        CHECK_FALSE(a.usable.fvc);
        CHECK(a.hints.front() == Hint::beyond_range);
      }
    }
  }
}

TEST_CASE("a clipped inspiration must leave it undecided whether the first one was full") {
  auto m = good();
  const auto breath_in = [](double most) {  // half a sine of 4.3 L, then quietly
    auto v = sampled([](double t) { return t < 1.5 ? -4.5 * std::sin(3.14159265 * t / 1.5) : 0.4 * std::sin(1.5 * (t - 1.5)); }, 100, 9);
    for (auto& f : v) f = std::max(f, static_cast<float>(-most));
    return v;
  };
  m.after = breath_in(99);
  CHECK(criterion(m.judged(), "fivc").result != Result::cannot_tell);
  m.after = breath_in(3);
  const auto a = m.judged();
  CHECK(a.inspiration_clipped);
  CHECK(criterion(a, "fivc").result == Result::cannot_tell);
  CHECK(a.measured());
}

TEST_CASE("a blow that holds its peak for a while must not be taken for clipped, whatever the steps it is measured in") {
  for (const double fvc : {2.0, 4.0, 5.5})
    for (const int rate : {100, 200, 500})
      for (const double step : {0.001, 0.005, 0.01, 0.02, 0.05}) {
        auto flow = caukham::devices::synthetic_manoeuvre({fvc, 0.8 * fvc, 1.7 * fvc}, rate).flow_lps;
        for (float& f : flow) f = static_cast<float>(step * std::round(static_cast<double>(f) / step));
        const auto blows = find_blows(flow, rate);
        REQUIRE(blows.size() == 1);
        const auto a = assess(blows[0].blow, blows[0].after_lps, rate);
        REQUIRE(a);
        CAPTURE(fvc, rate, step, a->events.clipped_s);
        CHECK_FALSE(a->clipped);
      }
}
