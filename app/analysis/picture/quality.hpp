// Is this picture of an ear drum or a piece of skin good enough to be judged by somebody far away? Each question is a
// Finding: a number with its unit, the limit and where the limit comes from, a verdict and a sentence for the nurse.
// What cannot be known from the picture is "cannot tell" with the reason, and then has no number.
//
// Pure; any thread; no allocation is kept. What it costs: tests/bench/picture.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/picture/cells.hpp"
#include "analysis/picture/view.hpp"

namespace caukham::analysis::picture {

inline constexpr const char* algorithm_name = "caukham-picture";
inline constexpr const char* algorithm_version = "1.0.0";

enum class Verdict : std::uint8_t { good, poor, cannot_tell };
const char* name_of(Verdict verdict);  // "good", "poor", "cannot_tell"

// `sentence` and `source` are English keys; the sentence has its Vietnamese in app/po/vi.po (core::tr).
struct Finding {
  const char* key = "";               // "in_view", "underexposed", "overexposed", "glare", "sharpness", "motion", "colour_cast"
  std::optional<double> value;        // nothing: not known
  const char* unit = "";              // UCUM; "{pixel}" where UCUM has none
  double limit = 0;
  bool more_is_better = false;        // good at and above the limit, else at and below
  Verdict verdict = Verdict::cannot_tell;
  const char* sentence = "";
  const char* source = "";            // where the limit comes from
};

struct Quality {
  int width = 0, height = 0;
  std::vector<Finding> findings;      // in the order of importance: what to mend first; empty when error is not
  double brightness_percent = 0;      // median luma of the scope's field
  double noise_percent = 0;           // σ of the noise; both in % of full scale
  double field_percent = 0;           // part of the picture that is not the black surround
  Verdict verdict = Verdict::cannot_tell;
  const char* sentence = "";          // the one to show
  std::string error;                  // why the picture could not be looked at

  const Finding* find(const char* key) const;
};

// What a later picture is compared with; small. time_ns: any clock, the same for both.
struct Before {
  Cells cells;
  std::int64_t time_ns = 0;
};

// Without `before`, motion is "cannot tell". `after`, when given, receives what the next call wants as `before`.
Quality measure(const View& view, std::int64_t time_ns = 0, const Before* before = nullptr, Before* after = nullptr);

// Chooses the sentence to show after a finding was changed: the first poor one; else, when view, exposure and sharpness
// are known to be good, that; else why it cannot be told.
void conclude(Quality& quality);

}  // namespace caukham::analysis::picture
