// A set of manoeuvres of one patient, before or after a bronchodilator: what is reported of it, how well it
// repeats, its grades (ATS/ERS 2019, table 10), when it is finished. Pure.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "analysis/spirometry/criteria.hpp"

namespace caukham::analysis::spirometry {

inline constexpr std::size_t most_blows = 8;  // adults; children may do more (ATS/ERS 2019)
// So much of what follows a blow is kept, for the inspiration back to full lungs: our choice.
inline constexpr double after_blow_s = 6;

struct Best {
  // Largest FVC and FEV1, even from different blows; acceptable ones, else usable ones, else none.
  std::optional<double> fvc_l, fev1_l, fev1_fvc, fev6_l, pef_lps;
  std::optional<double> fev075_l;  // of children of six and less
  std::optional<std::size_t>
      curve;  // index of the blow with the largest FVC + FEV1: its mid flows are reported
};

struct Session {
  std::vector<Assessment> blows;
  char fev1_grade = 'F', fvc_grade = 'F';                    // A B C D E U F
  std::size_t fev1_acceptable = 0, fvc_acceptable = 0;
  std::optional<double> fev1_difference_l, fvc_difference_l;  // between the two largest acceptable ones
  bool repeatable = false;  // both, with at least three acceptable blows each
  bool too_many = false;
  Best best;
  std::vector<Hint> hints;
};

// A: three acceptable, B: two, within the limit; C within 0.200 L, D within 0.250 L; E further apart or only
// one; U none acceptable but one usable; F nothing. `acceptable_l` in any order; children of six and less:
// 0.100, 0.150, 0.200 L or 10 % of the highest value, whichever is greater.
char grade(std::span<const double> acceptable_l, std::size_t usable, bool young);

// `recorded`: blows in the order they were blown, with what followed each.
struct RecordedBlow {
  Blow blow;
  std::vector<float> after_lps;
  double rate_hz = 100;
};
// Blows without any expiration are left out.
Session judge(std::span<const RecordedBlow> recorded, std::optional<double> age_years);

// Finds the blows in a whole recording (NaN: not measured) and cuts what followed each, at most 6 s.
std::vector<RecordedBlow> find_blows(std::span<const float> flow_lps, double rate_hz, std::optional<double> age_years = std::nullopt);

}  // namespace caukham::analysis::spirometry
