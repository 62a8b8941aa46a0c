#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "analysis/spirometry/interpret.hpp"
#include "analysis/spirometry/reference.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::analysis::spirometry;

namespace {

std::string text_of(const std::string& name) {
  std::ifstream in(std::string(CAUKHAM_REFERENCE_TABLES) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const ReferenceTables& tables() {
  static const ReferenceTables all = [] {
    ReferenceTables t;
    for (const char* name : {"gli2012.txt", "gli2022.txt", "nhanes3.txt"}) t.add(text_of(name));
    return t;
  }();
  return all;
}

const Subject man{Sex::male, 40, 175, 1}, woman{Sex::female, 40, 163, 1};

}  // namespace

TEST_CASE("published check values must come out of the tables") {
  CHECK(tables().of("GLI2012", "FEV1", man).percent(3.0) == Approx(73.57).margin(0.005));
  CHECK(tables().of("GLI2022", "FVC", man).percent(4.5) == Approx(95.77).margin(0.005));
  const auto r = tables().of("GLI2012", "FEF25_75", {Sex::female, 40, 163, 2}, AgeMode::round);
  CHECK(r.l == Approx(0.560211).margin(1e-6));
  CHECK(r.m == Approx(2.817990).margin(1e-6));
  CHECK(r.s == Approx(0.317744).margin(1e-6));
  CHECK(r.lln() == Approx(1.518269).margin(1e-6));
  CHECK(r.z(2.254) == Approx(-0.66064).margin(1e-5));
}

TEST_CASE("the two age conventions must differ between quarters and agree on them") {
  const Subject boy{Sex::male, 8.1, 130, 1};
  CHECK(tables().of("GLI2012", "FEV1", boy, AgeMode::round).m ==
        tables().of("GLI2012", "FEV1", {Sex::male, 8.0, 130, 1}, AgeMode::interpolate).m);
  CHECK(tables().of("GLI2012", "FEV1", boy, AgeMode::round).m != tables().of("GLI2012", "FEV1", boy).m);
}

TEST_CASE(
    "z-scores must be zero at the predicted value, -1.645 at the lower limit, and grow with the value") {
  for (const char* set : {"GLI2012", "GLI2022", "NHANES3"})
    for (const char* parameter : {"FEV1", "FVC", "FEV1FVC"})
      for (const auto& who :
           {man, woman, Subject{Sex::male, 9.3, 135, 3}, Subject{Sex::female, 78.6, 150, 2}}) {
        CAPTURE(set, parameter, who.age_years);
        const auto r = tables().of(set, parameter, who);
        CHECK(r.z(r.m) == Approx(0).margin(1e-9));
        CHECK(r.z(r.lln()) == Approx(-1.645));
        CHECK(r.z(r.uln()) == Approx(1.645));
        CHECK(r.percent(r.m) == Approx(100));
        CHECK(r.z(0.6 * r.m) < r.z(0.9 * r.m));
        CHECK(r.lln() < r.m);
      }
}

TEST_CASE("the branches of NHANES III must meet at 20 years in males and 18 in females") {
  for (int group = 1; group <= 3; ++group)
    for (const char* parameter : {"FEV1", "FVC", "FEV6", "PEF", "FEF25_75"})
      for (auto [sex, knot] : {std::pair{Sex::male, 20.0}, {Sex::female, 18.0}}) {
        CAPTURE(group, parameter);
        const double before = tables().of("NHANES3", parameter, {sex, knot - 1e-9, 165, group}).m;
        CHECK(tables().of("NHANES3", parameter, {sex, knot, 165, group}).m == Approx(before).margin(0.011));
      }
  CHECK(tables().of("NHANES3", "FEV1", man).m ==
        Approx(0.5536 - 0.01303 * 40 - 0.000172 * 1600 + 0.00014098 * 175 * 175));
  CHECK(tables().of("NHANES3", "FEV1FVC", woman).m == Approx(0.82309));
}

TEST_CASE("what the tables do not hold must be refused in words") {
  const auto refuses = [](const char* set, const char* parameter, const Subject& s, const char* part) {
    CAPTURE(set, parameter, s.age_years);
    CHECK_THROWS_WITH(tables().of(set, parameter, s), Catch::Contains(part));
  };
  refuses("GLI2012", "FEV1", {Sex::male, 2.9, 95, 1}, "age");
  refuses("GLI2012", "FEV1", {Sex::male, 96, 175, 1}, "age");
  refuses("GLI2022", "FVC", {Sex::male, NAN, 175, 1}, "age");
  refuses("GLI2012", "FEF25_75", {Sex::female, 91, 160, 1}, "3 to 90");
  refuses("GLI2012", "FEV1", {Sex::male, 40, 17.5, 1}, "height");
  refuses("GLI2012", "FEV1", {Sex::male, 40, 175, 0}, "group");
  refuses("GLI2012", "FEV1", {Sex::male, 40, 175, 6}, "group");
  refuses("GLI2012", "FEF25_75", man, "disagree");
  refuses("GLI2022", "FEF25_75", woman, "has no");
  refuses("GLI2012", "TLC", man, "has no");
  refuses("ECSC", "FEV1", man, "not known");
  refuses("NHANES3", "FEV1", {Sex::male, 7, 120, 1}, "age");
  refuses("NHANES3", "FEV1", {Sex::male, 40, 175, 4}, "group");
  refuses("GLI2012", "FEV075", {Sex::male, 5, 110, 2}, "group 1");
  CHECK(tables().of("GLI2012", "FEV075", {Sex::male, 5, 110, 1}).m == Approx(1.0).margin(0.15));
  CHECK(tables().of("GLI2022", "FEV1", {Sex::male, 40, 175, 0}).m > 3);  // has no groups and needs none
}

TEST_CASE("a table that was cut, changed or is none must be refused and never crash") {
  const auto text = text_of("gli2022.txt");
  REQUIRE(text.size() > 10000);
  ReferenceTables t;
  CHECK_THROWS_AS(t.add(text.substr(0, text.size() / 2)), ReferenceError);
  CHECK_THROWS_AS(ReferenceTables().add("m 1 2 3\n"), ReferenceError);
  CHECK_THROWS_AS(ReferenceTables().add("equation A B male 3\n"), ReferenceError);
  CHECK_THROWS_AS(ReferenceTables().add("equation A B male 9 3\n"), ReferenceError);
  CHECK_THROWS_AS(ReferenceTables().add("quadratic FEV1 male 1 20 x\n"), ReferenceError);
  const std::uint64_t seed = 5;
  INFO("seed " << seed);
  caukham::devices::Random random(seed);
  for (int round = 0; round < 60; ++round) {
    auto bad = text.substr(0, 4000);
    for (int k = 0; k < 5; ++k) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    try {
      ReferenceTables().add(bad);
      FAIL("half a table was taken");
    } catch (const ReferenceError&) {
    }
  }
}

TEST_CASE("severity, pattern and bronchodilator words must follow their limits") {
  CHECK(severity(-1.645) == Severity::within_normal);
  CHECK(severity(-1.646) == Severity::mild);
  CHECK(severity(-2.5) == Severity::mild);
  CHECK(severity(-2.51) == Severity::moderate);
  CHECK(severity(-4) == Severity::moderate);
  CHECK(severity(-4.01) == Severity::severe);
  CHECK(pattern(0, 0, 0) == Pattern::normal);
  CHECK(pattern(-2, 0, -2) == Pattern::obstruction);
  CHECK(pattern(-2, -2, 0) == Pattern::possible_restriction);
  CHECK(pattern(-3, -2, -2) == Pattern::possible_mixed);
  CHECK(pattern(-2, -1, 0) == Pattern::non_specific);
  const auto old_only = bronchodilator(1.7, 1.91, 3.0);  // 12.4 %, 0.21 L, 7 % of predicted
  CHECK(old_only.responds_2005);
  CHECK_FALSE(*old_only.responds_2022);
  const auto new_only = bronchodilator(3.2, 3.55, 3.4);  // 10.9 % of pre, 10.3 % of predicted
  CHECK_FALSE(new_only.responds_2005);
  CHECK(*new_only.responds_2022);
  CHECK(bronchodilator(2.0, 2.24, 2.4).responds_2005);
  CHECK(bronchodilator(2.0, 2.24 - 1e-7, 2.4).responds_2005);  // as the volumes of a file sum up: told as 12.00 %
  CHECK_FALSE(*bronchodilator(2.0, 2.24 + 1e-7, 2.4).responds_2022);
  CHECK_FALSE(*bronchodilator(2.0, 2.24, 2.4).responds_2022);  // 10 % exactly is not more than 10 %
  CHECK_FALSE(bronchodilator(2.0, 2.24, std::nullopt).responds_2022.has_value());
}
