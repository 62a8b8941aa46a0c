// The daily check with a syringe: is what the sensor calls three litres three litres, slow and fast? ATS/ERS
// 2019: at least three strokes between 0.5 and 12 L/s, each within ±3 % (±2.5 % for the spirometer and ±0.5 %
// for the syringe; stated so in the ERS' own course text and other summaries, the primary's wording was not checked). Syringe air is at
// room conditions: flow without BTPS correction. Pure: the date comes in, the log is the caller's.
#pragma once
#include <span>
#include <string>
#include <vector>

namespace caukham::analysis::spirometry {

struct Stroke {
  bool out = true;               // air into the spirometer the way a patient blows; false: pulled back
  double volume_l = 0, mean_lps = 0, peak_lps = 0;
  double error_percent = 0;      // against the syringe
  bool passed = false;
};

// Strokes in a recording: stretches of one direction that move at least a fifth of the syringe. NaN ends a stroke.
std::vector<Stroke> find_strokes(std::span<const float> flow_lps, double rate_hz, double syringe_l = 3.0);

struct CalibrationCheck {
  double syringe_l = 3, limit_percent = 3;
  std::vector<Stroke> strokes;
  bool passed = false;
  bool three_flows = false;          // three mean flows between 0.5 and 12 L/s, each 1.5 times the one before
  double linearity_percent = 0;      // largest minus smallest error over the strokes
  double gain = 0;  // factor that would bring the mean volume to the syringe's; 0: no strokes
  std::string reason;                // English: why it did not pass, or what it found
  std::string checked_on, due_on;    // yyyy-mm-dd; due the next day, or at once where it did not pass
};
// date "yyyy-mm-dd"; one that is none leaves due_on empty.
CalibrationCheck check_calibration(std::vector<Stroke> strokes, std::string date, double syringe_l = 3.0);

}  // namespace caukham::analysis::spirometry
