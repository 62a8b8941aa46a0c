// The numbers here were reached on these very signals while the detector was made: they hold it where it
// stands and are no estimate for patients. For that, run the EC57 comparison on annotated recordings.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/ecg/detector.hpp"
#include "devices/signals/random.hpp"
#include "tests/lib/ecg_cases.hpp"

using namespace caukham::analysis::ecg;
using namespace caukham::tests;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

std::vector<std::uint64_t> samples(const std::vector<Beat>& beats) {
  std::vector<std::uint64_t> out;
  for (const auto& b : beats) out.push_back(b.sample);
  return out;
}

void leave_out(EcgCase& e, double from_s, double to_s) {  // truth within
  std::erase_if(e.truth, [&](const Beat& b) {
    const double t = static_cast<double>(b.sample) / e.fs_hz;
    return t >= from_s && t < to_s;
  });
}

// The same signal at another rate, linear in between.
EcgCase resampled(const EcgCase& e, double fs) {
  EcgCase out = e;
  out.fs_hz = fs;
  const auto n = static_cast<std::size_t>(static_cast<double>(e.samples()) * fs / e.fs_hz);
  for (std::size_t c = 0; c < e.uv.size(); ++c) {
    out.uv[c].assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      const double at = static_cast<double>(i) * e.fs_hz / fs;
      const auto k = std::min(static_cast<std::size_t>(at), e.samples() - 2);
      const auto part = static_cast<float>(at - static_cast<double>(k));
      out.uv[c][i] = e.uv[c][k] * (1 - part) + e.uv[c][k + 1] * part;
    }
  }
  for (auto& b : out.truth)
    b.sample = static_cast<std::uint64_t>(static_cast<double>(b.sample) * fs / e.fs_hz + 0.5);
  return out;
}

}  // namespace

TEST_CASE(
    "every beat of the hard made ECGs must be found, none invented, and be marked within 10 ms of its R "
    "peak") {
  for (int k = 0; k < hard_count; ++k)
    for (double fs : {250.0, 360.0, 1000.0}) {
      const auto e = hard_case(static_cast<Hard>(k), fs, 120, 11);
      const auto d = detect(e.view());
      const auto s = compare(e, d.beats);
      CAPTURE(name(static_cast<Hard>(k)), fs, s.truth, s.missed, s.extra, s.median_error_ms,
              s.worst_error_ms);
      CHECK(s.truth > 50);
      CHECK(s.missed == 0);
      CHECK(s.extra == 0);
      CHECK(s.median_error_ms <= 5);
      CHECK(s.worst_error_ms <= 12);
      CHECK(d.reason.empty());
    }
}

TEST_CASE("ECGSYN's beats must all be found from 40 to 180 a minute, with eight leads and with twelve") {
  for (double bpm : {40.0, 66.0, 110.0, 180.0})
    for (bool twelve : {false, true}) {
      const auto e = ecgsyn_case(500, 60, bpm, 3, twelve);
      const auto d = detect(e.view());
      const auto s = compare(e, d.beats);
      CAPTURE(bpm, twelve, s.missed, s.extra);
      CHECK(s.truth > 35);
      CHECK(s.missed == 0);
      CHECK(s.extra == 0);
      CHECK(s.median_error_ms <= 6);
    }
}

TEST_CASE(
    "noise by the stress test's measure must cost no beat down to 6 dB, and more noise must never find "
    "more") {
  for (auto kind : {Noise::wander, Noise::muscle, Noise::motion, Noise::mains})
    for (auto hard : {Hard::sinus, Hard::pvc, Hard::fibrillation}) {
      double best = 101;
      for (double snr : {24.0, 12.0, 6.0, 0.0}) {
        auto e = hard_case(hard, 360, 150, 21);
        add_noise(e, kind, snr, 5);
        const auto s = compare(e, detect_beats(e.view()));
        CAPTURE(name(kind), name(hard), snr, s.se(), s.pp(), s.missed, s.extra);
        if (snr >= 6) CHECK(s.missed + s.extra <= 1);
        CHECK(s.se() >= 98);
        CHECK(s.pp() >= 94);
        const double f = 2 * s.se() * s.pp() / (s.se() + s.pp());
        CHECK(f <= best + 0.5);
        best = f;
      }
    }
}

TEST_CASE(
    "a lead of pure noise must not cost the other one's beats, and a minute of noise alone must give none") {
  for (auto kind : {Noise::wander, Noise::muscle, Noise::motion, Noise::mains}) {
    for (std::size_t bad : {0u, 1u}) {
      auto e = hard_case(Hard::pvc, 360, 120, 9);
      const auto v = noise(kind, 360, e.samples(), 3);
      for (std::size_t i = 0; i < e.samples(); ++i) e.uv[bad][i] = 600 * v[i];
      const auto d = detect(e.view());
      const auto s = compare(e, d.beats);
      CAPTURE(name(kind), bad, s.missed, s.extra);
      CHECK(s.missed + s.extra == 0);
      CHECK(d.lead_weight[bad] < 0.2);
    }
    auto e = hard_case(Hard::sinus, 360, 180, 9);
    for (std::size_t c = 0; c < 2; ++c) {
      const auto v = noise(kind, 360, e.samples(), 30 + c);
      for (std::size_t i = 60 * 360; i < 120 * 360; ++i) e.uv[c][i] = 300 * v[i];
    }
    leave_out(e, 60, 120);
    auto s = compare(e, detect_beats(e.view()));
    CAPTURE(name(kind), s.missed, s.extra);
    CHECK(s.missed + s.extra <= 1);
    for (std::size_t c = 0; c < 2; ++c) {
      const auto v = noise(kind, 360, e.samples(), 60 + c);
      for (std::size_t i = 0; i < e.samples(); ++i) e.uv[c][i] = 300 * v[i];
    }
    const auto d = detect(e.view());
    CHECK(d.beats.empty());
    CHECK_FALSE(d.reason.empty());
  }
}

TEST_CASE("the beats must not depend on scale, polarity, order of the leads or where the recording begins") {
  auto e = hard_case(Hard::couplets, 500, 60, 4);
  add_noise(e, Noise::muscle, 12, 8);
  const auto whole = samples(detect_beats(e.view()));
  REQUIRE(whole.size() > 70);
  for (float k : {0.2f, 5.0f, -1.0f}) {
    auto other = e;
    for (auto& lead : other.uv)
      for (float& v : lead) v *= k;
    const auto s = compare(e, detect_beats(other.view()), 0.05);
    CAPTURE(k, s.missed, s.extra);
    CHECK(s.missed + s.extra == 0);
    if (k > 0) CHECK(samples(detect_beats(other.view())) == whole);
  }
  auto swapped = e;
  std::swap(swapped.uv[0], swapped.uv[1]);
  CHECK(compare(e, detect_beats(swapped.view()), 0.06).missed == 0);
  CHECK(compare(e, detect_beats(swapped.view()), 0.06).extra == 0);
  auto later = e;
  const std::size_t cut = 2345;
  for (auto& lead : later.uv) lead.erase(lead.begin(), lead.begin() + cut);
  auto shifted = samples(detect_beats(later.view()));
  for (auto& s : shifted) s += cut;
  std::erase_if(shifted, [&](auto s) { return s < cut + 500; });
  auto expected = whole;
  std::erase_if(expected, [&](auto s) { return s < cut + 500; });
  REQUIRE(shifted.size() == expected.size());
  std::size_t moved = 0;  // a ventricular beat with two peaks may be marked on the other one
  for (std::size_t i = 0; i < shifted.size(); ++i) {
    const double by = std::abs(static_cast<double>(shifted[i]) - static_cast<double>(expected[i]));
    CHECK(by <= 30);
    moved += by > 5;
  }
  CHECK(moved <= 2);
}

TEST_CASE("the same signal at 100 to 1000 samples a second must give the same beats") {
  auto e = hard_case(Hard::pvc, 1000, 60, 4);
  add_noise(e, Noise::muscle, 12, 8);
  for (double fs : {100.0, 128.0, 250.0, 257.0, 360.0, 500.0, 1000.0}) {
    const auto other = resampled(e, fs);
    const auto s = compare(other, detect_beats(other.view()));
    CAPTURE(fs, s.missed, s.extra, s.median_error_ms);
    CHECK(s.missed + s.extra == 0);
    CHECK(s.median_error_ms <= 10);
  }
}

TEST_CASE("holes, a lead at the rail and a sudden halving must cost only what they cover") {
  auto e = hard_case(Hard::sinus, 360, 120, 5);
  for (std::size_t i = 40 * 360; i < 50 * 360; ++i) e.uv[0][i] = e.uv[1][i] = missing;
  for (std::size_t i = 70 * 360; i < 90 * 360; ++i) e.uv[0][i] = 5115;  // the first lead at its rail
  for (std::size_t i = 100 * 360; i < 101 * 360; i += 90) e.uv[0][i] = missing;
  leave_out(e, 39.8, 50.2);
  auto found = detect_beats(e.view());
  for (const auto& b : found) CHECK((b.sample < 40 * 360 || b.sample >= 50 * 360));
  std::erase_if(found, [](const Beat& b) { return b.sample >= 39.8 * 360 && b.sample < 50.2 * 360; });
  const auto s = compare(e, found);
  CAPTURE(s.missed, s.extra);
  CHECK(s.missed == 0);
  CHECK(s.extra == 0);
}

TEST_CASE("what is no ECG must give no beats and a reason") {
  const auto reason = [](const EcgCase& e) {
    const auto d = detect(e.view());
    CHECK(d.beats.empty());
    return d.reason;
  };
  EcgCase e;
  CHECK(reason(e) == "the recording has no channels");
  e.fs_hz = 500, e.leads = {"I"}, e.uv = {{}};
  CHECK(reason(e) == "the recording is shorter than 2 seconds");
  e.uv = {{1.0f}};
  CHECK(reason(e) == "the recording is shorter than 2 seconds");
  for (float v : {0.0f, 1000.0f, missing, std::numeric_limits<float>::infinity(), 3e38f}) {
    e.uv = {std::vector<float>(5000, v)};
    CHECK(reason(e) == "no lead carries a signal");
  }
  e.uv = {std::vector<float>(5000, 0.0f)};
  for (double fs : {0.0, 50.0, 1e6, std::nan("")}) {
    e.fs_hz = fs;
    CHECK(reason(e) == "the sampling rate is outside 100 to 4000 a second");
  }
  e.fs_hz = 500, e.leads = {"I", "II"},
  e.uv = {std::vector<float>(5000, 0.0f), std::vector<float>(4000, 0.0f)};
  CHECK(reason(e) == "the channels are not of the same length");
  // From rail to rail, and a square wave as an input left open makes.
  e.uv = {std::vector<float>(5000), std::vector<float>(5000, missing)};
  for (std::size_t i = 0; i < 5000; ++i) e.uv[0][i] = i / 250 % 2 ? 5000.0f : -5000.0f;
  CHECK_FALSE(reason(e).empty());
}

TEST_CASE("random input of every kind must not break the detector") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    caukham::devices::Random random(seed);
    CAPTURE(seed);
    EcgCase e;
    e.fs_hz = 100 + random.below(900);
    const std::size_t channels = 1 + random.below(4), n = random.below(8000);
    for (std::size_t c = 0; c < channels; ++c) {
      e.leads.push_back("x");
      std::vector<float> v(n);
      const auto kind = random.below(5);
      for (auto& x : v) {
        x = kind == 0   ? static_cast<float>(1000 * random.normal())
            : kind == 1 ? missing
            : kind == 2 ? 7.0f
            : kind == 3 ? static_cast<float>(random.below(2) * 10000.0)
                        : static_cast<float>(std::exp(80 * random.normal()));
        if (random.below(500) == 0) x = random.below(2) ? missing : std::numeric_limits<float>::infinity();
      }
      e.uv.push_back(std::move(v));
    }
    const auto d = detect(e.view());
    for (std::size_t i = 0; i < d.beats.size(); ++i) {
      REQUIRE(d.beats[i].sample < n);
      if (i > 0) REQUIRE(d.beats[i].sample > d.beats[i - 1].sample);
    }
    CHECK((d.beats.empty() != d.reason.empty()));
  }
}
