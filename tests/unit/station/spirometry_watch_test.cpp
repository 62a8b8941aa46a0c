#include "station/spirometry_watch.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "devices/signals/spirometry.hpp"

using namespace caukham;
using Use = station::SpirometryCard::Use;

namespace {

constexpr int rate_hz = 100;

core::StreamInfo stream() {
  core::StreamInfo info;
  info.id = 3;
  info.rate_hz = rate_hz;
  info.scale = 0.001;
  info.labels = {"flow"};
  return info;
}

void breathe(station::SpirometryWatch& watch, const std::vector<float>& flow_lps) {
  core::Chunk chunk;
  chunk.stream = 3;
  chunk.count = static_cast<std::uint32_t>(flow_lps.size());
  for (const float f : flow_lps) chunk.samples.push_back(static_cast<std::int32_t>(std::lround(f * 1000)));
  watch.add(chunk, stream());
}

void blow(station::SpirometryWatch& watch, const devices::BlowParams& params) {
  breathe(watch, std::vector<float>(300, 0.0F));
  const auto m = devices::synthetic_manoeuvre(params, rate_hz);
  breathe(watch, {m.flow_lps.begin(), m.flow_lps.end()});
  breathe(watch, std::vector<float>(700, 0.0F));
}

constexpr std::int64_t day_ns = 86'400'000'000'000;

}  // namespace

TEST_CASE("a session must show its grade, and each blow whether it is accepted") {
  station::SpirometryWatch watch;
  CHECK(watch.session().fev1_grade == 0);  // no blow, no grade
  for (int n = 0; n < 3; ++n) blow(watch, {3.42, 2.80, 6.9});
  const auto blows = watch.manoeuvres();
  REQUIRE(blows.size() == 3);
  for (const auto& b : blows) {
    INFO(b.words << " / " << b.reasons);
    CHECK(b.fev1 == Use::acceptable);
    CHECK(b.fvc == Use::acceptable);
    CHECK(b.reasons.empty());
  }
  const auto session = watch.session();
  CHECK(session.fev1_grade == 'A');
  CHECK(session.fvc_grade == 'A');
  CHECK_FALSE(session.hint.empty());
  REQUIRE(session.values.size() == 3);
  CHECK(session.values[0].value == Approx(2.80).margin(0.1));
}

TEST_CASE("a blow that is not accepted must say each reason, and what to do") {
  station::SpirometryWatch watch;
  breathe(watch, std::vector<float>(300, 0.0F));
  std::vector<float> stopped(80, 5.0F);  // the throat closes after 0.8 s
  stopped.insert(stopped.end(), 700, 0.0F);
  breathe(watch, stopped);
  const auto blows = watch.manoeuvres();
  REQUIRE(blows.size() == 1);
  CHECK(blows[0].fev1 != Use::acceptable);
  CHECK(blows[0].fvc != Use::acceptable);
  INFO(blows[0].reasons);
  CHECK(blows[0].reasons.find("throat closed") != std::string::npos);
  CHECK(blows[0].words.size() > 10);
  CHECK(watch.session().fvc_grade != 'A');
}

TEST_CASE("a young child's small blows must be seen as soon as the age is known, and no adult's breath be one") {
  station::SpirometryWatch watch;
  const devices::BlowParams small{0.60, 0.55, 1.6};
  blow(watch, small);
  CHECK(watch.manoeuvres().empty());
  station::Breather child;
  child.age_years = 3.5;
  watch.set_patient(child);
  blow(watch, small);
  CHECK(watch.manoeuvres().size() == 1);
}

TEST_CASE("predicted values must be shown when age, sex and height are known, and else what is missing") {
  station::SpirometryWatch watch;
  watch.read_references(REFERENCE_FOLDER);
  blow(watch, {3.42, 2.80, 6.9});
  CHECK(watch.session().missing.find("the date of birth, the sex, the height") != std::string::npos);
  for (const auto& v : watch.session().values) CHECK_FALSE(v.z);
  watch.set_patient({47.0, "F", 0});
  CHECK(watch.session().missing.find("the height") != std::string::npos);
  CHECK(watch.session().missing.find("the sex") == std::string::npos);
  watch.set_patient({47.0, "F", 158});
  const auto session = watch.session();
  CHECK(session.missing.empty());
  CHECK(session.reference == "GLI 2022");
  for (const auto& v : session.values) {
    REQUIRE(v.percent);
    REQUIRE(v.z);
    CHECK(*v.percent > 50);
    CHECK(std::abs(*v.z) < 5);
  }
  watch.set_patient({1.0, "F", 75});  // no table is made for an infant: no number that looks measured
  CHECK_FALSE(watch.session().missing.empty());
  CHECK(watch.session().reference.empty());
  CHECK_THROWS(watch.read_references("/nowhere"));
}

TEST_CASE("an age must come from a whole date or a year, and from nothing else") {
  const auto at = [](const char* birth) { return station::age_at(birth, 20'000 * day_ns); };  // 2024-10-04
  CHECK(*at("1979-10-04") == Approx(45).margin(0.01));
  CHECK(*at("1979") == Approx(45.26).margin(0.02));
  for (const char* none : {"", "abc", "1979-13-01", "1979-02-30", "2030-01-01", "79"}) CHECK_FALSE(at(none));
}
