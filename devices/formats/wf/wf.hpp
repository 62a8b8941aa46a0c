// The `.wf` text files in which standard breathing curves are distributed: volume over time (VT, L) or flow over time
// (FT, L/s; expiration positive).
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::formats {

struct WfError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct WfCurve {
  std::string name;
  double rate_hz = 100;
  double fvc_l = 0, fev1_l = 0, pef_lps = 0, fef2575_lps = 0;  // reference values it states; 0: none that can be
  bool from_start = false;  // it begins where the expiration does: a volume at zero, or a flow whose header says so (ExpStart=0)
  bool volume_time = true;                                     // else flow over time
  std::vector<double> values;                                  // L or L/s
};

// Sections [Header] (Name, Type, Freq), [Parameters] (the reference values), [Data] (one number a line); others are left
// alone. 10 … 10 000 Hz, 10 to 100 000 samples, within ±20 L or ±25 L/s: no lung does more, and other units show in it.
// Throws WfError in words, with the line.
WfCurve parse_wf(std::string_view text);

// The curve either way. A volume that begins above zero and at once rises by as much again was cut by its maker: its first
// step is its own first sample. Any other begins where the spirometer stood.
std::vector<double> wf_volume_l(const WfCurve& curve);   // exhaled, begins at 0
std::vector<float> wf_flow_lps(const WfCurve& curve);

}  // namespace caukham::formats
