#include "analysis/picture/json.hpp"

#include <nlohmann/json.hpp>

#include "analysis/rounding.hpp"

namespace caukham::analysis::picture {

using json = nlohmann::ordered_json;

nlohmann::ordered_json to_json(const Quality& q) {
  const bool looked = q.error.empty();
  const auto known = [&](double v) { return looked ? json(round_to(v, 2)) : json(nullptr); };
  json out = {{"algorithm", {{"name", algorithm_name}, {"version", algorithm_version}}},
              {"width_px", q.width}, {"height_px", q.height},
              {"verdict", name_of(q.verdict)}, {"sentence", looked ? q.sentence : q.error.c_str()},
              {"brightness_percent", known(q.brightness_percent)}, {"noise_percent", known(q.noise_percent)},
              {"field_percent", known(q.field_percent)}};
  if (!looked) out["error"] = q.error;
  json& list = out["findings"] = json::array();
  for (const auto& f : q.findings)
    list.push_back({{"key", f.key}, {"value", f.value ? json(round_to(*f.value, 2)) : json(nullptr)}, {"unit", f.unit},
                    {"limit", round_to(f.limit, 2)}, {"good_is", f.more_is_better ? "at_least" : "at_most"},
                    {"verdict", name_of(f.verdict)}, {"sentence", f.sentence}, {"limit_source", f.source}});
  return out;
}

nlohmann::ordered_json to_json(const Chart& c) {
  json out = {{"found", c.found}, {"sentence", c.sentence}};
  if (!c.found) return out;
  out["chart"] = "ColorChecker Classic, made before November 2014";
  out["corners_px"] = json::array();
  for (double v : c.corners_px) out["corners_px"].push_back(round_to(v, 1));
  out["patches_used"] = c.patches_used;
  out["delta_e2000"] = {{"mean_before", round_to(c.mean_before, 2)}, {"worst_before", round_to(c.worst_before, 2)},
                        {"mean_after", round_to(c.mean_after, 2)},   {"worst_after", round_to(c.worst_after, 2)},
                        {"mean_unseen", round_to(c.mean_unseen, 2)}};
  json& m = out["correction"] = {{"space", "linear sRGB, 0 to 1: matrix x (R, G, B, 1)"}, {"matrix", json::array()}};
  for (std::size_t row = 0; row < 3; ++row) {
    json line = json::array();
    for (std::size_t i = 0; i < 4; ++i) line.push_back(round_to(c.correction[4 * row + i], 5));
    m["matrix"].push_back(std::move(line));
  }
  json& list = out["patches"] = json::array();
  for (const auto& p : c.patches)
    list.push_back({{"name", p.name},
                    {"reference_lab_d50", {round_to(p.reference.l, 3), round_to(p.reference.a, 3), round_to(p.reference.b, 3)}},
                    {"measured_srgb", {round_to(p.measured.r, 1), round_to(p.measured.g, 1), round_to(p.measured.b, 1)}},
                    {"clipped", p.clipped}, {"delta_e_before", round_to(p.delta_e_before, 2)}, {"delta_e_after", round_to(p.delta_e_after, 2)}});
  return out;
}

nlohmann::ordered_json to_json(const Quality& quality, const Chart& chart) {
  auto out = to_json(quality);
  out["chart"] = to_json(chart);
  return out;
}

}  // namespace caukham::analysis::picture
