// The files the spirometry commands read: recorded flow, and the reference tables.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/spirometry/reference.hpp"
#include "analysis/spirometry/session.hpp"
#include "analysis/spirometry/text.hpp"

namespace caukham::cli {

struct Flow {
  std::vector<float> flow_lps;   // NaN: not measured
  double rate_hz = 0;            // 100 … 1000
  bool one_blow = false;         // a waveform file that holds a single manoeuvre
  bool from_start = false;       // of one: it is known to begin where the expiration does
  bool simulated = false;
  std::string torn;              // in words, when the file's end is missing: blows may be missing with it
};
// `.wf` text or EDF(+)/BDF(+) with a channel in L/s. Throws in words: not such a file, no flow in it, a rate
// that is too low.
Flow load_flow(const std::string& file);

// Throws in words when there is no forced expiration in it, or numbers no lung has.
std::vector<analysis::spirometry::RecordedBlow> blows_of(const Flow& flow, std::optional<double> age_years);

// Beside the program: share/caukham/reference when installed, the source's tables when run from the build.
analysis::spirometry::ReferenceTables load_reference_tables();

// At most 64 MiB; throws in words.
std::string read_text(const std::string& file);

}  // namespace caukham::cli
