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

}  // namespace caukham::analysis::picture
