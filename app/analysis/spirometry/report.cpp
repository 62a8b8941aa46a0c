#include "analysis/spirometry/report.hpp"

#include <nlohmann/json.hpp>

#include "analysis/rounding.hpp"

namespace caukham::analysis::spirometry {
namespace {

using json = nlohmann::ordered_json;

json rounded(double v, int decimals) { return json(round_to(v, decimals)); }
json rounded(const std::optional<double>& v, int decimals) {
  return v ? rounded(*v, decimals) : json(nullptr);
}

// A blow that was cut off or clipped has no number that could be taken for measured.
void put_numbers(json& out, const Assessment& a) {
  const auto& n = a.numbers;
  const auto put = [&](const char* key, const json& value) { out[key] = a.measured() ? value : json(nullptr); };
  const bool second = n.fev1_known;
  put("fvc_l", rounded(n.fvc_l, 3));
  put("fev1_l", second ? rounded(n.fev1_l, 3) : json(nullptr));
  put("fev1_fvc", second ? rounded(n.fev1_l / n.fvc_l, 4) : json(nullptr));
  put("pef_l_s", rounded(n.pef_lps, 3));
  put("fef25_75_l_s", rounded(n.fef2575_lps, 3));
  put("bev_l", rounded(n.bev_l, 3));
  put("bev_percent_fvc", rounded(a.bev_percent(), 2));
  put("fet_s", rounded(n.fet_s, 2));
  put("eotv_l", rounded(a.events.end_volume_l, 3));
  put("fev05_l", rounded(n.fev05_l, 3));
  put("fev075_l", rounded(n.fev075_l, 3));
  put("fev3_l", rounded(n.fev3_l, 3));
  put("fev6_l", rounded(n.fev6_l, 3));
  put("fef25_l_s", rounded(n.fef25_lps, 3));
  put("fef50_l_s", rounded(n.fef50_lps, 3));
  put("fef75_l_s", rounded(n.fef75_lps, 3));
  put("fivc_l", a.inspiration_clipped ? json(nullptr) : rounded(a.fivc_l, 3));
  put("time_zero_s", rounded(n.t0_s, 3));
  put("time_to_pef_s", rounded(n.pef_time_s, 3));
  out["resting_flow_l_s"] = rounded(a.resting_lps, 3);
}

json fitness(const Fitness& f, bool young) {
  json out = {{"fev1", f.fev1}, {"fvc", f.fvc}};
  if (young) out["fev075"] = f.fev075;
  return out;
}

json hints(const std::vector<Hint>& list) {
  json out = json::array();
  for (auto h : list) out.push_back({{"key", key_of(h)}, {"text", words_of(h)}});
  return out;
}

json manoeuvre(const Assessment& a, std::size_t number, const std::string& file, bool young) {
  json out = {{"number", number}, {"file", file}};
  put_numbers(out, a);
  json& list = out["criteria"] = json::array();
  for (const auto& c : a.criteria)
    list.push_back({{"name", c.name}, {"result", name_of(c.result)}, {"reason", c.reason}});
  out["acceptable"] = fitness(a.acceptable, young);
  out["usable"] = fitness(a.usable, young);
  out["undecided"] = a.undecided;
  out["hints"] = hints(a.hints);
  return out;
}

json session_json(const Session& s, bool young) {
  json best = {{"fvc_l", rounded(s.best.fvc_l, 3)}, {"fev1_l", rounded(s.best.fev1_l, 3)},
               {"fev1_fvc", rounded(s.best.fev1_fvc, 4)}, {"fev6_l", rounded(s.best.fev6_l, 3)},
               {"pef_l_s", rounded(s.best.pef_lps, 3)}};
  const auto* curve = s.best.curve ? &s.blows[*s.best.curve].numbers : nullptr;
  best["fef25_75_l_s"] = curve ? rounded(curve->fef2575_lps, 3) : json(nullptr);
  best["fet_s"] = curve ? rounded(curve->fet_s, 2) : json(nullptr);
  if (young) best["fev075_l"] = rounded(s.best.fev075_l, 3);
  best["curve"] = curve ? json(*s.best.curve + 1) : json(nullptr);
  return {{"grade", {{"fev1", std::string(1, s.fev1_grade)}, {"fvc", std::string(1, s.fvc_grade)}}},
          {"best", best},
          {"repeatability", {{"fev1_difference_l", rounded(s.fev1_difference_l, 3)},
                             {"fvc_difference_l", rounded(s.fvc_difference_l, 3)}, {"met", s.repeatable}}},
          {"acceptable_blows", {{"fev1", s.fev1_acceptable}, {"fvc", s.fvc_acceptable}}},
          {"blows", s.blows.size()},
          {"too_many", s.too_many},
          {"hints", hints(s.hints)}};
}

json reference_json(const Report& r) {
  json rows = json::array();
  for (const auto& row : r.references) {
    json out = {{"parameter", row.parameter}, {"value", rounded(row.value, 4)}, {"unit", unit_of(row.parameter)}};
    if (row.reference) {
      const double z = row.reference->z(row.value);
      out.update({{"predicted", rounded(row.reference->m, 4)},
                  {"lln", rounded(row.reference->lln(), 4)},
                  {"uln", rounded(row.reference->uln(), 4)},
                  {"percent_predicted", rounded(row.reference->percent(row.value), 2)},
                  {"zscore", rounded(z, 3)},
                  {"severity", words_of(severity(z))}});
    } else {
      out["reason"] = row.reason;
    }
    rows.push_back(out);
  }
  return {{"set", r.reference_set}, {"publication", publication(r.reference_set)}, {"age_mode", "interpolate"}, {"values", rows}};
}

const ReferenceRow* row_of(const Report& r, const char* parameter) {
  for (const auto& row : r.references)
    if (row.parameter == parameter && row.reference) return &row;
  return nullptr;
}

}  // namespace

const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> all = {
      {"fvc_l", "forced vital capacity", "L", "19868-9", 57856},
      {"fev1_l", "volume expired in the first second", "L", "20150-9", 21514},
      {"fev1_fvc", "FEV1/FVC", "1", "19926-5", 57876},
      {"pef_l_s", "peak expiratory flow", "L/s", "33452-4", 21512},
      {"fef25_75_l_s", "mean flow between 25 and 75 % of FVC", "L/s", "", 0},
      {"bev_l", "back-extrapolated volume", "L", "", 0},
      {"bev_percent_fvc", "back-extrapolated volume of FVC", "%", "", 0},
      {"fet_s", "forced expiratory time", "s", "65819-5", 0},
      {"eotv_l", "volume in the last second", "L", "", 0},
      {"fev05_l", "volume expired in 0.5 s", "L", "", 0},
      {"fev075_l", "volume expired in 0.75 s", "L", "", 0},
      {"fev3_l", "volume expired in 3 s", "L", "", 0},
      {"fev6_l", "volume expired in 6 s", "L", "", 21515},
      {"fef25_l_s", "flow at 25 % of FVC", "L/s", "", 0},
      {"fef50_l_s", "flow at 50 % of FVC", "L/s", "", 0},
      {"fef75_l_s", "flow at 75 % of FVC", "L/s", "", 0},
      {"fivc_l", "forced inspiratory vital capacity", "L", "", 0}};
  return all;
}

json to_json(const Report& r) {
  json out = {{"algorithm", {{"name", algorithm_name}, {"version", algorithm_version},
                             {"standard", "ATS/ERS 2019, Am J Respir Crit Care Med 2019;200:e70"}}},
              {"simulated", r.simulated},
              {"files", r.files}};
  out["parameters"] = {{"volume_state", r.volume_state}, {"age_years", rounded(r.age_years, 2)},
                       {"btps_expired", r.btps ? rounded(r.btps->expired, 5) : json(nullptr)},
                       {"btps_inspired", r.btps ? rounded(r.btps->inspired, 5) : json(nullptr)}};
  json& units = out["quantities"] = json::object();
  for (const auto& q : quantities()) {
    units[q.key] = {{"name", q.name}, {"ucum", q.ucum}};
    if (*q.loinc) units[q.key]["loinc"] = q.loinc;
    if (q.mdc) units[q.key]["mdc"] = q.mdc;
  }
  const bool young = AssessRules{r.age_years, {}}.young();
  json& list = out["manoeuvres"] = json::array();
  for (std::size_t i = 0; i < r.session.blows.size(); ++i)
    list.push_back(manoeuvre(r.session.blows[i], i + 1, r.file_of_blow.at(i), young));
  out["session"] = session_json(r.session, young);
  if (!r.reference_set.empty()) {
    out["reference"] = reference_json(r);
    const auto *fev1 = row_of(r, "FEV1"), *fvc = row_of(r, "FVC"), *ratio = row_of(r, "FEV1FVC");
    out["reference"]["pattern"] =
        fev1 && fvc && ratio
            ? json(words_of(pattern(fev1->reference->z(fev1->value), fvc->reference->z(fvc->value),
                                    ratio->reference->z(ratio->value))))
            : json(nullptr);
  }
  json& errors = out["errors"] = json::array();
  for (const auto& [file, reason] : r.errors) errors.push_back({{"file", file}, {"reason", reason}});
  if (r.files.size() == 1 && r.session.blows.size() == 1) put_numbers(out, r.session.blows[0]);
  return out;
}

json to_json(const CalibrationCheck& c) {
  json strokes = json::array();
  for (const auto& s : c.strokes)
    strokes.push_back({{"direction", s.out ? "out" : "in"}, {"volume_l", rounded(s.volume_l, 3)},
                       {"mean_flow_l_s", rounded(s.mean_lps, 2)}, {"peak_flow_l_s", rounded(s.peak_lps, 2)},
                       {"error_percent", rounded(s.error_percent, 2)}, {"passed", s.passed}});
  return {{"algorithm", {{"name", algorithm_name}, {"version", algorithm_version}}},
          {"checked_on", c.checked_on}, {"due_on", c.due_on}, {"passed", c.passed}, {"reason", c.reason},
          {"syringe_l", rounded(c.syringe_l, 3)}, {"limit_percent", rounded(c.limit_percent, 1)},
          {"three_flows", c.three_flows}, {"linearity_percent", rounded(c.linearity_percent, 2)},
          {"gain", rounded(c.gain, 4)}, {"strokes", strokes}};
}

std::vector<ReferenceRow> compare(const Best& best, const ReferenceTables& tables, const std::string& set,
                                  const Subject& subject) {
  std::vector<ReferenceRow> rows;
  const auto add = [&](const char* parameter, const std::optional<double>& value) {
    if (!value) return;
    ReferenceRow row{parameter, *value, std::nullopt, ""};
    try {
      row.reference = tables.of(set, parameter, subject);
    } catch (const ReferenceError& e) {
      row.reason = e.what();
    }
    rows.push_back(std::move(row));
  };
  add("FEV1", best.fev1_l);
  add("FVC", best.fvc_l);
  add("FEV1FVC", best.fev1_fvc);
  return rows;
}

}  // namespace caukham::analysis::spirometry
