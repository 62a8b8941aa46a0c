#include <catch2/catch.hpp>

#include <cmath>

#include "analysis/spirometry/live.hpp"
#include "breath.hpp"
#include "devices/signals/random.hpp"
#include "devices/signals/spirometry.hpp"

using namespace caukham::analysis::spirometry;
namespace signals = caukham::devices;

namespace {

void append(std::vector<float>& to, const std::vector<float>& what) {
  to.insert(to.end(), what.begin(), what.end());
}

}  // namespace

TEST_CASE("a synthetic blow must give back the FVC, FEV1 and PEF it was made of, at several rates") {
  for (int rate : {100, 200, 500})
    for (const signals::BlowParams& p :
         {signals::BlowParams{4.5, 3.6, 8.5}, signals::BlowParams{6.0, 4.3, 9.0},
          signals::BlowParams{3.2, 1.3, 2.8}, signals::BlowParams{1.5, 1.3, 4.0}}) {
      CAPTURE(rate, p.fvc_l, p.fev1_l, p.pef_lps);
      const auto m = signals::synthetic_manoeuvre(p, rate);
      const std::span<const float> blow(m.flow_lps.begin() + static_cast<std::ptrdiff_t>(m.blow_start),
                                        m.flow_lps.end());
      const auto n = measure(blow, rate, options_for(rate));
      REQUIRE(n);
      CHECK(n->fvc_l == Approx(p.fvc_l).margin(0.003));
      CHECK(n->fev1_l == Approx(p.fev1_l).margin(0.03));
      CHECK(n->pef_lps == Approx(p.pef_lps).margin(0.3));
      CHECK(n->fev1_known);
      CHECK(n->bev_l < 0.05 * p.fvc_l + 0.1);
      CHECK(n->fef2575_lps > 0);
      CHECK(n->fet_s > 0.5);
    }
}

TEST_CASE("the numbers of a straight line and an exponential must be those of pen and paper") {
  const std::vector<float> line(300, 2.0f);  // 2 L/s for 3 s: 6 L
  const auto a = measure(line, 100);
  REQUIRE(a);
  CHECK(a->fvc_l == Approx(6));
  CHECK(a->t0_s == Approx(0).margin(1e-9));
  CHECK(a->fev1_l == Approx(2));
  CHECK(a->fef2575_lps == Approx(2));
  CHECK(a->bev_l == Approx(0).margin(1e-9));
  CHECK(a->fet_s == Approx(3).margin(0.001));

  std::vector<float> delayed(40, 0.0f);  // four tenths of a second of hesitation move time zero, not FEV1
  append(delayed, line);
  const auto b = measure(delayed, 100);
  REQUIRE(b);
  CHECK(b->t0_s == Approx(0.4).margin(1e-6));
  CHECK(b->fev1_l == Approx(2).margin(1e-6));

  const double tau = 0.8;
  std::vector<float> decay;
  for (int i = 0; i < 1000; ++i)
    decay.push_back(
        static_cast<float>(4 * (std::exp(-i / 100.0 / tau) - std::exp(-(i + 1) / 100.0 / tau)) * 100));
  const auto c = measure(decay, 100);
  REQUIRE(c);
  CHECK(c->fvc_l == Approx(4).margin(1e-3));
  CHECK(c->fef2575_lps == Approx(2 / (tau * std::log(3.0))).epsilon(0.002));
}

TEST_CASE(
    "a blow shorter than a second must say that its FEV1 is not one, and no blow must give no numbers") {
  const auto n = measure(std::vector<float>(60, 3.0f), 100);
  REQUIRE(n);
  CHECK_FALSE(n->fev1_known);
  CHECK(n->fev1_l == n->fvc_l);
  CHECK_FALSE(measure({}, 100));
  CHECK_FALSE(measure(std::vector<float>(500, 0.0f), 100));
  CHECK_FALSE(measure(std::vector<float>(500, -1.0f), 100));
  CHECK(loop_points(std::vector<float>(500, -1.0f), 100).empty());
}

TEST_CASE("the loop must pass through the blow's peak and end at its volume") {
  const auto m = signals::synthetic_manoeuvre({}, 100);
  const std::span<const float> blow(m.flow_lps.begin() + static_cast<std::ptrdiff_t>(m.blow_start),
                                    m.flow_lps.end());
  const auto points = loop_points(blow, 100);
  REQUIRE(points.size() == blow.size());
  CHECK(points.back().volume_l == Approx(4.5).margin(0.003));
  for (std::size_t i = 1; i < points.size(); ++i) REQUIRE(points[i].time_s > points[i - 1].time_s);
}

TEST_CASE("the finder must find each blow among quiet breaths, in whatever pieces the stream comes") {
  std::vector<float> stream;
  std::vector<std::uint64_t> starts;
  const auto tidal = signals::tidal_breath(100);
  const signals::BlowParams blows[] = {{4.5, 3.6, 8.5}, {4.4, 3.5, 8.0}, {3.2, 1.3, 2.0}};
  for (const auto& p : blows) {
    for (int i = 0; i < 5; ++i) append(stream, tidal);
    const auto m = signals::synthetic_manoeuvre(p, 100);
    starts.push_back(stream.size() + m.blow_start);
    append(stream, m.flow_lps);
  }
  for (int i = 0; i < 5; ++i) append(stream, tidal);
  const std::uint64_t seed = 3;
  INFO("seed " << seed);
  signals::Random random(seed);
  BlowFinder finder(100);
  std::vector<Blow> found;
  for (std::size_t at = 0; at < stream.size();) {
    const auto n = std::min<std::size_t>(1 + random.below(50), stream.size() - at);
    finder.push(std::span<const float>(stream).subspan(at, n), found);
    at += n;
  }
  REQUIRE(found.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i, found[i].first_sample, starts[i]);
    CHECK(found[i].first_sample == starts[i]);
    const auto n = measure(found[i].flow_lps, 100);
    REQUIRE(n);
    CHECK(n->fvc_l == Approx(blows[i].fvc_l).margin(0.01));
    CHECK(n->fev1_l == Approx(blows[i].fev1_l).margin(0.03));
  }
  CHECK_FALSE(finder.blowing());
}

TEST_CASE("quiet breathing and a sigh must not be taken for blows, and a blow with a hole must be given up") {
  std::vector<float> stream;
  for (int i = 0; i < 20; ++i) append(stream, signals::tidal_breath(100));
  for (int i = 0; i < 100; ++i) stream.push_back(0.6f);  // 0.6 L at 0.6 L/s
  for (int i = 0; i < 100; ++i) stream.push_back(-0.6f);
  BlowFinder finder(100);
  std::vector<Blow> found;
  finder.push(stream, found);
  CHECK(found.empty());

  const auto m = signals::synthetic_manoeuvre({}, 100);
  finder.push(std::span<const float>(m.flow_lps).subspan(0, m.blow_start + 50), found);
  CHECK(finder.blowing());
  finder.gap(20);
  CHECK_FALSE(finder.blowing());
  const std::vector<float> rest(300, 0.0f);
  finder.push(rest, found);
  CHECK(found.empty());
  finder.push(m.flow_lps, found);
  finder.finish(found);
  REQUIRE(found.size() == 1);
  CHECK(found[0].first_sample == stream.size() + m.blow_start + 50 + 20 + 300 + m.blow_start);
}

TEST_CASE("a three-year-old's blow must be found, and the child's quiet breath not") {
  std::vector<float> stream;
  for (int i = 0; i < 5; ++i)  // 0.13 L in a second and a half
    for (int k = 0; k < 300; ++k) stream.push_back(static_cast<float>(0.136 * std::sin(k * 0.0209440)));
  const auto quiet = stream.size();
  const auto child = breath::sampled(breath::blow(0.45, 0.25), 100, 2.0);
  stream.insert(stream.end(), child.begin(), child.end());
  stream.insert(stream.end(), 300, 0.0f);
  CHECK(find_blows(stream, 100).empty());
  const auto found = find_blows(stream, 100, 3.0);
  REQUIRE(found.size() == 1);
  CHECK(found[0].blow.first_sample + 10 > quiet);
  const auto numbers = measure(found[0].blow.flow_lps, 100);
  REQUIRE(numbers);
  CHECK(numbers->fvc_l == Approx(0.45).margin(0.02));
  LiveTest live(100, 3.0);
  live.push(stream);
  CHECK(live.blows().size() == 1);
}

TEST_CASE("the finder must survive any numbers and bound what it keeps") {
  const std::uint64_t seed = 5;
  INFO("seed " << seed);
  signals::Random random(seed);
  BlowFinder finder(100);
  std::vector<Blow> found;
  for (int round = 0; round < 3000; ++round) {
    std::vector<float> piece(random.below(100));
    for (auto& v : piece)
      v = random.below(200) == 0 ? NAN : static_cast<float>((random.uniform() - 0.45) * (round % 7 ? 2 : 30));
    finder.push(piece, found);
    if (random.below(50) == 0) finder.gap(random.below(1000));
  }
  finder.finish(found);
  for (const auto& b : found) {
    REQUIRE(b.flow_lps.size() <= 3500);
    (void)measure(b.flow_lps, 100);
  }
  BlowFinder endless(100);
  found.clear();
  endless.push(std::vector<float>(10000, 1.0f), found);  // a fan before the mouthpiece: 15 L are nobody's
  CHECK(found.empty());
}

TEST_CASE("flow that no lungs can give must not be taken for a blow, and the next one must be") {
  const auto m = signals::synthetic_manoeuvre({}, 100);
  BlowFinder finder(100);
  std::vector<Blow> found;
  auto wild = m.flow_lps;
  wild[m.blow_start + 20] = 1e6f;  // a device that lies
  finder.push(wild, found);
  finder.push(std::vector<float>(300, 0.0f), found);
  CHECK(found.empty());
  finder.push(m.flow_lps, found);
  finder.finish(found);
  CHECK(found.size() == 1);
}

TEST_CASE("the rest of a blow whose start is missing must not be taken for a blow") {
  const auto m = signals::synthetic_manoeuvre({}, 100);
  BlowFinder finder(100);
  std::vector<Blow> found;
  const std::span<const float> flow(m.flow_lps);
  finder.push(flow.first(m.blow_start + 20), found);
  finder.gap(30);
  finder.push(flow.subspan(m.blow_start + 50), found);
  finder.push(std::vector<float>(300, 0.0f), found);
  CHECK(found.empty());
  finder.push(flow, found);
  finder.finish(found);
  REQUIRE(found.size() == 1);
  CHECK(found[0].flow_lps.size() > 300);
}
