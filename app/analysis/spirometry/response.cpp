#include "analysis/spirometry/response.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "analysis/rounding.hpp"

namespace caukham::analysis::spirometry {
namespace {

using json = nlohmann::ordered_json;

constexpr const char* rule_2022 = "ERS/ATS 2022: change of more than 10 % of the predicted value";
constexpr const char* rule_2005 = "ATS/ERS 2005: change of at least 12 % of the value before and 0.200 L";

json rounded(const std::optional<double>& v, int decimals) { return v ? json(round_to(*v, decimals)) : json(nullptr); }

json one(const Response& r) {
  json out = {{"pre_l", rounded(r.pre_l, 3)}, {"post_l", rounded(r.post_l, 3)}, {"predicted_l", rounded(r.predicted_l, 4)}};
  const auto& c = r.change;
  out["change_l"] = c ? rounded(c->change_l, 3) : json(nullptr);
  out["percent_of_pre"] = c ? rounded(c->percent_of_pre, 2) : json(nullptr);
  out["percent_of_predicted"] = c ? rounded(c->percent_of_predicted, 2) : json(nullptr);
  out["rules"] = json::array({{{"rule", rule_2022}, {"met", c && c->responds_2022 ? json(*c->responds_2022) : json(nullptr)}},
                              {{"rule", rule_2005}, {"met", c ? json(c->responds_2005) : json(nullptr)}}});
  if (!r.reason.empty()) out["reason"] = r.reason;
  return out;
}

}  // namespace

std::vector<Response> responses(const Report& pre, const Report& post) {
  std::vector<Response> out;
  const auto add = [&](const char* parameter, const std::optional<double>& before, const std::optional<double>& after) {
    Response r{parameter, before, after, std::nullopt, std::nullopt, ""};
    for (const auto& row : pre.references)
      if (row.parameter == parameter) {
        if (row.reference) r.predicted_l = row.reference->m;
        else r.reason = row.reason;
      }
    if (!before || !after || *before <= 0 || *after <= 0) {
      r.reason = std::string("no usable ") + parameter + (before ? " after" : " before") + " the bronchodilator";
    } else {
      r.change = bronchodilator(*before, *after, r.predicted_l);
      if (!r.predicted_l && r.reason.empty())
        r.reason = "the rule of 2022 needs the predicted value: state the reference set, sex, age and height";
    }
    out.push_back(std::move(r));
  };
  add("FEV1", pre.session.best.fev1_l, post.session.best.fev1_l);
  add("FVC", pre.session.best.fvc_l, post.session.best.fvc_l);
  return out;
}

nlohmann::ordered_json to_json(const Report& pre, const Report& post) {
  const auto all = responses(pre, post);
  return {{"pre", to_json(pre)}, {"post", to_json(post)}, {"bronchodilator_response", {{"fev1", one(all[0])}, {"fvc", one(all[1])}}}};
}

std::string to_text(const std::vector<Response>& responses) {
  std::string out = "Answer to the bronchodilator\n";
  for (const auto& r : responses) {
    char line[200];
    if (!r.change) {
      out += std::string("  ") + r.parameter + ": cannot tell: " + r.reason + "\n";
      continue;
    }
    const auto& c = *r.change;
    std::snprintf(line, sizeof line, "  %s: %.2f L before, %.2f L after: %+.2f L, %+.1f %% of the value before", r.parameter, *r.pre_l, *r.post_l,
                  c.change_l, c.percent_of_pre);
    out += line;
    if (c.percent_of_predicted) std::snprintf(line, sizeof line, ", %+.1f %% of predicted", *c.percent_of_predicted), out += line;
    out += "\n    " + std::string(rule_2022) + ": " + (c.responds_2022 ? *c.responds_2022 ? "met" : "not met" : "cannot tell: " + r.reason);
    out += "\n    " + std::string(rule_2005) + ": " + (c.responds_2005 ? "met" : "not met") + "\n";
  }
  return out;
}

}  // namespace caukham::analysis::spirometry
