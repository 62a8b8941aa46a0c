#include <catch2/catch.hpp>

#include "analysis/spirometry/live.hpp"
#include "breath.hpp"
#include "devices/signals/random.hpp"
#include "devices/signals/spirometry.hpp"

using namespace caukham::analysis::spirometry;
namespace signals = caukham::devices;

namespace {

RecordedBlow recorded(double fvc, double tau = 0.5, double seconds = 6) {
  return {breath::as_blow(breath::sampled(breath::blow(fvc, tau), 100, seconds)),
          std::vector<float>(50, -0.5f), 100};
}

char of(std::initializer_list<double> values, bool young = false, std::size_t usable = 0) {
  return grade(std::vector<double>(values), usable, young);
}

}  // namespace

TEST_CASE("the table of grades must hold for every row, at its limits and for children") {
  CHECK(of({4.000, 3.850, 3.0}) == 'A');
  CHECK(of({4.000, 3.850}) == 'B');
  CHECK(of({4.000, 3.849}) == 'C');
  CHECK(of({4.000, 3.849, 3.0}) == 'C');
  CHECK(of({4.000, 3.800}) == 'C');
  CHECK(of({4.000, 3.799}) == 'D');
  CHECK(of({3.750, 4.000, 1.0}) == 'D');
  CHECK(of({4.000, 3.749}) == 'E');
  CHECK(of({4.000, 3.0, 2.0}) == 'E');
  CHECK(of({4.000}) == 'E');
  CHECK(of({}, false, 1) == 'U');
  CHECK(of({}, false, 0) == 'F');
  CHECK(of({0.900, 0.800, 0.7}, true) == 'A');
  CHECK(of({0.900, 0.800}, true) == 'B');
  CHECK(of({0.900, 0.790}, true) == 'C');
  CHECK(of({0.900, 0.750}, true) == 'C');
  CHECK(of({0.900, 0.700}, true) == 'D');
  CHECK(of({0.900, 0.699}, true) == 'E');
  CHECK(of({1.500, 1.351}, true) == 'B');  // within 10 % of the highest
  CHECK(repeatability_limit_l(4, false) == 0.150);
  CHECK(repeatability_limit_l(0.8, true) == 0.100);
  CHECK(repeatability_limit_l(1.5, true) == Approx(0.150));
}

TEST_CASE(
    "the best values must come from acceptable blows, even different ones, the curve from the largest sum") {
  const std::vector<RecordedBlow> set = {recorded(4.00, 0.5), recorded(3.95, 0.4), recorded(5.0, 2.0, 3)};
  const auto s = judge(set, std::nullopt);
  REQUIRE(s.blows.size() == 3);
  CHECK_FALSE(s.blows[2].criteria[5].result == Result::failed);  // larger than the largest before it
  REQUIRE(s.best.fvc_l);
  CHECK(*s.best.fvc_l == Approx(s.blows[0].numbers.fvc_l).margin(0.3));
  REQUIRE(s.best.fev1_l);
  CHECK(*s.best.fev1_l == s.blows[1].numbers.fev1_l);
  REQUIRE(s.best.curve);
  CHECK(*s.best.curve <= 1);
  CHECK(s.fev1_grade != 'A');
}

TEST_CASE("three good blows that agree must end the test, eight must end it too") {
  std::vector<RecordedBlow> set;
  CHECK(judge(set, {}).fvc_grade == 'F');
  CHECK(judge(set, {}).hints.empty());
  set.push_back(recorded(4.00));
  CHECK(judge(set, {}).hints.front() == Hint::more_blows);
  CHECK(judge(set, {}).fvc_grade == 'E');
  set.push_back(recorded(3.95));
  CHECK(judge(set, {}).hints.front() == Hint::one_more_blow);
  CHECK(judge(set, {}).fvc_grade == 'B');
  set.push_back(recorded(3.98));
  const auto three = judge(set, {});
  CHECK(three.hints.front() == Hint::finished);
  CHECK(three.repeatable);
  CHECK(three.fev1_grade == 'A');
  CHECK(three.fvc_grade == 'A');
  REQUIRE(three.fvc_difference_l);
  CHECK(*three.fvc_difference_l == Approx(0.02).margin(0.002));
  set = {recorded(4.0), recorded(3.7), recorded(3.4)};
  CHECK(judge(set, {}).hints.front() == Hint::blow_alike);
  set.push_back(recorded(2.4));
  CHECK(judge(set, {}).hints.front() == Hint::falling);
  for (int i = 0; i < 4; ++i) set.push_back(recorded(2.4 - 0.3 * i));
  CHECK(judge(set, {}).hints.front() == Hint::too_many);
  CHECK_FALSE(judge(set, {}).too_many);
  set.push_back(recorded(1.2));
  CHECK(judge(set, {}).too_many);
  CHECK_FALSE(judge(set, 5.0).too_many);
}

TEST_CASE("a usable blow that is not acceptable must give grade U, and its value must still be reported") {
  const std::vector<RecordedBlow> set = {recorded(4.0, 1.2, 2.5)};
  const auto s = judge(set, {});
  CHECK(s.fvc_grade == 'U');
  CHECK(s.fev1_grade == 'E');
  CHECK(s.best.fvc_l.has_value());
}

TEST_CASE("what is judged live, in any pieces, must be what is judged from the whole recording") {
  std::vector<float> stream;
  const auto append = [&](const std::vector<float>& what) {
    stream.insert(stream.end(), what.begin(), what.end());
  };
  const auto tidal = signals::tidal_breath(100);
  for (const auto& p : {signals::BlowParams{4.5, 3.6, 8.5}, {4.4, 3.5, 8.0}, {4.45, 3.6, 8.2}}) {
    append(tidal);
    append(signals::synthetic_manoeuvre(p, 100).flow_lps);
    append(tidal);
    append(tidal);
  }
  append(tidal);
  const auto whole = judge(find_blows(stream, 100), std::nullopt);
  REQUIRE(whole.blows.size() == 3);
  const std::uint64_t seed = 77;
  INFO("seed " << seed);
  signals::Random random(seed);
  LiveTest live(100);
  std::size_t changes = 0;
  for (std::size_t at = 0; at < stream.size();) {
    const auto n = std::min<std::size_t>(1 + random.below(60), stream.size() - at);
    changes += live.push(std::span<const float>(stream).subspan(at, n));
    at += n;
  }
  CHECK(changes >= 3);
  REQUIRE(live.session().blows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(live.session().blows[i].numbers.fvc_l == Approx(whole.blows[i].numbers.fvc_l).margin(1e-6));
    CHECK(live.session().blows[i].numbers.fev1_l == Approx(whole.blows[i].numbers.fev1_l).margin(1e-6));
    CHECK(live.session().blows[i].acceptable.fvc == whole.blows[i].acceptable.fvc);
    CHECK(live.session().blows[i].fivc_l.has_value() == whole.blows[i].fivc_l.has_value());
  }
  CHECK(live.session().fev1_grade == whole.fev1_grade);

  live.gap(500);
  live.push(std::vector<float>(1000, 0.0f));
  CHECK(live.session().blows.size() == 3);
  CHECK_FALSE(live.blowing());
}
