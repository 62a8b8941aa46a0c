#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/score/beats.hpp"

using namespace caukham::analysis::score;

namespace {
std::vector<Mark> at(std::initializer_list<std::uint64_t> samples, char letter = 'N') {
  std::vector<Mark> out;
  for (const auto s : samples) out.push_back({s, letter});
  return out;
}
// 1 kHz: a sample is a millisecond.
Count count(const std::vector<Mark>& r, const std::vector<Mark>& t, Options o = {}) { return compare(r, t, 1000, o).count; }
}  // namespace

TEST_CASE("a list against itself must have no error") {
  const auto r = at({77, 370, 662, 946, 1231});
  const auto result = compare(r, r, 360);
  CHECK(result.count.reference == 5);
  CHECK(result.count.found == 5);
  CHECK(result.count.missed + result.count.extra == 0);
  CHECK(spread(result.errors_s).p95_abs_ms == 0);
}

TEST_CASE("the window must be inclusive and one sample more must be a miss and an extra beat") {
  CHECK(count(at({1000}), at({1150})).found == 1);
  CHECK(count(at({1000}), at({850})).found == 1);
  const auto n = count(at({1000}), at({1151}));
  CHECK(n.found == 0);
  CHECK(n.missed == 1);
  CHECK(n.extra == 1);
  CHECK(count(at({1000}), at({1060}), {.window_s = 0.05}).found == 0);
}

TEST_CASE("no reference beat must have two test beats, and the nearer one must be taken") {
  const auto two = compare(at({1000}), at({900, 1010}), 1000);
  CHECK(two.count.found == 1);
  CHECK(two.count.extra == 1);
  CHECK(two.errors_s[0] == Approx(0.010));
  const auto other = compare(at({900, 1010}), at({1000}), 1000);
  CHECK(other.count.found == 1);
  CHECK(other.count.missed == 1);
  CHECK(other.errors_s[0] == Approx(-0.010));
}

TEST_CASE("bxb's own example of two close pairs must be paired twice") {
  // From bxb's description of its change of 24 November 2002: window 37 samples of 250 Hz.
  CHECK(compare(at({96, 160}), at({128, 185}), 250).count.found == 2);
}

TEST_CASE("only beats must count, in the classes of EC57") {
  for (const char c : std::string("NLRB")) CHECK(beat_class(c) == 'N');
  for (const char c : std::string("aAJSejn")) CHECK(beat_class(c) == 'S');
  for (const char c : std::string("VrE")) CHECK(beat_class(c) == 'V');
  for (const char c : std::string("/fQ?")) CHECK(beat_class(c) == 'Q');
  for (const char c : std::string("+~|\"x!pt^()")) CHECK(beat_class(c) == 0);
  CHECK(beat_class('\0') == 0);
  CHECK(count({{10, '+'}, {500, 'N'}, {800, '~'}}, at({500})).reference == 1);
}

TEST_CASE("beats in ventricular flutter must count on neither side") {
  const std::vector<Mark> r = {{1000, 'N'}, {2000, '['}, {2300, '!'}, {2600, '!'}, {3000, ']'}, {4000, 'N'}};
  const auto n = count(r, at({1000, 2100, 2500, 2900, 3500, 4000}));
  CHECK(n.reference == 2);
  CHECK(n.found == 2);
  CHECK(n.extra == 1);  // 3500 lies behind it
  CHECK(n.flutter_episodes == 1);
  CHECK(n.flutter_test_beats == 3);
  const auto open = count({{1000, 'N'}, {2000, '['}, {2300, 'N'}}, at({1000, 2300, 9000}));  // never ended
  CHECK(open.reference == 1);
  CHECK(open.extra == 0);
}

TEST_CASE("beats where the reference says the leads cannot be read must count as anywhere, as in bxb's Se and +P") {
  // bxb lists them in a column of their own (X) and adds that to both errors (its QFN and QFP).
  const std::vector<Mark> r = {{1000, 'N'}, {2000, '~'}, {3000, 'N'}, {4000, '~'}, {5000, 'N'}};
  const auto n = count(r, at({1000, 2500, 5000}));
  CHECK(n.reference == 3);
  CHECK(n.found == 2);
  CHECK(n.missed == 1);
  CHECK(n.extra == 1);
}

TEST_CASE("ventricular beats must be scored as EC57 says") {
  const std::vector<Mark> r = {{1000, 'V'}, {2000, 'V'}, {3000, 'N'}, {4000, 'F'}, {5000, 'V'}, {6000, 'Q'}, {7000, 'A'}};
  const std::vector<Mark> t = {{1000, 'V'}, {2000, 'N'}, {3000, 'V'}, {4000, 'V'}, {6000, 'V'}, {7000, 'V'}, {8000, 'V'}};
  const auto n = count(r, t);
  CHECK(n.v_true == 1);
  CHECK(n.v_missed == 2);  // one called N, one not found
  CHECK(n.v_false == 3);   // N, S and nothing at all called V; F and Q are forgiven
  CHECK(percent(n.v_true, n.v_missed) == Approx(100.0 / 3));
  CHECK(std::isnan(percent(0, 0)));
}

TEST_CASE("the learning period must count on neither side, a beat on its border with its partner") {
  const Options learn{.skip_s = 5};
  const auto n = count(at({1000, 2000, 5001, 6000}), at({1500, 4990, 6000}), learn);
  CHECK(n.skipped_reference == 2);
  CHECK(n.reference == 2);
  CHECK(n.found == 2);
  CHECK(n.extra == 0);
  const auto late = count(at({4990, 6000}), at({5010, 6000}), learn);  // the test's beat belongs to a skipped one
  CHECK(late.reference == 1);
  CHECK(late.found == 1);
  CHECK(late.extra == 0);
}

TEST_CASE("placement errors must be stated as median, mean and scatter") {
  const auto s = spread({-0.010, 0.0, 0.010, 0.020, 0.030});
  CHECK(s.mean_ms == Approx(10));
  CHECK(s.median_ms == Approx(10));
  CHECK(s.median_abs_ms == Approx(10));
  CHECK(s.sd_ms == Approx(15.8114).margin(1e-3));
  CHECK(spread({}).sd_ms == 0);
}

TEST_CASE("on random lists every beat must be counted exactly once and no pair lie outside the window") {
  std::mt19937 random(4);
  for (int round = 0; round < 500; ++round) {
    std::vector<Mark> r, t;
    std::uint64_t at = 0;
    for (int i = 0; i < 100; ++i) r.push_back({at += 1 + random() % 600, 'N'});
    at = 0;
    for (int i = 0; i < 100; ++i) t.push_back({at += 1 + random() % 600, "NVQ"[random() % 3]});
    const auto result = compare(r, t, 1000);
    const auto& n = result.count;
    REQUIRE(n.reference == 100);
    REQUIRE(n.found + n.missed == 100);
    REQUIRE(n.found + n.extra == 100);
    for (const double e : result.errors_s) REQUIRE(std::abs(e) <= 0.150);
  }
}

TEST_CASE("lists that go back in time and rates that are none must be refused") {
  CHECK_THROWS_AS(count(at({5, 4}), at({5})), std::invalid_argument);
  CHECK_THROWS_AS(compare(at({5}), at({5}), 0), std::invalid_argument);
  CHECK_THROWS_AS(count(at({5}), at({5}), {.window_s = -1}), std::invalid_argument);
  CHECK(count({}, at({5})).extra == 1);
  CHECK(count(at({5}), {}).missed == 1);
}
