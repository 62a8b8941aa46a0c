// Synthetic ECG after McSharry, Clifford, Tarassenko, Smith, "A dynamical model for generating synthetic
// electrocardiogram signals", IEEE Trans Biomed Eng 2003;50:289. Here with eight leads that share one phase.
#pragma once
#include <cstdint>

#include "devices/signals/ecg_loop.hpp"

namespace caukham::devices {

struct EcgSynParams {
  double heart_rate_bpm = 66.0;       // 30 … 200
  double heart_rate_std_bpm = 1.5;    // variability of the tachogram
  double lf_hf_ratio = 0.5;           // power at 0.1 Hz (Mayer waves) over power at 0.25 Hz (breathing)
  double noise_uv = 3.0;              // white, standard deviation, each lead its own
  double wander_uv = 25.0;            // baseline wander with breathing, amplitude
  int beats = 64;                     // length of the loop, 8 … 1024
  std::uint64_t seed = 1;
};

// One closed loop of `beats` beats at `rate_hz` (100 … 4000), µV. Throws std::invalid_argument on values outside.
EcgLoop ecgsyn(int rate_hz, const EcgSynParams& params = {});

// Sample index of every R peak (phase zero) in the loop ecgsyn() makes: the truth for detectors.
std::vector<std::size_t> ecgsyn_r_peaks(int rate_hz, const EcgSynParams& params = {});

}  // namespace caukham::devices
