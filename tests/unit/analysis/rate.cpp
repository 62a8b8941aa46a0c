#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "analysis/rate.hpp"
#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::analysis;
using caukham::devices::EcgLoop;
using caukham::devices::EcgSynParams;

namespace {

struct Score { int beats = 0, missed = 0, extra = 0; double last_bpm = 0, worst_delay_s = 0; };

// Plays the loop twice with something added, compares with the true R peaks within 150 ms (ANSI/AAMI EC57).
template <class Add>
Score play(const EcgLoop& loop, const std::vector<std::size_t>& truth, Add add, std::uint32_t invalid = 0) {
  HeartRate rate(loop.rate_hz);
  std::vector<std::uint64_t> found;
  const auto n = loop.samples.size();
  Score score;
  for (std::uint64_t i = 0; i < 2 * n; ++i) {
    auto s = loop.at(i);
    for (std::size_t lead = 0; lead < s.size(); ++lead) s[lead] += static_cast<float>(add(i, lead));
    if (const auto beat = rate.push(s, invalid)) {
      found.push_back(*beat);
      score.worst_delay_s = std::max(score.worst_delay_s, static_cast<double>(i - *beat) / loop.rate_hz);
    }
  }
  score.last_bpm = rate.bpm();
  const auto window = static_cast<std::int64_t>(0.150 * loop.rate_hz);
  const auto near = [&](std::uint64_t a, std::uint64_t b) {
    return std::abs(static_cast<std::int64_t>(a) - static_cast<std::int64_t>(b)) <= window;
  };
  std::vector<std::uint64_t> all;
  for (std::size_t turn = 0; turn < 2; ++turn)
    for (auto p : truth) all.push_back(p + turn * n);
  const std::uint64_t from = 3ull * static_cast<unsigned>(loop.rate_hz), to = 2 * n - static_cast<unsigned>(loop.rate_hz);
  for (auto t : all)
    if (t >= from && t < to) {
      ++score.beats;
      score.missed += std::none_of(found.begin(), found.end(), [&](auto f) { return near(f, t); });
    }
  for (auto f : found)
    if (f >= from) score.extra += std::none_of(all.begin(), all.end(), [&](auto t) { return near(f, t); });
  return score;
}

}  // namespace

TEST_CASE("the heart rate must find every beat of a clean ECG from 40 to 180 a minute at both rates") {
  for (double bpm : {40.0, 66.0, 110.0, 180.0})
    for (int rate : {500, 1000}) {
      EcgSynParams p;
      p.heart_rate_bpm = bpm;
      CAPTURE(bpm, rate);
      const auto s = play(caukham::devices::ecgsyn(rate, p), caukham::devices::ecgsyn_r_peaks(rate, p),
                          [](std::uint64_t, std::size_t) { return 0.0; });
      CHECK(s.beats > 100);
      CHECK(s.missed == 0);
      CHECK(s.extra == 0);
      CHECK(s.last_bpm == Approx(bpm).epsilon(0.05));
      CHECK(s.worst_delay_s < 0.5);
    }
}

TEST_CASE("mains, wander and muscle noise must not make or take beats") {
  EcgSynParams p;
  const auto loop = caukham::devices::ecgsyn(500, p);
  const auto truth = caukham::devices::ecgsyn_r_peaks(500, p);
  const std::uint64_t seed = 11;
  INFO("seed " << seed);
  caukham::devices::Random random(seed);
  const auto s = play(loop, truth, [&](std::uint64_t i, std::size_t) {
    const double t = static_cast<double>(i) / 500;
    return 500 * std::sin(2 * 3.14159265 * 50 * t) + 800 * std::sin(2 * 3.14159265 * 0.3 * t) + 40 * random.normal();
  });
  CHECK(s.missed == 0);
  CHECK(s.extra == 0);
}

TEST_CASE("invalid leads at the rail must not hide the beats of the others") {
  EcgSynParams p;
  const auto loop = caukham::devices::ecgsyn(500, p);
  const auto off = invalid_leads(1u << 4 | 1u << 6);  // V1 and V3 have fallen off and swing from rail to rail
  const auto s = play(loop, caukham::devices::ecgsyn_r_peaks(500, p), [](std::uint64_t i, std::size_t lead) {
    return lead == 2 || lead == 4 ? (i / 97 % 2 ? 1e6 : -1e6) : 0.0;
  }, off);
  CHECK(s.missed == 0);
  CHECK(s.extra == 0);
}

TEST_CASE("silence must give no rate, and a gap must not be counted as an interval") {
  HeartRate flat(500);
  const std::array<float, 8> zero{};
  for (int i = 0; i < 10000; ++i) CHECK_FALSE(flat.push(zero).has_value());
  CHECK(flat.bpm() == 0);

  EcgSynParams p;
  const auto loop = caukham::devices::ecgsyn(500, p);
  HeartRate rate(500);
  std::uint64_t i = 0;
  for (; i < 10000; ++i) rate.push(loop.at(i));
  CHECK(rate.bpm() == Approx(66).margin(4));
  rate.gap(400);
  for (std::uint64_t k = 0; k < 3000; ++k) rate.push(loop.at(i + 400 + k));
  CHECK(rate.bpm() == Approx(66).margin(4));
  for (int k = 0; k < 2000; ++k) rate.push(zero);
  CHECK(rate.bpm() == 0);
  CHECK_THROWS_AS(HeartRate(10), std::invalid_argument);
}
