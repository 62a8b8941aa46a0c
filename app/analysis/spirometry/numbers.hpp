// The numbers of one forced expiration. Flow in L/s, expiration positive; volumes in L in the state the flow
// is given in (BTPS is made before, conditions.hpp). Definitions: ATS/ERS 2005 (Miller, ERJ 2005;26:319) and
// 2019 (Graham, AJRCCM 2019;200:e70). Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace caukham::analysis::spirometry {

struct BlowNumbers {
  double fvc_l = 0, fev1_l = 0, pef_lps = 0, fef2575_lps = 0;
  double bev_l = 0;   // back-extrapolated volume
  double fet_s = 0;   // forced expiratory time: from time zero until the last millilitre
  double t0_s = 0;    // back-extrapolated time zero, from the blow's first sample; may be slightly negative
  double pef_time_s = 0;             // of the steepest stretch, from time zero
  double fef25_lps = 0, fef50_lps = 0, fef75_lps = 0;  // flow when that part of the FVC has been breathed out
  bool fev1_known = false;  // false: the blow was shorter than a second, FEV1 is then the FVC
  // Known only when the recording of the blow, plateau included, lasts until then.
  std::optional<double> fev05_l, fev075_l, fev3_l, fev6_l;
};

// slope_window_s: over which the steepest slope for time zero is averaged. PEF is the largest flow averaged
// over peak_window_s; 0: the largest sample. Measured against the references of the standard curves: 80 ms
// for both fits the 24 ATS curves (100 Hz; PEF within 0.13 L/s, with the raw maximum 1.0), 10 ms and the raw
// maximum fit ISO 26782 and the 26 ATS flow curves (500 Hz).
struct BlowOptions {
  double slope_window_s = 0.080;
  double peak_window_s = 0.080;
};
BlowOptions options_for(double rate_hz);

// nullopt when there is no expiration in it (fewer than three samples, no positive flow, a sample that is no
// number).
std::optional<BlowNumbers> measure(std::span<const float> flow_lps, double rate_hz,
                                   const BlowOptions& options = {});

// Exhaled volume at each sample time, one more point than flow; starts at 0.
std::vector<double> volume_l(std::span<const float> flow_lps, double rate_hz);

// The same breath at another rate: the volume between the old samples is taken as a straight line, so that no
// air is won or lost except in the last, partial sample. Rates 1 … 10 000 Hz.
std::vector<float> resampled(std::span<const float> flow_lps, double rate_hz, double wanted_hz);

struct LoopPoint {
  double time_s, volume_l, flow_lps;  // time from back-extrapolated zero
};
// For flow–volume and volume–time curves: one point a sample, the flow at the middle of each step.
std::vector<LoopPoint> loop_points(std::span<const float> flow_lps, double rate_hz,
                                   const BlowOptions& options = {});

// V at a time that lies between samples; flat beyond the ends. `v` as volume_l() returns it.
double volume_at(const std::vector<double>& v, double rate_hz, double time_s);

}  // namespace caukham::analysis::spirometry
