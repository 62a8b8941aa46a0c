// Reads the `.wf` text files in which standard waveforms are distributed: volume–time (VT, L) or flow–time
// (FT, L/s).
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::analysis::spirometry {

struct CurveError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Curve {
  std::string name;
  double rate_hz = 0;
  std::vector<float> flow_lps;  // of a VT file: the volume's steps times the rate
};

// Sections [Header] (Type, Freq), [Parameters] (reference values, ignored), [Data] (one number a line). 100 …
// 1000 Hz, 10 to 100 000 samples, volumes within ±20 L, flows within ±25 L/s. Throws CurveError in words,
// with the line.
Curve parse_curve(std::string_view text);

// Sampling rates this room analyses: the ATS/ERS 2019 statement asks for at least 100 Hz. Throws CurveError.
void check_rate(double rate_hz);

}  // namespace caukham::analysis::spirometry
