// From what a flow sensor measures to BTPS (37 °C, ambient pressure, saturated), and the zero of the sensor.
// Pure.
#pragma once
#include <optional>
#include <span>

namespace caukham::analysis::spirometry {

struct Conditions {
  double pressure_mmhg = 760;      // 400 … 820
  double temperature_c = 23;       // of the gas in the sensor, 0 … 50
  double humidity_percent = 50;    // of the room's air, 0 … 100; counts for inspiration only
};

// Saturated vapour pressure over water, mmHg; 0 … 50 °C. Buck, J Appl Meteorol 1981;20:1527 (with the 1996
// constants of the Buck Research manual); 47.10 mmHg at 37 °C, where spirometry's formulas say 47.
double water_vapour_mmhg(double temperature_c);

// Factors from measured volume to BTPS: (PB - PH2O) / (PB - 47) * 310 / (273 + T) with 47 mmHg and 310 K for
// the lungs (Miller, ERJ 2005;26:319). Expired gas has cooled to the sensor's temperature and stays
// saturated; inspired gas is the room's air. nullopt outside the ranges above. A device that says it delivers
// BTPS already is not corrected again.
struct BtpsFactors { double expired, inspired; };
std::optional<BtpsFactors> btps_factors(const Conditions& conditions);

void to_btps(std::span<float> flow_lps, const BtpsFactors& factors);

// What the sensor shows when nobody breathes: the mean of the stillest second in `flow_lps`. nullopt when
// there is none that stays within 0.02 L/s and below 0.15 L/s: the crest of a quiet breath is flat too, but
// it lies higher or is shorter. So an offset of more than 0.15 L/s is not told from breathing.
std::optional<double> resting_flow_lps(std::span<const float> flow_lps, double rate_hz);

}  // namespace caukham::analysis::spirometry
