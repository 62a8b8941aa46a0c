// Two sessions of one patient, before and after a bronchodilator, compared by both rules in use. Pure.
#pragma once
#include "analysis/spirometry/report.hpp"

namespace caukham::analysis::spirometry {

struct Response {
  const char* parameter = "";  // "FEV1", "FVC"
  std::optional<double> pre_l, post_l, predicted_l;
  std::optional<BronchodilatorChange> change;
  std::string reason;          // English: why there is no change to tell, or why a rule cannot be applied
};
// FEV1 and FVC of the sessions' best values; predicted from pre's reference set, when one was asked for.
std::vector<Response> responses(const Report& pre, const Report& post);

// {"pre": report, "post": report, "bronchodilator_response": {"fev1": …, "fvc": …}}; a rule that cannot be applied is null.
nlohmann::ordered_json to_json(const Report& pre, const Report& post);
std::string to_text(const std::vector<Response>& responses);  // English

}  // namespace caukham::analysis::spirometry
