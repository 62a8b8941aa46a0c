// A judged picture as JSON: schema/picture.schema.json says what is in it. Numbers are rounded to 2 decimals. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "analysis/picture/chart.hpp"
#include "analysis/picture/quality.hpp"

namespace caukham::analysis::picture {

// Algorithm with version, size, findings with unit, limit and its source, verdict and sentence. A picture that could
// not be looked at has "error" and no findings.
nlohmann::ordered_json to_json(const Quality& quality);

// What stands as "chart" beside it, when a chart was looked for: found or not with the sentence; found: corners, patches,
// the correction and ΔE2000 before and after.
nlohmann::ordered_json to_json(const Chart& chart);

// What is stored with a still: the judgement, and the chart when it was looked for.
nlohmann::ordered_json to_json(const Quality& quality, const Chart& chart);

}  // namespace caukham::analysis::picture
