#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "analysis/ecg/filter.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::analysis::ecg;

namespace {

constexpr double pi = std::numbers::pi;
constexpr float missing = std::numeric_limits<float>::quiet_NaN();

std::vector<float> live(const FilterSpec& spec, double fs, std::vector<float> v) {
  LiveFilter f(spec, fs, 1);
  for (float& x : v) f.push(std::span(&x, 1));
  return v;
}

std::vector<float> offline(const FilterSpec& spec, double fs, std::vector<float> v) {
  filter_zero_phase(spec, fs, v);
  return v;
}

// Amplitude of a 1 mV sine after the filter, in the middle of a long enough stretch.
double gain(bool zero_phase, const FilterSpec& spec, double fs, double hz) {
  const double seconds = std::max(6.0, 30 / hz + (spec.low_hz > 0 && spec.low_hz < 0.5 ? 40 : 0));
  std::vector<float> v(static_cast<std::size_t>(seconds * fs));
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = static_cast<float>(1000 * std::sin(2 * pi * hz * static_cast<double>(i) / fs));
  v = zero_phase ? offline(spec, fs, v) : live(spec, fs, v);
  const auto periods = std::max(1.0, std::floor(0.3 * seconds * hz));
  const auto count = static_cast<std::size_t>(periods / hz * fs),
             from = static_cast<std::size_t>(0.55 * seconds * fs);
  double re = 0, im = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    const double a = 2 * pi * hz * static_cast<double>(i) / fs;
    re += static_cast<double>(v[i]) * std::cos(a), im += static_cast<double>(v[i]) * std::sin(a);
  }
  return 2 * std::hypot(re, im) / static_cast<double>(count) / 1000;
}

double db(double g) { return 20 * std::log10(g); }

}  // namespace

TEST_CASE(
    "an ECG filter's -3 dB corners must lie within 5 % of what is stated, live and offline, at every rate") {
  for (bool zero_phase : {false, true})
    for (double fs : {250.0, 500.0, 1000.0})
      for (const auto& spec :
           {FilterSpec::diagnostic(), FilterSpec::diagnostic_child(), FilterSpec::monitor()}) {
        CAPTURE(zero_phase, fs, text(spec));
        const auto fitted = fit(spec, fs).spec;
        CHECK(db(gain(zero_phase, spec, fs, 0.95 * fitted.low_hz)) < -3.01);
        CHECK(db(gain(zero_phase, spec, fs, 1.05 * fitted.low_hz)) > -3.02);
        CHECK(db(gain(zero_phase, spec, fs, 10)) == Approx(0).margin(0.1));
        if (fitted.high_hz == 0) continue;
        CHECK(db(gain(zero_phase, spec, fs, 0.95 * fitted.high_hz)) > -3.02);
        CHECK(db(gain(zero_phase, spec, fs, 1.05 * fitted.high_hz)) < -3.01);
      }
}

TEST_CASE("a notch must take 20 dB at the mains, 3 dB one hertz beside it, and nothing of the QRS") {
  for (bool zero_phase : {false, true})
    for (double mains : {50.0, 60.0}) {
      const FilterSpec spec{0, 0, mains};
      CAPTURE(zero_phase, mains);
      CHECK(db(gain(zero_phase, spec, 500, mains)) < -40);
      CHECK(db(gain(zero_phase, spec, 500, mains + 0.1)) < -19.5);
      CHECK(db(gain(zero_phase, spec, 500, mains - 1)) == Approx(-3).margin(0.3));
      CHECK(db(gain(zero_phase, spec, 500, mains + 1)) == Approx(-3).margin(0.3));
      CHECK(db(gain(zero_phase, spec, 500, mains - 10)) > -0.1);
    }
}

// AHA/ACC/HRS 2007 and IEC 60601-2-25: after 3 mV for 100 ms no more than 0.1 mV of undershoot and 0.3 mV/s
// of slope.
TEST_CASE("the diagnostic filter must pass the 0.3 mVs impulse test, live and offline") {
  for (bool zero_phase : {false, true}) {
    std::vector<float> v(30000, 0.0f);
    std::fill(v.begin() + 10000, v.begin() + 10100, 3000.0f);
    const auto out =
        zero_phase ? offline(FilterSpec::diagnostic(), 1000, v) : live(FilterSpec::diagnostic(), 1000, v);
    CAPTURE(zero_phase);
    const float lowest = *std::min_element(out.begin() + 10120, out.end());
    CHECK(lowest >= -100);
    CHECK(lowest < 0);
    float slope = 0;
    for (std::size_t i = 10150; i + 100 < out.size(); ++i)
      slope = std::max(slope, std::abs(out[i + 100] - out[i]) * 10);
    CHECK(slope <= 300);
    // The monitor's low cut fails it, which is why it is not called diagnostic.
    const auto monitor = live(FilterSpec::monitor(), 1000, v);
    CHECK(*std::min_element(monitor.begin() + 10120, monitor.end()) < -100);
  }
}

TEST_CASE("a step through the filters must settle and ring no more than their order says") {
  std::vector<float> v(20000, 0.0f);
  std::fill(v.begin() + 4000, v.end(), 1000.0f);
  const auto adult = live(FilterSpec::diagnostic(), 1000, v), monitor = live(FilterSpec::monitor(), 1000, v);
  // Butterworth of second order: 4.3 % overshoot, a little more where the corner is near half the rate.
  CHECK(*std::max_element(adult.begin(), adult.end()) < 1090);
  CHECK(*std::max_element(monitor.begin(), monitor.end()) < 1060);
  CHECK(std::abs(monitor[4000 + 3000]) < 5);
  const auto notch = live({0, 0, 50}, 1000, v);
  for (std::size_t i = 4000; i < notch.size(); ++i) REQUIRE(std::abs(notch[i] - 1000) < 130);
  for (std::size_t i = 5000; i < notch.size(); ++i) REQUIRE(std::abs(notch[i] - 1000) < 1);
}

TEST_CASE(
    "an electrode's offset must give no start-up jump, and the live filter must say when it has settled") {
  LiveFilter f(FilterSpec::diagnostic(), 500, 2);
  CHECK_FALSE(f.settled(0));
  for (int i = 0; i < 6000; ++i) {
    float frame[2] = {250000, i < 5900 ? missing : -300000.0f};
    f.push(frame);
    REQUIRE(std::abs(frame[0]) < 0.01);
    REQUIRE((i < 5900 ? std::isnan(frame[1]) : std::abs(frame[1]) < 0.01));
  }
  CHECK(f.settled(0));
  CHECK_FALSE(f.settled(1));
  f.gap(100);  // 0.2 s: the baseline is kept
  CHECK(f.settled(0));
  f.gap(600);
  CHECK_FALSE(f.settled(0));
  float three[3] = {};
  CHECK_THROWS_AS(f.push(three), std::invalid_argument);
}

TEST_CASE("missing samples must stay missing and split the signal, and the ends must not bend") {
  std::vector<float> v(5000);
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = 40000 + 100 * static_cast<float>(std::sin(2 * pi * 5 * static_cast<double>(i) / 500));
  std::fill(v.begin() + 2000, v.begin() + 2100, missing);
  v[3000] = std::numeric_limits<float>::infinity();
  for (std::size_t i = 3001; i < v.size(); ++i) v[i] -= 90000;  // after the hole a baseline far away
  const auto out = offline(FilterSpec::monitor(50), 500, v);
  for (std::size_t i = 0; i < out.size(); ++i) {
    CAPTURE(i);
    if ((i >= 2000 && i < 2100) || i == 3000) REQUIRE(std::isnan(out[i]));
    else REQUIRE(std::abs(out[i]) < 140);
  }
  std::vector<float> one = {5}, none, lost(10, missing);
  CHECK(offline(FilterSpec::diagnostic(), 500, one)[0] == 0);
  CHECK(offline(FilterSpec::diagnostic(), 500, none).empty());
  CHECK(std::isnan(offline(FilterSpec::diagnostic(), 500, lost)[3]));
}

TEST_CASE(
    "what a filter cannot do at a rate must be left out and said, and its text must name what is done") {
  CHECK(text(FilterSpec::diagnostic(50)) == "0.05–150 Hz, 50 Hz notch");
  CHECK(text(FilterSpec::monitor()) == "0.67–40 Hz");
  CHECK(text({0, 0, 0}) == "no filter");
  CHECK(text({0, 0, 60}) == "60 Hz notch");
  const auto f = fit(FilterSpec::diagnostic(50), 250);
  CHECK(f.spec == FilterSpec{0.05, 0, 50});
  CHECK(f.note == "150 Hz high cut left out: the recording has 250 samples a second");
  CHECK(text(f.spec) == "from 0.05 Hz, 50 Hz notch");
  CHECK(fit(FilterSpec::monitor(50), 100).spec == FilterSpec{0.67, 40, 0});
  CHECK(fit(FilterSpec::diagnostic(50), 500).note.empty());
  CHECK_THROWS_AS(fit(FilterSpec::diagnostic(), 50), std::invalid_argument);
  CHECK_THROWS_AS(fit(FilterSpec::diagnostic(), std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(fit({5, 6, 0}, 500), std::invalid_argument);
  CHECK_THROWS_AS(fit({-1, 40, 0}, 500), std::invalid_argument);
}
