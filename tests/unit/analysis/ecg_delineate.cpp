// Marks and intervals against beats whose limits are known exactly. The tolerances are those of the CSE
// referees (Eur Heart J 1985;6:815, as quoted by Martinez, IEEE TBME 2004;51:570: P 10.2 and 12.7, QRS 6.5
// and 11.6, T end 30.6 ms).
#include <catch2/catch.hpp>

#include <cmath>

#include "analysis/ecg/delineate.hpp"
#include "analysis/ecg/intervals.hpp"
#include "tests/lib/ecg_waves.hpp"

using namespace caukham::analysis::ecg;
using caukham::test::EcgWaves;
using caukham::test::make_ecg;

namespace {

struct Found {
  MedianBeat beat;
  Delineation marks;
};

Found find(const EcgWaves& w) {
  const auto ecg = make_ecg(w);
  const std::vector<bool> all(12, true);
  MedianOptions options;
  options.mains_hz = w.mains_uv > 0 ? w.mains_hz : 0;
  Found f{median_beat(ecg.recording(), ecg.beats, all, options), {}};
  f.marks = delineate(f.beat, all);
  return f;
}

void near(const char* what, const Mark& mark, double truth_ms, double tolerance_ms) {
  INFO(what << ": truth " << truth_ms << " ms");
  REQUIRE(mark.ms);
  CHECK(*mark.ms == Approx(truth_ms).margin(tolerance_ms));
}

void check_all(const EcgWaves& w, double part_of_tolerance = 1) {
  const auto f = find(w);
  const double on = -0.42 * w.qrs_ms;  // R peak of the synthetic beat
  near("P onset", f.marks.p_onset, on - w.pr_ms, 10.2 * part_of_tolerance);
  near("P end", f.marks.p_end, on - w.pr_ms + w.p_ms, 12.7 * part_of_tolerance);
  near("QRS onset", f.marks.qrs_onset, on, 6.5 * part_of_tolerance);
  near("QRS end", f.marks.qrs_end, on + w.qrs_ms, 11.6 * part_of_tolerance);
  near("T end", f.marks.t_end, on + caukham::test::t_end_by_tangent_ms(w), 30.6 * part_of_tolerance);
}

}  // namespace

TEST_CASE("marks must be within half of the CSE referees' tolerance in a clean ECG, at every rate") {
  for (double fs : {250.0, 500.0, 1000.0, 2000.0}) {
    INFO("rate " << fs);
    EcgWaves w;
    w.fs_hz = fs;
    check_all(w, 0.5);
  }
}

TEST_CASE("marks must be within the CSE tolerance in white noise of 24 to 12 dB") {
  // RMS of lead II of the synthetic ECG is about 190 uV.
  for (double db : {24.0, 18.0, 12.0})
    for (std::uint64_t seed : {1u, 2u, 3u}) {
      INFO(db << " dB, seed " << seed);
      EcgWaves w;
      w.noise_uv = 190 / std::pow(10, db / 20);
      w.seed = seed;
      check_all(w);
    }
}

TEST_CASE("more noise must not make marks better, nor more of them known, and where none can be there must be none") {
  double last_error_ms = 0;
  std::size_t last_known = 5 * 8;
  for (double db : {60.0, 24.0, 18.0, 12.0, 6.0, 0.0, -12.0, -30.0}) {
    double sum_ms = 0;
    std::size_t known = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      EcgWaves w;
      w.noise_uv = 190 / std::pow(10, db / 20);
      w.seed = seed;
      const auto marks = find(w).marks;
      const double on = -0.42 * w.qrs_ms;
      const std::pair<const Mark*, double> all[] = {{&marks.p_onset, on - w.pr_ms},
                                                    {&marks.p_end, on - w.pr_ms + w.p_ms},
                                                    {&marks.qrs_onset, on},
                                                    {&marks.qrs_end, on + w.qrs_ms},
                                                    {&marks.t_end, on + caukham::test::t_end_by_tangent_ms(w)}};
      for (const auto& [mark, truth] : all)
        if (mark->ms) ++known, sum_ms += std::abs(*mark->ms - truth);
    }
    const double error_ms = known ? sum_ms / static_cast<double>(known) : last_error_ms;
    CAPTURE(db, known, last_known, error_ms, last_error_ms);
    CHECK(known <= last_known);
    if (known == last_known) CHECK(error_ms >= last_error_ms - 1);  // ms: as many marks, none the better for noise
    last_known = known, last_error_ms = error_ms;
  }
  CHECK(last_known == 0);
}

TEST_CASE("QRS and T must still be found at 6 dB, within twice the tolerance") {
  EcgWaves w;
  w.noise_uv = 95;
  w.seconds = 20;
  const auto f = find(w);
  near("QRS onset", f.marks.qrs_onset, -0.42 * w.qrs_ms, 13);
  near("QRS end", f.marks.qrs_end, 0.58 * w.qrs_ms, 23);
  near("T end", f.marks.t_end, -0.42 * w.qrs_ms + caukham::test::t_end_by_tangent_ms(w), 61);
}

TEST_CASE(
    "marks must hold for wide and narrow QRS, short and long PR, raised ST, mains, wander and an inverted "
    "T") {
  const auto with = [](auto change) {
    EcgWaves w;
    w.noise_uv = 8;
    change(w);
    return w;
  };
  check_all(with([](EcgWaves& w) { w.qrs_ms = 150, w.qt_ms = 460; }));
  check_all(with([](EcgWaves& w) { w.qrs_ms = 70; }));
  check_all(with([](EcgWaves& w) { w.pr_ms = 120; }));
  check_all(with([](EcgWaves& w) { w.pr_ms = 240; }));
  check_all(with([](EcgWaves& w) { w.st_uv = 150; }));
  check_all(with([](EcgWaves& w) { w.st_uv = -150; }));
  check_all(with([](EcgWaves& w) { w.mains_uv = 200; }));
  check_all(with([](EcgWaves& w) { w.mains_uv = 150, w.mains_hz = 60; }));
  check_all(with([](EcgWaves& w) { w.wander_uv = 500; }));
  check_all(with([](EcgWaves& w) { w.t_uv = -250; }));
  check_all(with([](EcgWaves& w) { w.rr_s = 1.3, w.qt_ms = 460; }));
  check_all(with([](EcgWaves& w) { w.rr_s = 0.5, w.qt_ms = 300, w.t_ms = 140; }));
}

TEST_CASE("without a P wave no P must be marked, in fibrillation neither") {
  EcgWaves w;
  w.p = false;
  auto f = find(w);
  CHECK_FALSE(f.marks.p_onset.ms);
  CHECK_FALSE(f.marks.p_onset.reason.empty());
  CHECK(f.marks.qrs_onset.ms);
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    for (double f_uv : {40.0, 100.0}) {
      INFO("seed " << seed << ", f waves " << f_uv);
      w.fibrillation_uv = f_uv, w.noise_uv = 8, w.rr_jitter_s = 0.15, w.rr_s = 0.7, w.qt_ms = 360,
      w.seed = seed;
      f = find(w);
      CHECK_FALSE(f.marks.p_onset.ms);
    }
}

TEST_CASE("a T wave below the noise must not be given an end") {
  EcgWaves w;
  w.t_uv = 12;
  w.noise_uv = 25;
  const auto f = find(w);
  CHECK_FALSE(f.marks.t_end.ms);
  CHECK_FALSE(f.marks.t_end.reason.empty());
}

TEST_CASE("the median beat must leave ventricular beats, artefacts and holes out, and know its noise") {
  EcgWaves w;
  w.seconds = 30;
  w.noise_uv = 20;
  auto ecg = make_ecg(w);
  const auto all = std::vector<bool>(12, true);
  const auto clean = median_beat(ecg.recording(), ecg.beats, all);
  CHECK(clean.leads[1].single_noise_uv == Approx(20).epsilon(0.15));
  CHECK(clean.leads[1].noise_uv ==
        Approx(20 * std::sqrt(1.571 / static_cast<double>(clean.beats))).epsilon(0.15));
  CHECK(clean.rr_s == Approx(0.86).margin(0.01));
  // Beat 5 is ventricular and looks otherwise, beat 9 has a jump in it, beat 12 lost samples in V3.
  ecg.beats[5].type = BeatType::ventricular;
  for (auto& lead : ecg.uv)
    for (std::size_t i = ecg.beats[5].sample - 30; i < ecg.beats[5].sample + 60; ++i) lead[i] = -2000;
  for (auto& lead : ecg.uv)
    for (std::size_t i = ecg.beats[9].sample - 10; i < ecg.beats[9].sample + 10; ++i) lead[i] -= 3000;
  for (std::size_t i = ecg.beats[12].sample; i < ecg.beats[12].sample + 5; ++i) ecg.uv[8][i] = std::nanf("");
  const auto m = median_beat(ecg.recording(), ecg.beats, all);
  CHECK(m.type == BeatType::normal);
  CHECK(m.beats == clean.beats - 2);
  CHECK(m.leads[8].beats == m.beats - 1);
  double worst = 0;
  for (std::size_t l = 0; l < 12; ++l)
    for (std::size_t i = 0; i < m.leads[l].uv.size(); ++i)
      worst = std::max(
          worst, std::abs(static_cast<double>(m.leads[l].uv[i]) - static_cast<double>(clean.leads[l].uv[i])));
  CHECK(worst < 30);  // one noisy sample's worth, of 1 mV
}

TEST_CASE("fewer than three beats must give no median beat, and say so") {
  EcgWaves w;
  auto ecg = make_ecg(w);
  ecg.beats.resize(2);
  const auto m = median_beat(ecg.recording(), ecg.beats, std::vector<bool>(12, true));
  CHECK(m.empty());
  CHECK_FALSE(m.reason.empty());
  const auto d = delineate(m, std::vector<bool>(12, true));
  CHECK_FALSE(d.qrs_onset.ms);
  CHECK(d.qrs_onset.reason == m.reason);
}

TEST_CASE("corrected QT must follow the published formulas") {
  // At a rate of 60 every correction leaves QT as it is.
  for (auto* f : {qtc_bazett_ms, qtc_fridericia_ms, qtc_framingham_ms, qtc_hodges_ms})
    CHECK(f(400, 1.0) == Approx(400));
  CHECK(qtc_bazett_ms(360, 0.64) == Approx(450));
  CHECK(qtc_fridericia_ms(360, 0.512) == Approx(450));
  CHECK(qtc_framingham_ms(360, 0.6) == Approx(421.6));
  CHECK(qtc_hodges_ms(360, 0.6) == Approx(430));
}

TEST_CASE("the frontal axis must be the vector's angle, and indeterminate when there is none") {
  for (int deg = -175; deg <= 180; deg += 5) {
    const double a = deg * std::numbers::pi / 180,
                 aVF = std::sqrt(3) / 2 * std::sin(a);  // an augmented lead is shorter
    const auto axis = frontal_axis_deg(1000 * std::cos(a), 1000 * aVF, 1);
    REQUIRE(axis);
    CHECK(*axis == Approx(deg).margin(1e-6));
  }
  CHECK_FALSE(frontal_axis_deg(3, -2, 10));
  CHECK_FALSE(frontal_axis_deg(0, 0, 0));
}
