// The whole analysis: numbers against the truth, what must stay unknown, what must not matter, and the JSON's
// schema.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>

#include "analysis/ecg/json.hpp"
#include "json/json_text.hpp"
#include "tests/lib/ecg_waves.hpp"
#include "tests/lib/json_schema.hpp"

using namespace caukham::analysis::ecg;
using caukham::test::EcgWaves;
using caukham::test::make_ecg;
using caukham::test::SyntheticEcg;
using Json = nlohmann::ordered_json;

namespace {

const Json& schema() {
  static const Json s = Json::parse(std::ifstream(CAUKHAM_ECG_SCHEMA));
  return s;
}

// Every output of every test: valid, and a reason for every null that is a value.
Json checked(const EcgAnalysis& a, const JsonOptions& options = {}) {
  const Json j = to_json(a, options);
  for (const auto& v : caukham::test::violations(j, schema())) FAIL_CHECK(v);
  const auto has_reason = [&](const std::string& path, const Json& value) {
    INFO(path);
    CHECK(value.is_null() == j["cannot_tell"].contains(path));
  };
  for (const char* k : {"heart_rate_bpm", "rr_s", "axis_deg", "p_axis_deg", "t_axis_deg"})
    has_reason(k, j[k]);
  for (const auto& [k, v] : j["intervals_ms"].items()) has_reason("intervals_ms." + k, v);
  for (const auto& [lead, st] : j["st_uv"].items())
    for (const auto& [k, v] : st.items()) has_reason("st_uv." + lead + "." + k, v);
  // Written and read again it is the same text: nothing hides in unprinted digits.
  CHECK(caukham::json_text(Json::parse(caukham::json_text(j))) == caukham::json_text(j));
  return j;
}

EcgAnalysis run(const SyntheticEcg& ecg, bool given_beats = false) {
  AnalyzeOptions o;
  o.record = "synthetic";
  if (given_beats) o.beats = ecg.beats;
  return analyze(ecg.recording(), o);
}

void nothing_measured(const Json& j) {
  CHECK(j["heart_rate_bpm"].is_null());
  CHECK(j["axis_deg"].is_null());
  for (const auto& [k, v] : j["intervals_ms"].items()) CHECK(v.is_null());
  for (const auto& [k, v] : j["st_uv"].items()) CHECK(v["j60"].is_null());
}

}  // namespace

TEST_CASE("a known ECG must give its rate, intervals, axes and ST levels back") {
  EcgWaves w;
  w.noise_uv = 8, w.st_uv = 150, w.rr_s = 0.8;
  const auto j = checked(run(make_ecg(w)));
  CHECK(j["heart_rate_bpm"].get<double>() == Approx(75).margin(1));
  const auto& i = j["intervals_ms"];
  CHECK(i["pr"].get<double>() == Approx(160).margin(8));
  CHECK(i["qrs"].get<double>() == Approx(90).margin(8));
  CHECK(i["p"].get<double>() == Approx(100).margin(10));
  const double qt = i["qt"].get<double>(), rr = j["rr_s"].get<double>();
  CHECK(qt == Approx(caukham::test::t_end_by_tangent_ms(w)).margin(10));
  CHECK(i["qtc_bazett"].get<double>() == Approx(qt / std::sqrt(rr)).margin(1));
  CHECK(i["qtc_fridericia"].get<double>() == Approx(qt / std::cbrt(rr)).margin(1));
  CHECK(j["axis_deg"].get<double>() == Approx(40).margin(3));
  CHECK(j["p_axis_deg"].get<double>() == Approx(55).margin(5));
  CHECK(j["t_axis_deg"].get<double>() == Approx(45).margin(5));
  for (const char* lead : {"V1", "V2", "V3", "V4"})
    CHECK(j["st_uv"][lead]["j60"].get<double>() == Approx(150).margin(12));
  CHECK(j["st_uv"]["II"]["j60"].get<double>() == Approx(0).margin(12));
  CHECK(j["rhythm"]["regularity"] == "regular");
  CHECK(j["reversal_hint"].empty());
  CHECK(j["codes"]["intervals_ms.qtc_fridericia"]["loinc"] == "76634-5");
  CHECK(j["algorithm"]["name"] == "caukham-ecg");
}

TEST_CASE("the axis must be told all around the circle") {
  for (int deg = -150; deg <= 180; deg += 30) {
    EcgWaves w;
    w.qrs_axis_deg = deg;
    const auto a = run(make_ecg(w), true);
    INFO(deg << ": " << text(a.axis_deg.reason));
    REQUIRE(a.axis_deg);
    CHECK(std::remainder(*a.axis_deg.value - deg, 360) == Approx(0).margin(4));
  }
}

TEST_CASE("the wire must not matter: doubled, shifted, reordered, resampled, and from I and III alone") {
  EcgWaves w;
  w.noise_uv = 5;
  const auto ecg = make_ecg(w);
  const auto truth = run(ecg);
  const auto same = [&](const EcgAnalysis& a, double ms) {
    REQUIRE((a.pr_ms && a.qrs_ms && a.qt_ms && a.axis_deg && a.heart_rate_bpm));
    CHECK(*a.pr_ms.value == Approx(*truth.pr_ms.value).margin(ms));
    CHECK(*a.qrs_ms.value == Approx(*truth.qrs_ms.value).margin(ms));
    CHECK(*a.qt_ms.value == Approx(*truth.qt_ms.value).margin(ms));
    CHECK(*a.axis_deg.value == Approx(*truth.axis_deg.value).margin(3));
    CHECK(*a.heart_rate_bpm.value == Approx(*truth.heart_rate_bpm.value).margin(0.3));
  };
  auto other = ecg;
  for (auto& lead : other.uv)
    for (float& v : lead) v *= 2;
  same(run(other), 6);
  other = ecg;
  for (auto& lead : other.uv)
    for (float& v : lead) v += 3000;
  same(run(other), 1);
  other = ecg;
  std::reverse(other.names.begin(), other.names.end());
  std::reverse(other.uv.begin(), other.uv.end());
  same(run(other), 1);
  w.fs_hz = 1000;
  same(run(make_ecg(w)), 6);
  other = ecg;
  for (std::size_t gone : {5u, 4u, 3u, 1u}) {
    other.names.erase(other.names.begin() + gone);
    other.uv.erase(other.uv.begin() + gone);
  }
  const auto glove = run(other);
  CHECK(glove.computed == std::vector<std::string>{"II", "aVR", "aVL", "aVF"});
  same(glove, 6);
}

TEST_CASE("without P there must be no PR, and the rest must stand") {
  EcgWaves w;
  w.p = false, w.fibrillation_uv = 60, w.rr_jitter_s = 0.15, w.seconds = 20, w.noise_uv = 5, w.qt_ms = 360;
  const auto j = checked(run(make_ecg(w)));
  CHECK(j["intervals_ms"]["pr"].is_null());
  CHECK(j["cannot_tell"]["intervals_ms.pr"].get<std::string>().find("No P wave") == 0);
  CHECK(j["p_axis_deg"].is_null());
  CHECK(j["intervals_ms"]["qrs"].get<double>() == Approx(90).margin(10));
  CHECK(j["heart_rate_bpm"].is_number());
}

TEST_CASE("noise, silence, rails and holes must give reasons and no numbers") {
  const auto twelve = [](auto sample) {
    SyntheticEcg e;
    e.fs_hz = 500;
    for (const char* name : caukham::analysis::lead_names) e.names.push_back(name);
    e.uv.assign(12, std::vector<float>(5000));
    for (auto& lead : e.uv)
      for (std::size_t i = 0; i < lead.size(); ++i) lead[i] = static_cast<float>(sample(i));
    return e;
  };
  caukham::devices::Random random(5);
  nothing_measured(checked(run(twelve([](std::size_t) { return 0.0; }))));
  nothing_measured(checked(run(twelve([](std::size_t) { return std::nan(""); }))));
  nothing_measured(checked(run(twelve([](std::size_t i) { return i / 250 % 2 ? 32767.0 : -32768.0; }))));
  nothing_measured(checked(run(twelve([&](std::size_t) { return 200 * random.normal(); }))));
  nothing_measured(
      checked(run(twelve([](std::size_t i) { return 500 * std::sin(static_cast<double>(i) * 0.628318); }))));
  for (double hz : {0.7, 1.2}) {  // slow waves, each found twice
    const auto slow = checked(run(twelve([hz](std::size_t i) { return 2000 * std::sin(static_cast<double>(i) / 500 * hz * 6.283185 + 0.3); })));
    nothing_measured(slow);
    CHECK(slow["beats"].empty());
  }
  nothing_measured(
      checked(run(twelve([&](std::size_t i) { return i % 2 ? 3e38 : -3e38 * random.uniform(); }))));
  // Noise with beats that somebody claims to have found in it.
  auto noise = twelve([&](std::size_t) { return 200 * random.normal(); });
  for (std::size_t at = 300; at < 4700; at += 400) noise.beats.push_back({at, BeatType::normal});
  const auto claimed = run(noise, true);
  nothing_measured(checked(claimed));
  CHECK(claimed.beats.empty());
  for (const auto& q : claimed.quality) CHECK_FALSE(q.usable);
}

TEST_CASE("what is no recording must be refused in words") {
  const std::vector<float> v(1000, 0.0f), shorter(999, 0.0f);
  const auto refused = [](const Recording& r, const char* word) {
    try {
      analyze(r);
      FAIL("taken");
    } catch (const std::invalid_argument& e) {
      CHECK(std::string(e.what()).find(word) != std::string::npos);
    }
  };
  refused({500, {}}, "empty");
  refused({500, {{"I", {}}}}, "empty");
  refused({500, {{"I", v}, {"II", shorter}}}, "same length");
  for (double fs : {0.0, -500.0, 50.0, 1e6, std::nan("")}) refused({fs, {{"I", v}}}, "sampling rate");
  refused({500, std::vector<Channel>(65, Channel{"I", v})}, "64");
}

TEST_CASE("one sample, a second, one lead, strange names and wrong beats must be taken") {
  const auto ecg = make_ecg({});
  for (std::size_t n : {1u, 50u, 500u, 900u}) {
    Recording r{500, {}};
    for (std::size_t l = 0; l < 12; ++l) r.channels.push_back({ecg.names[l], std::span(ecg.uv[l]).first(n)});
    const auto j = checked(analyze(r));
    CHECK(j["intervals_ms"]["qt"].is_null());
    CHECK(j["heart_rate_bpm"].is_null());
  }
  auto j = checked(analyze({500, {{"MLII", ecg.uv[1]}}}));
  CHECK(j["heart_rate_bpm"].get<double>() == Approx(69.8).margin(1));
  CHECK(j["intervals_ms"]["qrs"].get<double>() == Approx(90).margin(10));
  CHECK(j["axis_deg"].is_null());
  j = checked(
      analyze({500, {{"", ecg.uv[1]}, {"ECG", ecg.uv[0]}, {"ECG", ecg.uv[7]}, {"\xff\n", ecg.uv[8]}}}));
  CHECK(j["leads"] == Json({"unnamed", "ECG", "ECG (2)", "??"}));
  AnalyzeOptions wrong;
  wrong.beats = std::vector<Beat>{{99999999, BeatType::normal},
                                  {700, BeatType::normal},
                                  {700, BeatType::ventricular},
                                  {3, BeatType::unclassified}};
  j = checked(analyze(ecg.recording(), wrong));
  CHECK(j["beats"].size() == 2);
  CHECK(j["heart_rate_bpm"].is_null());
}

TEST_CASE("a lead that is off must be left out, and the others measured as before") {
  EcgWaves w;
  w.noise_uv = 5;
  auto ecg = make_ecg(w);
  const auto before = run(ecg);
  for (std::size_t i = 0; i < ecg.uv[8].size(); ++i) ecg.lead("V3")[i] = i / 97 % 2 ? 1e6f : -1e6f;
  const auto a = run(ecg);
  const auto j = checked(a);
  CHECK_FALSE(j["quality"]["V3"]["usable"].get<bool>());
  CHECK(j["st_uv"]["V3"]["j60"].is_null());
  REQUIRE(a.qt_ms);
  CHECK(*a.qt_ms.value == Approx(*before.qt_ms.value).margin(4));
  CHECK(*a.pr_ms.value == Approx(*before.pr_ms.value).margin(4));
  // The same through the electrodes' own word: the right arm is off, only V leads would need it too.
  AnalyzeOptions o;
  o.electrodes_off = 1;
  nothing_measured(checked(analyze(make_ecg(w).recording(), o)));
}

TEST_CASE("sentences must be translatable, and the median beat written when asked for") {
  EcgWaves w;
  w.p = false;
  JsonOptions o;
  o.median_beat = true;
  o.translate = [](const std::string& key) { return "vi: " + key; };
  const auto j = checked(run(make_ecg(w)), o);
  CHECK(j["cannot_tell"]["intervals_ms.pr"].get<std::string>().find("vi: ") == 0);
  CHECK(j["median_beat"]["leads"]["II"]["uv"].size() > 300);
}

TEST_CASE("the schema's checker must see what is wrong") {
  auto j = to_json(run(make_ecg({})));
  CHECK(caukham::test::violations(j, schema()).empty());
  j["intervals_ms"]["pr"] = "160";
  j["beats"][0]["type"] = "X";
  j["surprise"] = 1;
  j.erase("filter");
  j["fs_hz"] = 7;
  CHECK(caukham::test::violations(j, schema()).size() == 5);
}
