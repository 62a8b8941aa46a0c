// Forced expirations in a flow stream and the numbers of each: FEV1, FVC, PEF, FEF25-75, BEV, FET.
// Flow in L/s, expiration positive; volumes in L as measured (ATPS: BTPS correction is the caller's). Definitions: ATS/ERS
// 2005 (Miller, ERJ 2005;26:319) and 2019 (Graham, AJRCCM 2019;200:e70). Pure; no clock, no I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caukham::analysis {

// What counts as a forced expiration. The defaults find the weakest of the ATS curves (PEF 1.4 L/s, FVC 1.2 L) and not
// quiet breathing (0.4 L/s, 0.5 L).
struct BlowRules {
  double min_peak_lps = 0.8;
  double min_volume_l = 0.7;
  double start_lps = 0.5;        // flow at which a blow is suspected
  double turn_l = 0.05;          // volume breathed back that ends it
  double quiet_lps = 0.005;      // flow below this for quiet_s ends it too
  double quiet_s = 2.0;
  double max_s = 30.0;
  double before_s = 3.0;         // how far back the start may lie (slow beginners)
};

struct Blow {
  std::uint64_t first_sample = 0;  // in the stream: the first expired sample after full inspiration
  std::vector<float> flow_lps;     // to the end of the expiration
};

// Finds blows in a stream as it comes. One object a stream.
class BlowFinder {
 public:
  explicit BlowFinder(double rate_hz, const BlowRules& rules = {});  // 20 … 2000 Hz

  // Appends finished blows to `out`: at the latest quiet_s after the end.
  void push(std::span<const float> flow_lps, std::vector<Blow>& out);
  // Samples are missing: a blow with a hole cannot be measured and is given up.
  void gap(std::uint64_t samples);
  // The stream has ended; a blow that is going on is taken as it is.
  void finish(std::vector<Blow>& out);
  bool blowing() const { return blowing_; }

 private:
  void end(std::vector<Blow>& out);
  double rate_hz_;
  BlowRules rules_;
  std::vector<float> flow_;       // history while waiting, the whole blow while blowing
  std::uint64_t flow_start_ = 0;  // stream number of flow_[0]
  bool blowing_ = false;
  double volume_l_ = 0, top_l_ = 0, peak_lps_ = 0;
  std::size_t top_at_ = 0, blow_from_ = 0, quiet_ = 0;
};

struct BlowNumbers {
  double fvc_l = 0, fev1_l = 0, pef_lps = 0, fef2575_lps = 0;
  double bev_l = 0;   // back-extrapolated volume
  double fet_s = 0;   // forced expiratory time: from time zero until the last millilitre
  double t0_s = 0;    // back-extrapolated time zero, from the blow's first sample; may be slightly negative
  bool fev1_known = false;  // false: the blow was shorter than a second, FEV1 is then the FVC
};

// slope_window_s: over which the steepest slope for time zero is averaged. PEF is the largest flow averaged over
// peak_window_s; 0: the largest sample. Measured against the references of the standard curves: 80 ms for both fits the
// 24 ATS curves (100 Hz; PEF within 0.13 L/s, with the raw maximum 1.0), 10 ms and the raw maximum fit ISO 26782 (500 Hz).
struct BlowOptions {
  double slope_window_s = 0.080;
  double peak_window_s = 0.080;
};
BlowOptions options_for(double rate_hz);

// nullopt when there is no expiration in it (fewer than three samples, no positive flow).
std::optional<BlowNumbers> measure(std::span<const float> flow_lps, double rate_hz, const BlowOptions& options = {});

// Exhaled volume at each sample time, one more point than flow; starts at 0.
std::vector<double> volume_l(std::span<const float> flow_lps, double rate_hz);

struct LoopPoint {
  double time_s, volume_l, flow_lps;  // time from back-extrapolated zero
};
// For flow–volume and volume–time curves: one point a sample, the flow at the middle of each step.
std::vector<LoopPoint> loop_points(std::span<const float> flow_lps, double rate_hz, const BlowOptions& options = {});

}  // namespace caukham::analysis
