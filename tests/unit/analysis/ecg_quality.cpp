// A lead's quality: each disturbance must be measured near its true size, named, and make the lead unusable
// when it must.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/ecg/quality.hpp"
#include "tests/lib/ecg_waves.hpp"

using namespace caukham::analysis::ecg;
using caukham::test::EcgWaves;
using caukham::test::make_ecg;

namespace {

constexpr std::size_t II = 1;

bool says(const LeadQuality& q, const std::string& words) {
  return std::any_of(q.reasons.begin(), q.reasons.end(),
                     [&](const Sentence& s) { return text(s).find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("a clean ECG must be usable in every lead, without a reason against it") {
  for (double fs : {100.0, 250.0, 500.0, 1000.0}) {
    EcgWaves w;
    w.fs_hz = fs;
    w.noise_uv = 4;
    for (const auto& q : measure_quality(make_ecg(w).recording())) {
      INFO(fs << " Hz, " << q.lead);
      CHECK(q.usable);
      CHECK(q.reasons.empty());
    }
  }
}

TEST_CASE("mains, noise and wander must be measured near their size") {
  for (double fs : {250.0, 500.0, 1000.0}) {
    INFO("rate " << fs);
    EcgWaves w;
    w.fs_hz = fs, w.seconds = 20, w.noise_uv = 40, w.mains_uv = 120, w.wander_uv = 800;
    const auto q = measure_quality(make_ecg(w).recording())[II];
    CHECK(q.mains_hz == 50);
    CHECK(q.mains_uv == Approx(120).epsilon(0.1));
    CHECK(q.noise_uv == Approx(40).epsilon(0.25));
    CHECK(q.wander_uv == Approx(1600).epsilon(0.25));
    CHECK(says(q, "0.12 mV at 50 Hz"));
    CHECK(says(q, "Muscle noise"));
    CHECK(says(q, "baseline wanders"));
    CHECK(q.usable);
  }
  EcgWaves w;
  w.mains_uv = 80, w.mains_hz = 60;
  CHECK(measure_quality(make_ecg(w).recording())[II].mains_hz == 60);
}

TEST_CASE("more noise must never look like less") {
  double before_noise = -1, before_mains = -1;
  for (double uv : {5.0, 10.0, 20.0, 40.0, 80.0, 160.0}) {
    EcgWaves w;
    w.noise_uv = uv, w.mains_uv = uv;
    const auto q = measure_quality(make_ecg(w).recording())[II];
    CHECK(q.noise_uv > before_noise);
    CHECK(q.mains_uv > before_mains);
    before_noise = q.noise_uv, before_mains = q.mains_uv;
  }
}

TEST_CASE("a flat, missing or railed lead must not be usable, and the others must not suffer") {
  EcgWaves w;
  w.noise_uv = 5;
  auto ecg = make_ecg(w);
  std::fill(ecg.lead("V2").begin(), ecg.lead("V2").end(), 312.5f);
  std::fill(ecg.lead("V3").begin(), ecg.lead("V3").end(), std::nanf(""));
  for (float& v : ecg.lead("V4")) v = std::clamp(v * 6, -500.0f, 500.0f);
  auto& v5 = ecg.lead("V5");
  for (std::size_t i = 0; i < v5.size() * 7 / 10; ++i) v5[i] = 1e6f;  // off at the rail most of the time
  const auto q = measure_quality(ecg.recording());
  CHECK(says(q[7], "No signal 100 %"));
  CHECK(says(q[8], "100 % of the samples are missing"));
  CHECK(says(q[9], "amplifier's limit"));
  CHECK(says(q[10], "No signal 70 %"));
  for (std::size_t l : {7u, 8u, 9u, 10u}) CHECK_FALSE(q[l].usable);
  for (std::size_t l : {0u, 1u, 6u, 11u}) CHECK(q[l].usable);
}

TEST_CASE("a few lost samples must be told, and not make the lead useless") {
  auto ecg = make_ecg({});
  auto& v1 = ecg.lead("V1");
  for (std::size_t i = 1000; i < 1200; ++i) v1[i] = std::nanf("");
  const auto q = measure_quality(ecg.recording())[6];
  CHECK(q.usable);
  CHECK(q.missing_part == Approx(0.04));
  CHECK(says(q, "4 % of the samples are missing"));
}

TEST_CASE("quality must not depend on the order of the leads, nor on an offset, and must scale") {
  EcgWaves w;
  w.noise_uv = 20, w.mains_uv = 30;
  auto ecg = make_ecg(w);
  const auto before = measure_quality(ecg.recording());
  auto turned = ecg.recording();
  std::reverse(turned.channels.begin(), turned.channels.end());
  auto after = measure_quality(turned);
  std::reverse(after.begin(), after.end());
  for (std::size_t l = 0; l < 12; ++l) {
    CHECK(after[l].noise_uv == before[l].noise_uv);
    CHECK(after[l].mains_uv == before[l].mains_uv);
  }
  for (auto& lead : ecg.uv)
    for (float& v : lead) v = 2 * v + 5000;
  const auto scaled = measure_quality(ecg.recording());
  for (std::size_t l = 0; l < 12; ++l) {
    CHECK(scaled[l].noise_uv == Approx(2 * before[l].noise_uv).epsilon(0.01));
    CHECK(scaled[l].mains_uv == Approx(2 * before[l].mains_uv).epsilon(0.01));
  }
}

TEST_CASE("too short or hostile a recording must be answered, not fallen over") {
  for (std::size_t n : {1u, 2u, 7u, 40u, 99u, 499u}) {
    std::vector<float> v(n, 0.0f);
    for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<float>(i % 5) * 100;
    const auto q = measure_quality(Recording{500, {{"I", v}}});
    REQUIRE(q.size() == 1);
    CHECK(q[0].missing_part == 0);
  }
  std::vector<float> v(2000);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = i % 3 ? INFINITY : -3e38f;
  CHECK_FALSE(measure_quality(Recording{500, {{"I", v}}})[0].usable);
}

TEST_CASE("a QRS too small for its noise must make the lead unusable") {
  LeadQuality q;
  q.usable = true;
  q.noise_uv = 60;
  auto small = q, large = q, none = q;
  judge(small, 200);
  judge(large, 1000);
  judge(none, 20);
  CHECK_FALSE(small.usable);
  CHECK(large.usable);
  CHECK_FALSE(none.usable);
  CHECK(*large.qrs_uv == 1000);
}

TEST_CASE("a QRS that no heart has must make the lead unusable and ask for the gain") {
  LeadQuality q;
  q.usable = true;
  auto heart = q, volts = q;
  judge(heart, 8000);  // the largest a child's V lead shows
  judge(volts, 1e6);   // 200 steps a volt, said or meant otherwise
  CHECK(heart.usable);
  CHECK_FALSE(volts.usable);
  REQUIRE(volts.reasons.size() == 1);
  CHECK_THAT(volts.reasons[0].key, Catch::Contains("gain"));
}
