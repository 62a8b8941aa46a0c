// A judged picture as JSON: schema/picture.schema.json says what is in it. Numbers are rounded to 2 decimals. Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "analysis/picture/quality.hpp"

namespace caukham::analysis::picture {

// Algorithm with version, size, findings with unit, limit and its source, verdict and sentence. A picture that could
// not be looked at has "error" and no findings.
nlohmann::ordered_json to_json(const Quality& quality);

}  // namespace caukham::analysis::picture
