// Made ECGs with known beats, for tests and benches: ECGSYN's, and hard ones of our own; and noise in
// calibrated amounts. None of it is a patient's; what a detector does here says what it can do, not what it
// will do at a bedside.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::tests {

struct EcgCase {
  double fs_hz = 0;
  std::vector<std::string> leads;
  std::vector<std::vector<float>> uv;  // a lead
  std::vector<analysis::ecg::Beat>
      truth;                              // N and V; sample at the largest deflection of the first lead's QRS
  analysis::ecg::Recording view() const;  // valid as long as this is not changed
  std::size_t samples() const { return uv.empty() ? 0 : uv.front().size(); }
};

// ECGSYN (devices/signals/ecgsyn.hpp) played for `seconds`: leads I, II, V1 … V6, or all twelve.
EcgCase ecgsyn_case(double fs_hz, double seconds, double bpm, std::uint64_t seed, bool twelve = false);

// Our own: every beat a sum of Gaussian waves in MLII and V1, with 8 % of change from beat to beat, breathing
// in amplitude and baseline, 6 µV of noise. Two leads.
enum class Hard {
  sinus,         // 72/min
  pvc,           // sinus, every fourth beat a wide premature one with a pause
  couplets,      // pairs of multiform ventricular beats, 300 ms apart
  bigeminy,      // every second beat ventricular, three times as high as the normal ones
  fibrillation,  // irregular 50 … 160/min, f waves, no P
  pauses,        // sinus with pauses of 3 … 6 s
  tall_t,        // T higher than R in both leads
  low_r_tall_p,  // R of 0.25 mV, P of 0.25 mV in the first lead; wander
  tiny_first,    // QRS of 0.1 mV in the first lead, clear in the second
  paced,         // a 2 ms spike, 160 ms wide QRS after it
  halves,        // amplitude falls to half at the middle
  bundle_block,  // 150 ms wide, notched QRS
  fast,          // 190/min
  slow,          // 30/min
  vt_runs,       // sinus with runs of ten wide beats at 170/min
};
inline constexpr int hard_count = 15;
const char* name(Hard kind);
EcgCase hard_case(Hard kind, double fs_hz, double seconds, std::uint64_t seed);

// Noise. Power by the definition of PhysioNet's noise stress test, nst(1): SNR = 10 log10(pp²/8 / N), pp the
// mean peak-to-peak amplitude of the lead's QRS complexes (±50 ms, as there), N the noise's mean square.
enum class Noise { wander, muscle, motion, mains };
const char* name(Noise kind);
// `count` samples of unit mean square.
std::vector<float> noise(Noise kind, double fs_hz, std::size_t count, std::uint64_t seed);
void add_noise(EcgCase& ecg, std::size_t lead, Noise kind, double snr_db, std::uint64_t seed);
void add_noise(EcgCase& ecg, Noise kind, double snr_db, std::uint64_t seed);  // every lead its own
double qrs_peak_to_peak_uv(const EcgCase& ecg, std::size_t lead);

// Beats found against the truth, each once, within the window; beats in the first and last `skip_s` do not
// count.
struct Score {
  std::size_t truth = 0, matched = 0, missed = 0, extra = 0;
  double median_error_ms = 0, worst_error_ms = 0;  // of the matched
  double se() const { return truth ? 100.0 * static_cast<double>(matched) / static_cast<double>(truth) : 0; }
  double pp() const {
    return matched + extra ? 100.0 * static_cast<double>(matched) / static_cast<double>(matched + extra) : 0;
  }
};
Score compare(const EcgCase& ecg, const std::vector<std::uint64_t>& found, double window_s = 0.150,
              double skip_s = 1.0);
Score compare(const EcgCase& ecg, const std::vector<analysis::ecg::Beat>& found, double window_s = 0.150,
              double skip_s = 1.0);

}  // namespace caukham::tests
