// Acceptability and usability of one manoeuvre, FEV1 and FVC apart, after ATS/ERS 2019 (Graham, AJRCCM
// 2019;200:e70, table 7). Checked against public texts that quote the statement: BEV limit, the three
// indicators of the end of expiration, repeatability, the number of manoeuvres, the grades; against open programs that put
// it into code: FIVC at most 0.100 L or 5 % of FVC larger than FVC. NOT checked against the primary: which rows count for
// usability as well, the footnote on children of six years and less. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/spirometry/blow.hpp"
#include "analysis/spirometry/events.hpp"
#include "analysis/spirometry/hints.hpp"
#include "analysis/spirometry/numbers.hpp"

namespace caukham::analysis::spirometry {

enum class Result : std::uint8_t { passed, failed, cannot_tell };
const char* name_of(Result result);  // "passed", "failed", "cannot_tell"

struct Fitness { bool fev1 = false, fvc = false, fev075 = false; };  // FEV0.75: of children of six and less

struct Criterion {
  const char* name;
  Result result;
  std::string reason;            // English, with the numbers
  Fitness acceptable, usable;    // for what it is required
};

struct Assessment {
  BlowNumbers numbers;
  BlowEvents events;
  std::optional<double> fivc_l;         // when a full inspiration followed
  bool inspiration_clipped = false;     // as clipped, of that: the FIVC is not to be used
  std::optional<double> resting_lps;    // what the sensor showed at rest before it
  bool begun_late = false;  // the data begin in the middle of the blow
  bool cut_off = false;  // that, or they end in the middle of it: its numbers are not to be used
  bool clipped = false;  // the flow was beyond what the sensor measures: peak and volumes are larger than it shows
  bool offset_removed = false;
  std::vector<Criterion> criteria;      // always all of them, in the same order
  // A criterion that cannot be told from the signal does not take acceptability away, the operator saw the
  // patient; it is named in `undecided` so that nobody takes it for passed.
  Fitness acceptable, usable;
  std::vector<const char*> undecided;
  std::vector<Hint> hints;              // at least one

  bool measured() const { return !cut_off && !clipped; }  // else none of its numbers may be shown
  double bev_percent() const { return 100 * numbers.bev_l / numbers.fvc_l; }
};

struct AssessRules {
  std::optional<double> age_years;            // 6 and less: the children's limits
  std::optional<double> largest_prior_fvc_l;  // of the same set: pre or post bronchodilator
  bool young() const { return spirometry::young(age_years); }
};

// `after`: flow from the end of the blow on, for the inspiration that should follow; empty when there is none
// recorded. nullopt when there is no expiration in the blow.
std::optional<Assessment> assess(const Blow& blow, std::span<const float> after, double rate_hz,
                                 const AssessRules& rules = {});

// Two values repeat: within 0.150 L, children within 0.100 L or 10 % of the higher, whichever is greater.
double repeatability_limit_l(double highest_l, bool young);

}  // namespace caukham::analysis::spirometry
