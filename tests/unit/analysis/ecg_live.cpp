#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/ecg/live.hpp"
#include "devices/signals/random.hpp"
#include "tests/lib/ecg_cases.hpp"

using namespace caukham::analysis::ecg;
using namespace caukham::tests;

namespace {

struct Heard {
  std::vector<std::uint64_t> beats;
  double worst_delay_s = 0, bpm = 0;
};

Heard listen(const EcgCase& e) {
  LiveDetector d(e.fs_hz, e.uv.size());
  Heard out;
  std::vector<float> frame(e.uv.size());
  for (std::size_t i = 0; i < e.samples(); ++i) {
    for (std::size_t c = 0; c < frame.size(); ++c) frame[c] = e.uv[c][i];
    if (const auto beat = d.push(frame)) {
      REQUIRE(*beat <= i);
      if (!out.beats.empty()) REQUIRE(*beat > out.beats.back());
      out.beats.push_back(*beat);
      out.worst_delay_s = std::max(out.worst_delay_s, static_cast<double>(i - *beat) / e.fs_hz);
    }
  }
  out.bpm = d.bpm();
  return out;
}

}  // namespace

TEST_CASE("live, the beats of the hard made ECGs must be found within a second and 50 ms of the R peak") {
  for (int k = 0; k < hard_count; ++k)
    for (double fs : {250.0, 360.0, 1000.0}) {
      const auto e = hard_case(static_cast<Hard>(k), fs, 120, 11);
      const auto heard = listen(e);
      const auto s = compare(e, heard.beats, 0.150, 4);
      CAPTURE(name(static_cast<Hard>(k)), fs, s.truth, s.missed, s.extra, s.median_error_ms,
              heard.worst_delay_s);
      CHECK(s.missed + s.extra <= 2);
      CHECK(s.median_error_ms <= 30);
      CHECK(heard.worst_delay_s <= LiveDetector::max_delay_s);
    }
}

TEST_CASE("live, noise of 6 dB must cost few beats and never break the stated delay") {
  for (auto kind : {Noise::wander, Noise::muscle, Noise::motion, Noise::mains})
    for (auto hard : {Hard::sinus, Hard::pvc, Hard::fibrillation})
      for (double snr : {12.0, 6.0, 0.0}) {
        auto e = hard_case(hard, 360, 120, 21);
        add_noise(e, kind, snr, 5);
        const auto heard = listen(e);
        const auto s = compare(e, heard.beats, 0.150, 4);
        CAPTURE(name(kind), name(hard), snr, s.se(), s.pp(), heard.worst_delay_s);
        CHECK(s.se() >= (snr >= 6 ? 99.0 : 95.0));
        CHECK(s.pp() >= (snr >= 6 ? 99.0 : 90.0));
        CHECK(heard.worst_delay_s <= LiveDetector::max_delay_s);
      }
}

TEST_CASE(
    "live, an electrode that is off must not hide the beats of the others, and noise alone must hardly "
    "beat") {
  for (auto kind : {Noise::wander, Noise::muscle, Noise::motion, Noise::mains}) {
    auto e = hard_case(Hard::sinus, 360, 120, 9);
    auto v = noise(kind, 360, e.samples(), 3);
    for (std::size_t i = 0; i < e.samples(); ++i) e.uv[1][i] = 600 * v[i];
    const auto s = compare(e, listen(e).beats, 0.150, 4);
    CAPTURE(name(kind), s.missed, s.extra);
    CHECK(s.missed + s.extra == 0);
    v = noise(kind, 360, e.samples(), 5);
    for (std::size_t i = 0; i < e.samples(); ++i) e.uv[0][i] = 600 * v[i];
    CHECK(listen(e).beats.size() <= 12);  // in two minutes
  }
}

TEST_CASE("live, a gap must count in the sample numbers and not as an interval") {
  const auto e = hard_case(Hard::sinus, 1000, 60, 2);
  LiveDetector d(1000, 2);
  std::vector<std::uint64_t> beats;
  for (std::size_t i = 0; i < e.samples(); ++i) {
    if (i == 20001) d.gap(5003), i += 5003;  // not a whole number of the detector's ticks
    if (i == 40000) d.gap(300), i += 300;
    const float frame[2] = {e.uv[0][i], e.uv[1][i]};
    if (const auto b = d.push(frame)) beats.push_back(*b);
    if (i == 39000 || i == 42000) CHECK(d.bpm() == Approx(72).margin(4));
  }
  auto kept = e;
  std::erase_if(kept.truth,
                [](const Beat& b) {  // what lies in a gap, while it learns, or too near to be seen
                  return (b.sample >= 19700 && b.sample < 27200) || (b.sample >= 39700 && b.sample < 40600);
                });
  std::erase_if(beats, [](auto b) { return (b >= 19700 && b < 27200) || (b >= 39700 && b < 40600); });
  const auto s = compare(kept, beats, 0.05, 3);
  CAPTURE(s.missed, s.extra);
  CHECK(s.missed + s.extra == 0);
}

TEST_CASE("live, what is no ECG must give no beat and no rate, and misuse must be refused") {
  constexpr float missing = std::numeric_limits<float>::quiet_NaN();
  for (float v : {0.0f, 4000.0f, missing, std::numeric_limits<float>::infinity(), 3e38f}) {
    LiveDetector d(500, 2);
    const float frame[2] = {v, v};
    for (int i = 0; i < 10000; ++i) REQUIRE_FALSE(d.push(frame).has_value());
    CHECK(d.bpm() == 0);
  }
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    caukham::devices::Random random(seed);
    LiveDetector d(100 + random.below(2000), 2);
    std::uint64_t last = 0;
    for (int i = 0; i < 20000; ++i) {
      const float frame[2] = {static_cast<float>(std::exp(60 * random.normal())),
                              random.below(9) ? 1.0f : missing};
      if (random.below(300) == 0) d.gap(random.below(4000));
      if (const auto b = d.push(frame, random.below(50) == 0 ? random.below(4) : 0)) {
        REQUIRE(*b >= last);
        last = *b;
      }
    }
  }
  CHECK_THROWS_AS(LiveDetector(99, 1), std::invalid_argument);
  CHECK_THROWS_AS(LiveDetector(500, 0), std::invalid_argument);
  CHECK_THROWS_AS(LiveDetector(500, 13), std::invalid_argument);
  LiveDetector d(500, 2);
  CHECK_THROWS_AS(d.push(std::vector<float>(3)), std::invalid_argument);
}
