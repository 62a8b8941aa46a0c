// Blows as patients and sensors really give them: what must not pass for a good one.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/spirometry/session.hpp"
#include "breath.hpp"

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
