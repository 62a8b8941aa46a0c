// Finds forced expirations in a stream of flow. Flow in L/s, expiration positive. Pure; no clock, no I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caukham::analysis::spirometry {

// What counts as a forced expiration. The defaults find the weakest of the ATS curves (PEF 1.4 L/s, FVC 1.2
// L) and not quiet breathing (0.4 L/s, 0.5 L).
struct BlowRules {
  double min_peak_lps = 0.8;
  double min_volume_l = 0.7;
  double start_lps = 0.5;        // flow at which a blow is suspected
  double turn_l = 0.05;          // volume breathed back that ends it
  double quiet_lps = 0.005;      // flow below this for quiet_s ends it too
  double quiet_s = 2.0;
  double max_s = 30.0;
  double before_s = 3.0;         // how far back the start may lie (slow beginners)
  // Beyond these nobody blows, so it is no measurement: spirometers measure to 14 L/s and 8 L (ATS/ERS 2005,
  // Miller, table 6; from memory, not checked against the text). How far beyond is our choice.
  double most_lps = 20;
  double most_l = 15;
};

// 6 and less: the children's limits of ATS/ERS 2019. Not known: an adult.
bool young(std::optional<double> age_years);

// GLI-2012 predicts an FVC of 0.58 L for three years and 90 cm, which the defaults would not see. A young child's blow has
// from 0.25 L on; its quiet breath has 0.13 L (10 ml/kg, 13 kg). The numbers are ours.
BlowRules blow_rules(std::optional<double> age_years);

struct Blow {
  std::uint64_t first_sample = 0;  // in the stream: the first expired sample after full inspiration
  std::vector<float> flow_lps;     // to the end of the expiration, with its plateau
  std::vector<float> before_lps;   // what the stream held just before, up to twice before_s
};

// Finds blows in a stream as it comes. One object a stream.
class BlowFinder {
 public:
  explicit BlowFinder(double rate_hz, const BlowRules& rules = {});  // 20 … 2000 Hz

  // Appends finished blows to `out`: at the latest quiet_s after the end.
  void push(std::span<const float> flow_lps, std::vector<Blow>& out);
  // Samples are missing: a blow with a hole cannot be measured and is given up, and so is what follows of it.
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
  bool torn_ = false;  // samples are missing, and since then it has only blown: the rest of a blow without its start is none
  bool blowing_ = false;
  double volume_l_ = 0, top_l_ = 0, peak_lps_ = 0, rest_lps_ = 0;
  std::size_t top_at_ = 0, blow_from_ = 0, quiet_ = 0;
};

// A file that holds one manoeuvre, however small or slow it is: from the lowest volume before the top to the
// end of the plateau, without a breath in between. Where the sensor rested before the peak is taken for its zero. Empty
// flow_lps when nothing is expired in it.
Blow whole_blow(std::span<const float> flow_lps, double rate_hz);

}  // namespace caukham::analysis::spirometry
