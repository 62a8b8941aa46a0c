// Made ambulatory records with known beats: what makes the records of the arrhythmia databases hard, one thing a
// kind, on a patient drawn by lot from the seed. Two leads (MLII and V1 or V5), 360 Hz, 11 bits of 5 µV with rails at
// ±5.12 mV, as those databases are. No patient's, and no estimate for patients: a stand-in that tells which kind of
// difficulty a detector cannot bear.
#pragma once
#include "tests/lib/ecg_cases.hpp"

namespace caukham::tests {

enum class Ambulatory {
  pvc,              // one beat in six ventricular, two shapes, 0.4 … 2.5 times as high
  couplets,         // pairs and triplets of many shapes
  bigeminy_low,     // every second beat ventricular and lower than two thirds of the normal ones in MLII
  bigeminy_high,    // … and three times as high
  r_on_t,           // coupling of 260 … 340 ms
  vt_runs,          // runs of 5 … 20 wide beats at 140 … 200/min
  paced,            // spike and wide QRS
  paced_demand,     // now paced, now own, now fusion
  af,               // irregular, f waves
  af_pvc_noise,     // and ventricular beats of many shapes, muscle noise in bursts
  tall_t,           // T one to two times as high as R, in both leads
  peaked_t,         // narrow tented T, QRS low in MLII
  low_voltage,      // 0.15 … 0.3 mV in both leads
  tall_p,           // QRS of 0.3 mV, sharp P higher than it in MLII; wander
  rbbb,             // RSR'
  lbbb,             // 160 ms, notched
  flutter_2to1,     // sawtooth at 300/min, every second conducted
  flutter_variable, // 2:1 to 6:1
  pauses,           // 3 … 6 s, with P waves in them
  av_block_2to1,    // every second P not conducted, PR long
  escape,           // complete block: wide escape at 35/min, P at 90/min
  drop,             // amplitude falls to a fifth from one beat to the next, and returns, in both leads
  fading,           // amplitude between 0.3 and 1 within half a minute, the leads apart
  jumps,            // the baseline jumps by 1 … 4 mV
  motion_12,        // electrode motion on one lead, now this, now that, by nst's measure: 12 dB
  motion_6,
  motion_0,
  motion_both,      // on both leads at 6 dB, half of the time
  muscle_both,      // on both leads at 6 dB, half of the time
  pops,             // narrow electrode pops on one lead, as high as R
  lead_lost,        // one lead flat for minutes, then the other at the rail
  svt,              // 150 … 215/min, P in the T
  slow_u,           // 38/min, T and U as large as a third of R
  flutter_vent,     // 20 s of ventricular flutter in a minute of many ventricular beats: not counted between
  pvc_hidden,       // R of 2 … 3 mV, single ventricular beats a quarter to a half as high, in both leads
  blocked_p,        // P as high as half of R; early ones that conduct nothing, single or for seconds (sinus arrest without P, too)
  bad_lead,         // one lead is motion and muscle noise at -6 dB from beginning to end
  changing_block,   // normal, left and right bundle branch block and a wide rhythm of the ventricles by turns
  pvc_motion,       // ventricular beats of many shapes, electrode motion on both leads at 12 dB half of the time
  hum,              // 60 Hz of half the QRS on both leads, coming and going; ventricular beats
  block_pvc,        // left bundle branch block with ventricular beats, pairs too
  fusion_pvc,       // ventricular beats that come with the P wave: between the own beat's shape and theirs
  atrial,           // early beats of the atria with a P wave of another shape, half of them conducted with a right bundle branch block
  interpolated,     // ventricular beats between two own ones that come as if nothing had been
};
inline constexpr int ambulatory_count = 44;
const char* name(Ambulatory kind);

struct AmbulatoryCase {
  EcgCase ecg;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> left_out;  // samples: here no beat counts, found or not
};
AmbulatoryCase ambulatory(Ambulatory kind, double seconds, std::uint64_t seed, double fs_hz = 360);

// As patients have them: one kind's rhythm in another's shape of the own beats under a third's disturbance.
struct Mixture {
  Ambulatory rhythm, own, disturbance;
  bool first_down = false, second_down = false;  // the lead's polarity
};
Mixture mixture(std::uint64_t seed);  // drawn by lot
bool lone_tall_p(const Mixture& mix);  // P waves as high as R with no QRS after them: the record itself does not tell
AmbulatoryCase ambulatory(const Mixture& mix, double seconds, std::uint64_t seed, double fs_hz = 360);
// Half an hour as the arrhythmia databases' records are: one patient's rhythm throughout, disturbed for ten minutes of it.
AmbulatoryCase half_hour(std::uint64_t seed);
Score compare(const AmbulatoryCase& c, const std::vector<analysis::ecg::Beat>& found, double window_s = 0.150);

}  // namespace caukham::tests
