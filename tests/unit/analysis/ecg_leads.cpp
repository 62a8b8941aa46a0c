// Leads by name, computed leads, and electrodes that were swapped (by swapping the potentials, as on a
// patient).
#include <catch2/catch.hpp>

#include <cmath>
#include <functional>

#include "analysis/ecg/leads.hpp"
#include "analysis/ecg/reversal.hpp"
#include "analysis/rounding.hpp"
#include "tests/lib/ecg_waves.hpp"

using namespace caukham::analysis::ecg;
using caukham::analysis::Lead;
using caukham::test::EcgWaves;
using caukham::test::make_ecg;
using caukham::test::SyntheticEcg;

namespace {

constexpr std::size_t I = 0, II = 1, III = 2, aVR = 3, aVL = 4, aVF = 5;

std::vector<ReversalHint> hints(const SyntheticEcg& ecg) {
  const std::vector<bool> all(ecg.names.size(), true);
  const auto beat = median_beat(ecg.recording(), ecg.beats, all);
  return reversal_hints(beat, delineate(beat, all), all);
}

// The recording as it would be with the electrodes elsewhere: limb potentials against RL are rebuilt with RL
// and the terminal at 0 (RA = -(I+II)/3, LA = (2I-II)/3, LL = (2II-I)/3), moved, and the leads taken again.
SyntheticEcg moved(SyntheticEcg ecg,
                   const std::function<void(double& ra, double& la, double& ll, double& rl)>& move) {
  caukham::devices::Random random(3);
  for (std::size_t k = 0; k < ecg.uv[0].size(); ++k) {
    const double i = static_cast<double>(ecg.uv[I][k]), ii = static_cast<double>(ecg.uv[II][k]);
    // The right leg is nearly as good as the left: far from the heart both have one potential.
    double ra = -(i + ii) / 3, la = (2 * i - ii) / 3, ll = (2 * ii - i) / 3, rl = ll + 4 * random.normal();
    const double terminal = (ra + la + ll) / 3;
    move(ra, la, ll, rl);
    const auto limb = limb_leads(LimbPair::i_ii, static_cast<float>(la - ra), static_cast<float>(ll - ra));
    for (std::size_t l = 0; l < 6; ++l) ecg.uv[l][k] = limb[l];
    for (std::size_t v = 6; v < 12; ++v) ecg.uv[v][k] += static_cast<float>(terminal - (ra + la + ll) / 3);
  }
  return ecg;
}

Reversal first(const std::vector<ReversalHint>& all) {
  return all.empty() ? Reversal::none : all.front().kind;
}

}  // namespace

TEST_CASE("leads must be known by name in any spelling, and strangers must stay strangers") {
  CHECK(lead_of("avr") == Lead::aVR);
  CHECK(lead_of("AVF") == Lead::aVF);
  CHECK(lead_of("Lead II") == Lead::II);
  CHECK(lead_of(" ECG V6 ") == Lead::V6);
  CHECK(lead_of("iii") == Lead::III);
  for (const char* other : {"", "MLII", "vx", "V7", "I I", "lead", "aV"}) CHECK_FALSE(lead_of(other));
}

TEST_CASE("any two of I, II, III must give the six limb leads exactly") {
  for (float i : {-1234.0f, 0.0f, 7.0f, 900.0f})
    for (float ii : {-500.0f, 0.0f, 3.0f, 1500.0f}) {
      const std::array<float, 6> truth = {i, ii, ii - i, -(i + ii) / 2, i - ii / 2, ii - i / 2};
      CHECK(limb_leads(LimbPair::i_ii, i, ii) == truth);
      CHECK(limb_leads(LimbPair::ii_iii, ii, ii - i) == truth);
      CHECK(limb_leads(LimbPair::i_iii, i, ii - i) == truth);
    }
  CHECK(std::isnan(limb_leads(LimbPair::none, 1, 2)[0]));
}

TEST_CASE("a device that sends II and III must give the same twelve leads as one that sends all") {
  const auto ecg = make_ecg({});
  auto eight = ecg;
  for (std::size_t gone : {aVF, aVL, aVR, I}) {
    eight.names.erase(eight.names.begin() + static_cast<std::ptrdiff_t>(gone));
    eight.uv.erase(eight.uv.begin() + static_cast<std::ptrdiff_t>(gone));
  }
  eight.uv[0][100] = std::nanf("");
  const Completed all(eight.recording());
  CHECK(all.added() == std::vector<std::string>{"I", "aVR", "aVL", "aVF"});
  const auto at = channels_of(all.recording());
  for (std::size_t l = 0; l < 6; ++l) {
    REQUIRE(at[l]);
    const auto uv = all.recording().channels[*at[l]].uv;
    for (std::size_t k = 0; k < uv.size(); k += 7) {
      if (k == 100) continue;
      CHECK(uv[k] == Approx(ecg.uv[l][k]).margin(1e-3));
    }
    CHECK(std::isnan(uv[100]) == (l != III));
  }
}

TEST_CASE("an electrode that is off must take its leads away") {
  const auto ecg = make_ecg({});
  const Completed no_left_arm(ecg.recording(), 1u << 1);
  const auto& r = no_left_arm.recording();
  for (std::size_t l = 0; l < 12; ++l)
    CHECK(std::isnan(r.channels[l].uv[0]) == (l != II));  // V leads: Wilson's terminal
  const Completed no_v3(ecg.recording(), 1u << 6);
  for (std::size_t l = 0; l < 12; ++l) CHECK(std::isnan(no_v3.recording().channels[l].uv[0]) == (l == 8));
}

TEST_CASE("electrodes in their places must give no hint, for normal axes and a raised ST") {
  for (double axis : {-20.0, 0.0, 40.0, 75.0})
    for (double st : {0.0, 200.0}) {
      INFO("axis " << axis << ", ST " << st);
      EcgWaves w;
      w.qrs_axis_deg = axis, w.st_uv = st, w.noise_uv = 10;
      CHECK(hints(make_ecg(w)).empty());
    }
}

TEST_CASE("swapped limb electrodes must be hinted at where they can be told") {
  EcgWaves w;
  w.noise_uv = 5;
  const auto ecg = make_ecg(w);
  CHECK(first(hints(moved(ecg, [](double& ra, double& la, double&, double&) { std::swap(ra, la); }))) ==
        Reversal::arms);
  CHECK(first(hints(moved(ecg, [](double& ra, double&, double& ll, double&) { std::swap(ra, ll); }))) ==
        Reversal::right_arm_left_leg);
  const auto right = hints(moved(ecg, [](double& ra, double&, double&, double& rl) { std::swap(ra, rl); }));
  CHECK(first(right) == Reversal::right_leg);
  CHECK(text(right.front().advice) == "Check the electrodes: right arm and right leg may be swapped.");
  const auto left = moved(ecg, [](double&, double& la, double&, double& rl) { std::swap(la, rl); });
  CHECK(text(hints(left).front().advice) == "Check the electrodes: left arm and right leg may be swapped.");
  // Left arm and left leg: only when P, QRS and T all turn away from III.
  w.qrs_axis_deg = 75, w.p_axis_deg = 70, w.t_axis_deg = 70;
  CHECK(first(hints(moved(make_ecg(w), [](double&, double& la, double& ll, double&) {
          std::swap(la, ll);
        }))) == Reversal::left_arm_left_leg);
}

TEST_CASE("a limb lead that is not connected at all must not be called a swap") {
  auto ecg = make_ecg({});
  std::fill(ecg.uv[II].begin(), ecg.uv[II].end(), 0.0f);
  CHECK(hints(ecg).empty());
}

TEST_CASE("a heart on the right must not be called swapped arms without saying so") {
  auto ecg = moved(make_ecg({}), [](double& ra, double& la, double&, double&) { std::swap(ra, la); });
  // Seen from the left chest the heart goes away: R fades towards V6.
  for (std::size_t v = 6; v < 12; ++v)
    for (std::size_t k = 0; k < ecg.uv[v].size(); ++k)
      ecg.uv[v][k] = ecg.uv[6][k] * static_cast<float>(1.0 - 0.16 * static_cast<double>(v - 6));
  CHECK(first(hints(ecg)) == Reversal::dextrocardia);
}

TEST_CASE("two exchanged chest electrodes must be named when they stand apart") {
  EcgWaves w;
  w.noise_uv = 5;
  const auto ecg = make_ecg(w);
  for (const auto& [a, b] : {std::pair{6, 9}, std::pair{7, 10}, std::pair{6, 11}}) {
    auto swapped = ecg;
    std::swap(swapped.uv[static_cast<std::size_t>(a)], swapped.uv[static_cast<std::size_t>(b)]);
    const auto h = hints(swapped);
    REQUIRE(first(h) == Reversal::chest);
    CHECK(h.front().advice.values == std::vector<std::string>{ecg.names[static_cast<std::size_t>(a)],
                                                              ecg.names[static_cast<std::size_t>(b)]});
  }
}

TEST_CASE("rounding must give the nearest double of the decimal, never minus zero") {
  using caukham::analysis::round_to;
  CHECK(round_to(0.1 + 0.2, 1) == 0.3);
  CHECK(round_to(2.675, 1) == 2.7);
  CHECK(round_to(-0.04, 1) == 0.0);
  CHECK_FALSE(std::signbit(round_to(-0.04, 1)));
  CHECK(round_to(-2.5, 0) == -3);
  CHECK(std::isnan(round_to(std::nan(""), 2)));
  CHECK(round_to(1e300, 3) == 1e300);
  CHECK(number(-3.0499, 1) == "-3");
  CHECK(number(12.25, 2) == "12.25");
}

TEST_CASE("a sentence must take its values once and its words from the translator") {
  const Sentence s{"{0} of {1}", {"{1}", "two"}};
  CHECK(text(s) == "{1} of two");
  CHECK(text(s, [](const std::string&) { return std::string("{1} trong {0} {7} {x}"); }) ==
        "two trong {1}  {x}");
  CHECK(text(Sentence{}, [](const std::string&) { return std::string("never"); }).empty());
}
