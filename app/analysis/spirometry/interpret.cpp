#include "analysis/spirometry/interpret.hpp"

namespace caukham::analysis::spirometry {
namespace {
// The 5th percentile of the healthy; -2.5 and -4: ERS/ATS 2022 (Stanojevic, Eur Respir J 2022;60:2101499), steps of
// severity by z-score.
constexpr double lower_limit = -1.645;
constexpr const char* tr_later(const char* text) { return text; }
}  // namespace

Severity severity(double z) {
  if (z >= lower_limit) return Severity::within_normal;
  if (z >= -2.5) return Severity::mild;
  return z >= -4 ? Severity::moderate : Severity::severe;
}

const char* words_of(Severity s) {
  switch (s) {
    case Severity::within_normal: return tr_later("within normal limits");
    case Severity::mild: return tr_later("mildly reduced");
    case Severity::moderate: return tr_later("moderately reduced");
    case Severity::severe: return tr_later("severely reduced");
  }
  return "";
}

Pattern pattern(double fev1_z, double fvc_z, double ratio_z) {
  if (ratio_z < lower_limit) return fvc_z < lower_limit ? Pattern::possible_mixed : Pattern::obstruction;
  if (fvc_z < lower_limit) return Pattern::possible_restriction;
  return fev1_z < lower_limit ? Pattern::non_specific : Pattern::normal;
}

const char* words_of(Pattern p) {
  switch (p) {
    case Pattern::normal: return tr_later("normal spirometry");
    case Pattern::obstruction: return tr_later("pattern of airflow obstruction");
    case Pattern::possible_restriction: return tr_later("possible restriction: lung volumes are needed");
    case Pattern::possible_mixed: return tr_later("obstruction with low FVC: lung volumes are needed");
    case Pattern::non_specific: return tr_later("non-specific: only FEV1 is low");
  }
  return "";
}

BronchodilatorChange bronchodilator(double pre_l, double post_l, std::optional<double> predicted_l) {
  constexpr double rounding_l = 1e-6;  // so that 12 % of decimal numbers, and of volumes summed up, are still 12 %
  BronchodilatorChange c;
  c.change_l = post_l - pre_l;
  c.percent_of_pre = 100 * c.change_l / pre_l;
  c.responds_2005 = c.change_l >= 0.12 * pre_l - rounding_l && c.change_l >= 0.2 - rounding_l;
  if (predicted_l) {
    c.percent_of_predicted = 100 * c.change_l / *predicted_l;
    c.responds_2022 = c.change_l > 0.1 * *predicted_l + rounding_l;
  }
  return c;
}

}  // namespace caukham::analysis::spirometry
