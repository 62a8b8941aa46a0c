// Words for z-scores and for the answer to a bronchodilator. ERS/ATS 2022 (Stanojevic, ERJ 2022;60:2101499);
// thresholds -1.645, -2.5, -4 and "more than 10 % of the predicted value" as public summaries of it state
// them; the older rule is Pellegrino, ERJ 2005;26:948. These describe numbers, they are no diagnosis.
// English; shown through core::tr(). Pure.
#pragma once
#include <cstdint>
#include <optional>

namespace caukham::analysis::spirometry {

enum class Severity : std::uint8_t { within_normal, mild, moderate, severe };
Severity severity(double z);             // above -1.645, to -2.5, to -4, below
const char* words_of(Severity severity);

enum class Pattern : std::uint8_t { normal, obstruction, possible_restriction, possible_mixed, non_specific };
// From the z-scores of FEV1, FVC and FEV1/FVC. Restriction and mixed need lung volumes to be told, hence
// "possible"; FEV1 low with FVC and ratio normal is called non-specific (the 2022 standard uses the word for
// FEV1 and FVC low with a normal total lung capacity; without lung volumes both end here as something to look
// at).
Pattern pattern(double fev1_z, double fvc_z, double ratio_z);
const char* words_of(Pattern pattern);

struct BronchodilatorChange {
  double change_l = 0;                       // post - pre
  double percent_of_pre = 0;
  std::optional<double> percent_of_predicted;
  bool responds_2005 = false;                // at least 12 % of the pre value and 0.200 L
  std::optional<bool> responds_2022;         // more than 10 % of the predicted value; unknown without one
};
// FEV1 or FVC in L, both > 0.
BronchodilatorChange bronchodilator(double pre_l, double post_l, std::optional<double> predicted_l);

}  // namespace caukham::analysis::spirometry
