#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "analysis/ecg/detector.hpp"
#include "analysis/ecg/rhythm.hpp"
#include "devices/signals/random.hpp"
#include "tests/lib/ecg_cases.hpp"

using namespace caukham::analysis::ecg;
using namespace caukham::tests;

namespace {

std::vector<Beat> at(const std::vector<double>& intervals_s, double fs) {
  double t = 1;
  std::vector<Beat> out = {{static_cast<std::uint64_t>(t * fs), BeatType::normal}};
  for (double rr : intervals_s)
    out.push_back({static_cast<std::uint64_t>(std::lround((t += rr) * fs)), BeatType::normal});
  return out;
}

}  // namespace

TEST_CASE("rates and intervals must be what arithmetic says") {
  const auto r = rhythm(at({1.0, 0.5, 1.0, 1.5}, 1000), 1000);
  CHECK(r.beats == 5);
  CHECK(r.intervals == 4);
  CHECK(r.mean_bpm == Approx(60));
  CHECK(r.median_bpm == Approx(60));
  CHECK(r.max_bpm == Approx(120));
  CHECK(r.min_bpm == Approx(40));
  CHECK(r.longest_rr_ms == Approx(1500));
  CHECK(r.regularity == Regularity::cannot_tell);
  CHECK(r.reason == "fewer than 8 intervals between normal beats");
  CHECK(r.sdnn_ms == 0);  // not told from so few
  const auto alternating = rhythm(at({0.8, 0.9, 0.8, 0.9, 0.8, 0.9, 0.8, 0.9, 0.8, 0.9}, 1000), 1000);
  CHECK(alternating.rmssd_ms == Approx(100));
  CHECK(alternating.sdnn_ms == Approx(52.7).margin(0.1));
}

TEST_CASE(
    "regular, irregular and irregularly irregular must be told apart, and a repeating pattern is not the "
    "last") {
  caukham::devices::Random random(3);
  std::vector<double> steady, fibrillating, bigeminus, trigeminus, breathing;
  for (int i = 0; i < 60; ++i) {
    steady.push_back(0.8 + 0.01 * random.normal());
    fibrillating.push_back(0.45 + 0.5 * random.uniform());
    bigeminus.push_back((i % 2 ? 1.1 : 0.6) + 0.01 * random.normal());
    trigeminus.push_back((i % 3 == 0 ? 1.1 : i % 3 == 1 ? 0.6 : 0.8) + 0.01 * random.normal());
    breathing.push_back(0.9 + 0.18 * std::sin(i * 0.9));
  }
  CHECK(rhythm(at(steady, 500), 500).regularity == Regularity::regular);
  CHECK(rhythm(at(fibrillating, 500), 500).regularity == Regularity::irregularly_irregular);
  CHECK(rhythm(at(bigeminus, 500), 500).regularity == Regularity::irregular);
  CHECK(rhythm(at(trigeminus, 500), 500).regularity == Regularity::irregular);
  CHECK(rhythm(at(breathing, 500), 500).regularity == Regularity::irregular);
  CHECK(std::string(text(Regularity::cannot_tell)) == "cannot tell");
}

TEST_CASE("an interval over missing samples must not count, nor ventricular beats in the regularity") {
  auto beats = at(std::vector<double>(20, 0.8), 500);
  for (std::size_t i = 10; i < beats.size(); ++i) beats[i].sample += 5000;  // ten seconds without samples
  CHECK(rhythm(beats, 500).longest_rr_ms > 10000);
  const std::vector<Gap> hole = {{beats[9].sample + 50, beats[10].sample - 50}};
  const auto r = rhythm(beats, 500, hole);
  CHECK(r.intervals == 19);
  CHECK(r.longest_rr_ms == Approx(800));
  CHECK(r.regularity == Regularity::regular);

  auto e = hard_case(Hard::sinus, 500, 20, 1);
  for (std::size_t i = 3000; i < 4000; ++i) e.uv[0][i] = e.uv[1][i] = std::numeric_limits<float>::quiet_NaN();
  e.uv[0][6000] = e.uv[1][6000] = std::numeric_limits<float>::quiet_NaN();
  const auto found = gaps(e.view());
  REQUIRE(found.size() == 1);
  CHECK(found[0].from == 3000);
  CHECK(found[0].to == 4000);
}

TEST_CASE("no beats, one beat and no rate must give no numbers and a reason") {
  for (std::size_t n : {0u, 1u, 2u}) {
    const auto beats = at({1}, 500);
    const auto r = rhythm(std::span(beats).first(n), 500);
    CAPTURE(n);
    CHECK(r.mean_bpm == 0);
    CHECK(r.regularity == Regularity::cannot_tell);
    CHECK_FALSE(r.reason.empty());
  }
  CHECK(rhythm(at({1}, 500), 500).mean_bpm == 0);
  CHECK(rhythm(at({1, 1}, 500), 0).mean_bpm == 0);
}

TEST_CASE("ventricular beats of the made ECGs must be told from the others") {
  for (int k = 0; k < hard_count; ++k) {
    const auto e = hard_case(static_cast<Hard>(k), 360, 120, 17);
    const auto found = detect_beats(e.view());
    std::size_t right = 0, wrong = 0;
    for (const auto& t : e.truth)
      for (const auto& b : found)
        if (std::abs(static_cast<double>(b.sample) - static_cast<double>(t.sample)) < 20)
          (b.type == t.type ? right : wrong) += 1;
    CAPTURE(name(static_cast<Hard>(k)), right, wrong);
    CHECK(right >= e.truth.size() * 97 / 100);
    CHECK(wrong <= e.truth.size() / 50);
  }
  const auto e = hard_case(Hard::sinus, 360, 3, 1);
  for (const auto& b : detect_beats(e.view())) CHECK(b.type == BeatType::unclassified);  // fewer than five
}
