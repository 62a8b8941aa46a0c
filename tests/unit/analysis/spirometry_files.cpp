// Curves from text, syringe strokes, and the report that leaves.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "analysis/rounding.hpp"
#include "analysis/spirometry/report.hpp"
#include "breath.hpp"
#include "devices/formats/wf/wf.hpp"
#include "json/json_text.hpp"

using namespace caukham::analysis::spirometry;

namespace {

std::string file_text(const char* type, double rate, const std::vector<float>& samples) {
  std::string out = "[Header]\r\nName=x\nType=" + std::string(type) + "\nFreq=" + std::to_string(rate) +
                    "\n[Parameters]\nFVC=99\n[Data]\n";
  for (float s : samples) out += std::to_string(s) + "\n";
  return out;
}

std::vector<float> stroke(double litres, double seconds) {
  return breath::sampled([=](double t) { return t > 0.2 && t < 0.2 + seconds ? litres / seconds : 0; }, 100,
                         seconds + 0.6);
}

}  // namespace

TEST_CASE("volume and flow files of the same breath must give the same numbers") {
  const auto flow = breath::sampled(breath::blow(4, 0.5), 500, 7);
  std::vector<float> volume;
  for (double v : volume_l(flow, 500)) volume.push_back(static_cast<float>(v));
  const auto read = [](const std::string& text) { return caukham::formats::wf_flow_lps(caukham::formats::parse_wf(text)); };
  const auto m = assess(whole_blow(read(file_text("FT", 500, flow)), 500), {}, 500),
             n = assess(whole_blow(read(file_text("VT", 500, volume)), 500), {}, 500);
  REQUIRE(m);
  REQUIRE(n);
  CHECK(m->numbers.fvc_l == Approx(4).margin(0.002));  // and not what [Parameters] claims
  CHECK(n->numbers.fvc_l == Approx(m->numbers.fvc_l).margin(0.001));
  CHECK(n->numbers.fev1_l == Approx(m->numbers.fev1_l).margin(0.002));
}

TEST_CASE("a constant curve must hold no blow") {
  CHECK(whole_blow(std::vector<float>(300, 0.0f), 100).flow_lps.empty());
  CHECK(whole_blow(std::vector<float>{}, 100).flow_lps.empty());
  CHECK(find_blows(std::vector<float>(300, NAN), 100).empty());
}

TEST_CASE("a sensor that loses most of a slow stroke must not pass by the fast ones") {
  std::vector<float> flow;
  const auto add = [&](double litres, double seconds) {
    for (float f : stroke(litres, seconds)) flow.push_back(f);
    flow.insert(flow.end(), 100, 0.0f);
  };
  add(3, 4), add(3, 2), add(3, 0.6), add(0.3, 1);  // the last: handling it
  CHECK(check_calibration(find_strokes(flow, 100, 3), "2026-11-23", 3).passed);
  add(1.2, 6);
  const auto lost = check_calibration(find_strokes(flow, 100, 3), "2026-11-23", 3);
  CHECK(lost.strokes.size() == 4);
  CHECK_FALSE(lost.passed);
}

TEST_CASE("a syringe must pass within 3 % at three speeds and fail beyond, with the stroke named") {
  std::vector<float> flow;
  const auto add = [&](double litres, double seconds) {
    const auto s = stroke(litres, seconds);
    flow.insert(flow.end(), s.begin(), s.end());
    for (float f : stroke(litres, 2)) flow.push_back(-f);  // pulled back
  };
  add(3.00, 5);
  add(2.95, 1.2);
  add(3.08, 0.4);
  const auto strokes = find_strokes(flow, 100);
  REQUIRE(strokes.size() == 6);
  CHECK(strokes[0].out);
  CHECK_FALSE(strokes[1].out);
  CHECK(strokes[2].volume_l == Approx(2.95).margin(0.005));
  CHECK(strokes[0].mean_lps == Approx(0.6).margin(0.02));
  auto out = strokes;
  std::erase_if(out, [](const auto& s) { return !s.out; });
  const auto good = check_calibration(out, "2026-12-31");
  CHECK(good.passed);
  CHECK(good.due_on == "2027-01-01");
  CHECK(check_calibration(out, "2028-02-28").due_on == "2028-02-29");
  CHECK(good.linearity_percent == Approx(100 * 0.13 / 3).margin(0.2));
  out[1].error_percent = 3.2;
  out[1].passed = false;
  const auto bad = check_calibration(out, "2028-02-28");
  CHECK_FALSE(bad.passed);
  CHECK(bad.due_on == "2028-02-28");  // not usable until a check passes
  CHECK_THAT(bad.reason, Catch::Contains("1 of 3"));
  CHECK_FALSE(check_calibration({}, "x").passed);
  CHECK(check_calibration({}, "2026-02-30").due_on.empty());
  const auto slow = find_strokes(stroke(3, 5), 100);
  CHECK_FALSE(check_calibration({slow[0], slow[0], slow[0]}, "2026-01-01").passed);  // one speed only
  CHECK(find_strokes(stroke(0.5, 2), 100).empty());
  CHECK(find_strokes(std::vector<float>(100, NAN), 100).empty());
}

TEST_CASE("numbers must leave with their decimals and a blow that was cut off without any") {
  CHECK(caukham::analysis::round_to(1.23456, 3) == 1.235);
  Report r;
  r.files = {"a.wf"};
  r.file_of_blow = {"a.wf"};
  const std::vector<RecordedBlow> one = {
      {breath::as_blow(breath::sampled(breath::blow(4, 0.5), 100, 6)), {}, 100}};
  r.session = judge(one, std::nullopt);
  const auto j = to_json(r);
  CHECK(j.at("fvc_l") == j.at("manoeuvres").at(0).at("fvc_l"));
  CHECK(caukham::json_text(j.at("fvc_l")).size() <= 5);
  CHECK(j.at("manoeuvres").at(0).at("acceptable").at("fvc") == true);
  CHECK(j.at("session").at("grade").at("fvc") == "E");
  CHECK(j.at("quantities").at("fev1_l").at("loinc") == "20150-9");
  CHECK_THAT(to_text(r), Catch::Contains("grade FEV1 E"));

  const std::vector<RecordedBlow> cut = {
      {breath::as_blow(breath::sampled(breath::blow(4, 0.5), 100, 0.5)), {}, 100}};
  r.session = judge(cut, std::nullopt);
  const auto k = to_json(r);
  for (const char* key : {"fvc_l", "fev1_l", "pef_l_s", "fet_s"}) CHECK(k.at(key).is_null());
  CHECK(k.at("session").at("grade").at("fvc") == "F");
}

// Written where the schema test finds it: everything a report can hold.
TEST_CASE("reports for the schema must be written") {
  const char* folder = std::getenv("CAUKHAM_REPORTS");
  if (!folder) return;
  Report r;
  r.files = {"a.wf", "b.wf"};
  r.file_of_blow = {"a.wf", "b.wf", "b.wf"};
  const std::vector<RecordedBlow> set = {
      {breath::as_blow(breath::sampled(breath::blow(4, 0.5), 100, 6)), {-1.0f}, 100},
      {breath::as_blow(breath::sampled(breath::blow(3, 2), 100, 2)), {-1.0f}, 100},
      {breath::as_blow(breath::sampled(breath::blow(3, 2), 100, 0.5)), {}, 100}};
  r.session = judge(set, 5.0);
  r.age_years = 5.0;
  r.btps = btps_factors({760, 25, 60});
  r.reference_set = "GLI2012";
  r.references = {{"FEV1", 3, Reference{1, 3.5, 0.1}, ""}, {"FVC", 4, std::nullopt, "no"}};
  r.errors = {{"c.wf", "it is empty"}};
  std::ofstream(std::string(folder) + "/full.json") << caukham::json_text(to_json(r), 1);
  std::ofstream(std::string(folder) + "/empty.json") << caukham::json_text(to_json(Report{}), 1);
  Report one;
  one.files = one.file_of_blow = {"a.wf"};
  one.session = judge(std::span(set).first(1), std::nullopt);
  std::ofstream(std::string(folder) + "/one.json") << caukham::json_text(to_json(one), 1);
}
