#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "devices/signals/device_clock.hpp"
#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/random.hpp"
#include "devices/signals/spirometry.hpp"
#include "devices/signals/wfdb.hpp"

using namespace caukham::devices;

TEST_CASE("a synthetic ECG must be the same for the same seed and another for another") {
  EcgSynParams p;
  p.beats = 8;
  const auto a = ecgsyn(500, p), b = ecgsyn(500, p);
  REQUIRE(a.samples == b.samples);
  p.seed = 2;
  REQUIRE(ecgsyn(500, p).samples != a.samples);
}

TEST_CASE("a synthetic ECG must carry its table's R and S amplitudes at its heart rate") {
  EcgSynParams p;
  p.noise_uv = 0;
  p.wander_uv = 0;
  const auto loop = ecgsyn(1000, p);
  const auto peaks = ecgsyn_r_peaks(1000, p);
  REQUIRE(peaks.size() == 64);
  const double seconds = static_cast<double>(loop.samples.size()) / 1000;
  CHECK(64 / seconds * 60 == Approx(66).margin(1.5));
  for (std::size_t at : peaks) {
    CHECK(loop.samples[at][1] == Approx(1100).margin(120));  // II: R up
    CHECK(loop.samples[at][0] == Approx(700).margin(100));   // I
    float v2_low = 0;
    for (std::size_t i = at; i < at + 80; ++i) v2_low = std::min(v2_low, loop.at(i)[3]);
    CHECK(v2_low < -900);  // V2: deep S
  }
}

TEST_CASE("a synthetic loop must close without a step") {
  EcgSynParams p;
  p.noise_uv = 0;
  const auto loop = ecgsyn(500, p);
  const auto n = loop.samples.size();
  for (std::size_t lead = 0; lead < ecg_leads; ++lead)
    CHECK(std::abs(loop.at(n)[lead] - loop.at(n - 1)[lead]) < 10);
}

TEST_CASE("ecgsyn must refuse rates and hearts that cannot be") {
  EcgSynParams p;
  CHECK_THROWS_AS(ecgsyn(10, p), std::invalid_argument);
  p.heart_rate_bpm = 500;
  CHECK_THROWS_AS(ecgsyn(500, p), std::invalid_argument);
}

namespace {
const char* good_header =
    "rec 9 1000 4\n"
    "rec.dat 16 2000 16 0 0 0 0 i\nrec.dat 16 2000 16 0 0 0 0 ii\nrec.dat 16 2000 16 0 0 0 0 iii\n"
    "rec.dat 16 2000 16 0 0 0 0 v1\nrec.dat 16 2000 16 0 0 0 0 v2\nrec.dat 16 2000(10)/mV 16 0 0 0 0 v3\n"
    "rec.dat 16 2000 16 0 0 0 0 v4\nrec.dat 16 2000 16 0 0 0 0 v5\nrec.dat 16 2000 16 0 0 0 0 v6\n# age: 81\n";

std::vector<std::uint8_t> good_dat() {
  std::vector<std::uint8_t> dat;
  for (int frame = 0; frame < 4; ++frame)
    for (int column = 0; column < 9; ++column) {
      const auto v = static_cast<std::uint16_t>(frame * 100 - column);
      dat.push_back(static_cast<std::uint8_t>(v));
      dat.push_back(static_cast<std::uint8_t>(v >> 8));
    }
  return dat;
}

EcgLoop loop_of(std::string_view header, const std::vector<std::uint8_t>& dat) {
  return wfdb_leads(caukham::formats::read_wfdb(header, [&](const std::string&) { return std::optional(dat); }));
}
}  // namespace

TEST_CASE("a WFDB record must give the eight leads in microvolts by their names") {
  const auto loop = loop_of(good_header, good_dat());
  REQUIRE(loop.samples.size() == 4);
  CHECK(loop.rate_hz == 1000);
  CHECK(loop.samples[2][0] == Approx(100.0));          // 200 units at 2000 a mV
  CHECK(loop.samples[2][2] == Approx(98.5));           // column 3: lead iii is skipped
  CHECK(loop.samples[2][4] == Approx((195 - 10) / 2.0));  // v3 has a baseline
}

TEST_CASE("a truncated WFDB record must give its whole frames, one without the leads must be refused in words") {
  auto dat = good_dat();
  dat.resize(dat.size() - 5);
  CHECK(loop_of(good_header, dat).samples.size() == 3);
  dat.resize(10);
  CHECK_THROWS_WITH(loop_of(good_header, dat), Catch::Contains("not one whole frame"));
  CHECK_THROWS_WITH(loop_of("r 1 500 9\nr.dat 212 200 12 0 0 0 0 i\n", good_dat()), Catch::Contains("no lead ii"));
}

TEST_CASE("resampling must keep amplitude and length in time") {
  EcgLoop loop{1000, {}};
  for (int i = 0; i < 10000; ++i) {
    EcgLeads l{};
    l.fill(static_cast<float>(1000 * std::sin(2 * 3.14159265 * 5 * i / 1000.0)));
    loop.samples.push_back(l);
  }
  const auto half = resample_loop(loop, 500);
  CHECK(half.samples.size() == 5000 - 125);
  float top = 0;
  for (std::size_t i = 300; i < 4000; ++i) top = std::max(top, half.samples[i][0]);
  CHECK(top == Approx(1000).margin(5));
}

TEST_CASE("the file parsers must survive random bytes and mutated files") {
  const std::uint64_t seed = 20240811;
  INFO("seed " << seed);
  Random random(seed);
  for (int round = 0; round < 3000; ++round) {
    std::string text = good_header;
    for (std::uint32_t i = 0, n = random.below(8); i < n; ++i)
      text[random.below(static_cast<std::uint32_t>(text.size()))] = static_cast<char>(random.next());
    text.resize(random.below(static_cast<std::uint32_t>(text.size() + 1)));
    try { (void)loop_of(text, good_dat()); } catch (const WfdbError&) {}
  }
  SUCCEED();
}

TEST_CASE("a manoeuvre must exhale exactly its curve and a synthetic one what was asked for") {
  const auto integral = [](const Manoeuvre& m, std::size_t from, std::size_t to, int rate) {
    double v = 0;
    for (std::size_t i = from; i < std::min(to, m.flow_lps.size()); ++i) v += static_cast<double>(m.flow_lps[i]) / rate;
    return v;
  };
  WfCurve c;
  c.values = {0, 0.05, 0.5, 1.2, 2.0, 2.5, 2.6};
  const auto m = manoeuvre_from_curve(c, 100);
  CHECK(integral(m, m.blow_start, SIZE_MAX, 100) == Approx(2.6).epsilon(1e-5));
  CHECK(integral(m, 0, m.blow_start, 100) == Approx(-2.6).epsilon(1e-5));
  CHECK(integral(m, m.blow_start, m.blow_start + 3, 100) == Approx(1.2).epsilon(1e-5));

  const auto s = synthetic_manoeuvre({4.5, 3.6, 8.5}, 100);
  CHECK(integral(s, s.blow_start, SIZE_MAX, 100) == Approx(4.5).margin(0.003));
  CHECK(integral(s, s.blow_start, s.blow_start + 105, 100) == Approx(3.6).margin(0.01));
  CHECK(*std::max_element(s.flow_lps.begin(), s.flow_lps.end()) == Approx(8.5).margin(0.1));
  CHECK_THROWS_AS(synthetic_manoeuvre({3.0, 3.5, 8}, 100), std::invalid_argument);
  CHECK_THROWS_AS(synthetic_manoeuvre({6.0, 5.5, 2}, 100), std::invalid_argument);

  double sum = 0;
  for (float f : tidal_breath(100)) sum += static_cast<double>(f);
  CHECK(std::abs(sum) < 1e-3);
}

TEST_CASE("the device clock must find offset and drift through random delays") {
  const std::uint64_t seed = 7;
  INFO("seed " << seed);
  Random random(seed);
  for (double ppm : {-80.0, 0.0, 80.0}) {
    DeviceClock clock;
    std::int64_t last_host = 0, worst = 0, bound = 0;
    for (int i = 0; i < 3000; ++i) {  // a minute of 20 ms chunks
      const std::int64_t device = i * 20'000'000ll;
      const auto sensed = static_cast<std::int64_t>(5e9 + static_cast<double>(device) * (1 + ppm * 1e-6));
      const auto delay = static_cast<std::int64_t>(500'000 + 15e6 * random.uniform() * random.uniform());
      clock.observe(device, sensed + delay);
      const auto host = clock.host_ns(device);
      REQUIRE(host > last_host);
      last_host = host;
      if (i > 1000) {
        worst = std::max(worst, std::abs(host - sensed));
        bound = std::max(bound, clock.error_ns());
      }
    }
    CAPTURE(ppm, worst, bound);
    CHECK(worst < 2'000'000);
    CHECK(bound < 4'000'000);
  }
}
