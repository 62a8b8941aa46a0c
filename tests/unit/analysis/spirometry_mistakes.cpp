// Blows as patients and sensors really give them: what must not pass for a good one.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/spirometry/session.hpp"
#include "breath.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::analysis::spirometry;
using breath::as_blow;
using breath::blow;
using breath::criterion;
using breath::sampled;

TEST_CASE("a cough late in the first second must be seen although little flows by then") {
  for (const double from_s : {0.3, 0.6, 0.8, 0.9}) {
    CAPTURE(from_s);
    const auto flow = blow(4.0, 0.45);
    const auto a = assess(as_blow(sampled([&](double t) { return flow(t) * (t > from_s && t < from_s + 0.07 ? 0.05 : 1); }, 100, 6)), {}, 100);
    REQUIRE(a);
    CHECK(criterion(*a, "cough_first_second").result == Result::failed);
    CHECK_FALSE(a->usable.fev1);
    CHECK(a->acceptable.fvc);
  }
  const auto later = assess(as_blow(sampled([flow = blow(4.0, 0.45)](double t) { return flow(t) * (t > 1.2 && t < 1.27 ? 0.05 : 1); }, 100, 6)), {}, 100);
  REQUIRE(later);
  CHECK(later->acceptable.fev1);
}

TEST_CASE("stillness after the patient stopped while air still came must be no plateau") {
  for (const double rate : {100.0, 250.0, 500.0})
    for (const double tau : {0.4, 1.2, 2.5})
      for (const double stops_at_lps : {0.1, 0.2, 0.3, 0.45, 0.8}) {
        CAPTURE(rate, tau, stops_at_lps);
        if (stops_at_lps * tau < 0.1) continue;  // so little was left in the lungs
        const auto flow = blow(3.0, tau);
        const double at_s = 0.05 + tau * std::log(flow(0.05) / stops_at_lps);
        const auto a = assess(as_blow(sampled([&](double t) { return t < at_s ? flow(t) : 0; }, rate, at_s + 3)), {}, rate);
        REQUIRE(a);
        CHECK(criterion(*a, "end_of_forced_expiration").result == Result::failed);
        CHECK_FALSE(a->acceptable.fvc);
        CHECK(a->acceptable.fev1 == (at_s > 1.1));
        CHECK(a->events.end_volume_l > 0.05);
      }
  // Lungs that empty, quickly or slowly, reach it.
  for (const double tau : {0.1, 0.2, 0.4, 0.8, 1.2}) {
    CAPTURE(tau);
    const auto a = assess(as_blow(sampled(blow(tau < 0.3 ? 0.8 : 3.0, tau), 100, 8 * tau + 2)), {}, 100);
    REQUIRE(a);
    CHECK(criterion(*a, "end_of_forced_expiration").result == Result::passed);
  }
}

TEST_CASE("a sensor that rests away from zero must be found out whichever way it is off, in a file and in a stream") {
  const auto flow = blow(4.0, 0.46);
  for (const double zero_lps : {-0.04, -0.02, 0.02, 0.04, 0.08})
    for (const bool noisy : {false, true}) {
      CAPTURE(zero_lps, noisy);
      const auto stream = sampled([&](double t) {
        const double noise = noisy ? 0.004 * std::sin(1e4 * t) : 0;
        return zero_lps + noise + (t < 2 ? 0 : t < 10 ? flow(t - 2) : t < 11.5 ? -2.6 : 0);
      }, 100, 14);
      const auto whole = whole_blow(stream, 100);
      const auto found = find_blows(stream, 100);
      REQUIRE(found.size() == 1);
      for (const auto& b : {whole, found[0].blow}) {
        const auto a = assess(b, {}, 100);
        REQUIRE(a);
        REQUIRE(a->resting_lps);
        CHECK(*a->resting_lps == Approx(zero_lps).margin(0.002));
        CHECK((criterion(*a, "zero_flow").result == Result::failed) == (std::abs(zero_lps) > 0.05));
        if (std::abs(zero_lps) > 0.05) continue;
        CHECK(a->numbers.fvc_l == Approx(4).margin(0.03));
        CHECK(a->numbers.fev1_l == Approx(3.54).margin(0.01));
        CHECK(a->acceptable.fvc);
      }
    }
}

TEST_CASE("two blows with a breath between must not be added into one") {
  const auto first = blow(4.0, 0.46);
  for (const double breath_l : {0.2, 0.4, 1.0, 4.0}) {
    CAPTURE(breath_l);
    const auto again = blow(std::min(3.7, breath_l + 1), 0.46);
    const auto whole = whole_blow(sampled([&](double t) {
      return t < 1 ? 0 : t < 2.4 ? first(t - 1) : t < 3 ? -breath_l / 0.6 : again(t - 3);
    }, 100, 9), 100);
    const auto n = measure(whole.flow_lps, 100);
    REQUIRE(n);
    CHECK(whole.first_sample <= 101);
    CHECK(n->fvc_l < 4.001);
    CHECK(n->fvc_l > 3.7);
    CHECK(n->fet_s > 0);
    CHECK(n->fet_s < 1.5);
  }
}

TEST_CASE("a flow clipped at the sensor's limit must be found although its signal is noisy") {
  const auto flow = blow(4.0, 0.46);
  for (const double rate : {100.0, 250.0, 500.0})
    for (const float limit_lps : {3.0f, 5.0f, 6.5f})
      for (const float step_lps : {0.001f, 0.01f}) {
        CAPTURE(rate, limit_lps, step_lps);
        auto clipped = sampled(flow, rate, 6);
        caukham::devices::Random random(4);
        for (auto& f : clipped)
          f = step_lps * std::round(std::min(limit_lps, f + 0.05f * static_cast<float>(2 * random.uniform() - 1)) / step_lps);
        const auto a = assess(as_blow(clipped), {}, rate);
        REQUIRE(a);
        CHECK(a->clipped);
        CHECK_FALSE(a->measured());
      }
}

TEST_CASE("a recording that begins in the middle of a blow must give no numbers") {
  for (const double rate : {100.0, 250.0, 500.0})
    for (const double missing_s : {0.05, 0.1, 0.3, 0.6}) {
      CAPTURE(rate, missing_s);
      const auto late = sampled([flow = blow(4.0, 0.46, 0.06), missing_s](double t) { return flow(t + missing_s); }, rate, 6);
      const auto found = find_blows(late, rate);
      REQUIRE(found.size() == 1);
      for (const auto& b : {whole_blow(late, rate), found[0].blow}) {
        const auto a = assess(b, {}, rate);
        REQUIRE(a);
        CHECK(criterion(*a, "complete_recording").result == Result::failed);
        CHECK_FALSE(a->measured());
        CHECK_FALSE(a->usable.fev1);
        CHECK_FALSE(a->usable.fvc);
        CHECK(a->hints.front() == Hint::cut_off);
      }
    }
  for (const double rise_s : {0.04, 0.08, 0.2}) {  // from its first sample on, however steep
    const auto a = assess(as_blow(sampled(blow(4.0, 0.46, rise_s), 100, 6)), {}, 100);
    REQUIRE(a);
    CHECK(a->measured());
  }
}
