// Everything an ECG recording says in numbers, as one value. Each number is there or it is not; when it is
// not, a sentence says why. Nothing here looks measured that is not.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/ecg/delineate.hpp"
#include "analysis/ecg/filter.hpp"
#include "analysis/ecg/median_beat.hpp"
#include "analysis/ecg/quality.hpp"
#include "analysis/ecg/recording.hpp"
#include "analysis/ecg/reversal.hpp"
#include "analysis/ecg/rhythm.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

inline constexpr const char* algorithm_name = "caukham-ecg";
inline constexpr const char* algorithm_version = "1.3.1";  // changes whenever a number can change

// A number with its unit's meaning in the member's name, or the reason why it cannot be told. Unrounded.
struct Measure {
  std::optional<double> value;
  Sentence reason;  // never empty without a value

  static Measure of(double v) { return {v, {}}; }
  static Measure unknown(Sentence why) { return {std::nullopt, std::move(why)}; }
  explicit operator bool() const { return value.has_value(); }
};

struct LeadSt {  // µV against the PR segment
  std::string lead;
  Measure j_uv, j60_uv, j80_uv;
};

struct AnalyzeOptions {
  std::string record;                      // name that is given back, nothing else; UTF-8
  std::uint32_t electrodes_off = 0;        // as in analysis::invalid_leads
  std::optional<std::vector<Beat>> beats;  // annotated already; else they are detected
  std::string filter = "no filter";  // what was done to the samples before, in words (ecg::text(FilterSpec))
  QualityLimits limits;
};

struct EcgAnalysis {
  std::string record;
  double fs_hz = 0;
  std::size_t samples = 0;            // a channel
  std::vector<std::string> leads;     // as recorded, then those computed
  std::vector<std::string> computed;  // of them: by Einthoven and Goldberger
  std::vector<Beat> beats;
  Rhythm rhythm;

  Measure heart_rate_bpm;  // 60 over the median RR interval
  Measure rr_s;            // that median; the RR of every QTc below
  Measure p_ms, pr_ms, qrs_ms, qt_ms;
  Measure qtc_bazett_ms, qtc_fridericia_ms, qtc_framingham_ms, qtc_hodges_ms;
  Measure axis_deg, p_axis_deg, t_axis_deg;  // frontal, -180 < x <= 180
  std::vector<LeadSt> st;                    // one a lead
  std::vector<LeadQuality> quality;          // one a lead, computed ones too
  std::vector<ReversalHint> hints;
  MedianBeat median;  // one a lead, computed ones too
  Delineation marks;

  std::string filter;             // before, as given
  std::vector<Sentence> treated;  // and what the analysis itself does
  std::string name = algorithm_name, version = algorithm_version;
};

// Throws std::invalid_argument, in words for people, for a recording that is none: no channels, no samples,
// channels of different length, more than 64, a rate outside 100 … 4000 Hz. Everything else, however bad,
// gives an analysis that says what it cannot tell. Any thread; one core; memory: the samples of computed
// leads and a hundred beats.
EcgAnalysis analyze(const Recording& recording, const AnalyzeOptions& options = {});

}  // namespace caukham::analysis::ecg
