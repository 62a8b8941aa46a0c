// Pictures for the report: an ECG strip with its detections, a flow-volume loop. PNG by cairo; 96 dots an inch.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace report {

struct Marks {
  std::vector<caukham::analysis::ecg::Beat> found;
  std::vector<caukham::analysis::ecg::Beat> truth;  // empty: not known
};

// Seconds from … to of every channel: found beats as triangles above (V filled), true ones as ticks below.
void strip(const std::string& file, const std::string& title, const caukham::analysis::ecg::Recording& ecg, const Marks& marks,
           double from_s, double to_s);

// Median beats side by side with the global marks in ms from R; NaN: not known.
struct Beat {
  std::string lead;
  std::vector<float> uv;
};
void beats(const std::string& file, const std::string& title, const std::vector<Beat>& leads, double fs_hz, double r_at,
           const std::vector<std::pair<std::string, double>>& marks_ms);

struct Loop {
  std::string name;
  double fvc_l = 0, pef_lps = 0;  // as measured
  std::vector<std::pair<double, double>> points;  // volume L, flow L/s
};
void loops(const std::string& file, const std::string& title, const std::vector<Loop>& loops);

}  // namespace report
