// The only place of this room that opens files: reads what the parsers beside it understand.
#pragma once
#include <string>

#include "devices/signals/ecg_loop.hpp"
#include "devices/signals/spirometry.hpp"

namespace caukham::devices {

// A source that plays the WFDB record at `path` (with or without `.hea`), resampled to the asked rate.
// Reads the files at once; throws WfdbError in words when they are missing, too large (64 MiB) or not understood.
EcgSource wfdb_source(const std::string& path);

// A source of synthetic leads (ecgsyn.hpp) with the given seed and heart rate.
EcgSource synthetic_source(std::uint64_t seed, double heart_rate_bpm = 66.0);

// One `.wf` curve. Throws WfError.
WfCurve load_wf(const std::string& path);

// A `.wf` file, or every `.wf` file of a folder in the order of their names. Throws WfError when there is none.
std::vector<WfCurve> load_wf_curves(const std::string& path);

}  // namespace caukham::devices
