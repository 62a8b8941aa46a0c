// An analysis as JSON, for files, the command line and other programs. Described by
// analysis/schema/ecg.schema.json. Rounded (analysis/rounding.hpp), so that every platform writes the same
// bytes: times 4 decimals (s), rate 1 (bpm), intervals whole ms, angles whole degrees, voltages whole µV
// (median beat 0.1 µV), noise 0.1 µV. A value that is not known is null, and "cannot_tell" holds its path
// ("intervals_ms.pr") and the reason.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/words.hpp"

namespace caukham::analysis::ecg {

struct JsonOptions {
  bool median_beat = false;  // the samples too
  Translate translate;       // for sentences; English without
};

nlohmann::ordered_json to_json(const EcgAnalysis& analysis, const JsonOptions& options = {});

}  // namespace caukham::analysis::ecg
