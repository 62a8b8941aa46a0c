// A 12-lead ECG whose waves begin and end where they are told to: lobes of raised cosine, which are exactly
// zero outside their limits (a Gaussian has no onset to be right or wrong about). The truth for delineation,
// axes, ST and quality.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "analysis/leads.hpp"
#include "devices/signals/random.hpp"

namespace caukham::test {

struct EcgWaves {
  double fs_hz = 500;
  double seconds = 10;
  double rr_s = 0.86, rr_jitter_s = 0.01;
  bool p = true;
  double p_ms = 100, pr_ms = 160, qrs_ms = 90, qt_ms = 400, t_ms = 180;  // t_ms: length of the T wave
  double p_uv = 120, r_uv = 1100, t_uv = 300;                            // length of the frontal vectors
  double p_axis_deg = 55, qrs_axis_deg = 40, t_axis_deg = 45;
  double st_uv = 0;     // in V1 … V4, from J until T
  double noise_uv = 0;  // white, standard deviation
  double mains_uv = 0, mains_hz = 50;
  double wander_uv = 0;        // amplitude at 0.2 Hz
  double fibrillation_uv = 0;  // f waves, 6.3 Hz, not tied to the beats
  std::uint64_t seed = 7;
};

// Where the tangent to the steepest point of a raised cosine's fall meets zero: h (1/2 + 1/pi) after its
// peak.
inline double t_end_by_tangent_ms(const EcgWaves& w) {
  const double h = w.t_ms / 2;
  return w.qt_ms - h + h * (0.5 + std::numbers::inv_pi);
}

struct SyntheticEcg {
  std::vector<std::string> names;
  std::vector<std::vector<float>> uv;
  std::vector<analysis::ecg::Beat> beats;  // truth: R peaks
  std::vector<double> onset_s;             // truth: QRS onsets
  double fs_hz = 0;

  analysis::ecg::Recording recording() const {
    analysis::ecg::Recording out{fs_hz, {}};
    for (std::size_t i = 0; i < names.size(); ++i) out.channels.push_back({names[i], uv[i]});
    return out;
  }
  std::vector<float>& lead(const std::string& name) {
    return uv[static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  }
};

inline double lobe(double t, double from, double to) {
  if (t <= from || t >= to) return 0;
  const double s = std::sin(std::numbers::pi * (t - from) / (to - from));
  return s * s;
}

// Voltage of one beat, `ms` after QRS onset. The QRS: q 0.1 over the first fifth, R over the middle, s 0.25
// at its end.
inline std::array<double, 12> beat_uv(const EcgWaves& w, double ms) {
  // Parts of the frontal vector's length that V1 … V6 see: R grows, S fades, T is upright from V2.
  static constexpr std::array<double, 6> r_part = {0.20, 0.40, 0.75, 1.25, 1.15, 0.90};
  static constexpr std::array<double, 6> s_part = {0.90, 1.20, 0.80, 0.40, 0.20, 0.10};
  static constexpr std::array<double, 6> t_part = {-0.15, 1.0, 1.2, 1.1, 0.9, 0.7};
  static constexpr std::array<double, 6> p_part = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  const double q = w.qrs_ms;
  const double p = w.p ? w.p_uv * lobe(ms, -w.pr_ms, -w.pr_ms + w.p_ms) : 0;
  const double r = w.r_uv * lobe(ms, 0.12 * q, 0.72 * q), first = w.r_uv * lobe(ms, 0, 0.3 * q),
               last = w.r_uv * lobe(ms, 0.6 * q, q);
  const double t = w.t_uv * lobe(ms, w.qt_ms - w.t_ms, w.qt_ms);
  // ST plateau: up within 8 ms at J, down under the T wave.
  const double fall = std::clamp((w.qt_ms - w.t_ms / 2 - ms) / (w.t_ms / 2), 0.0, 1.0);
  const double st = ms <= q - 8 || ms >= w.qt_ms - w.t_ms / 2
                        ? 0
                        : w.st_uv * std::clamp((ms - (q - 8)) / 8, 0.0, 1.0) * fall;
  const auto frontal = [](double axis_deg, double lead_deg) {
    return std::cos((axis_deg - lead_deg) * std::numbers::pi / 180);
  };
  const double qrs = r - 0.10 * first - 0.25 * last;
  const auto limb = [&](double lead_deg) {
    return p * frontal(w.p_axis_deg, lead_deg) + qrs * frontal(w.qrs_axis_deg, lead_deg) +
           t * frontal(w.t_axis_deg, lead_deg);
  };
  std::array<float, 8> measured{static_cast<float>(limb(0)), static_cast<float>(limb(60))};
  const auto twelve = analysis::twelve_leads<float>(measured);
  std::array<double, 12> out{};
  for (std::size_t i = 0; i < 6; ++i) out[i] = static_cast<double>(twelve[i]);
  for (std::size_t v = 0; v < 6; ++v)
    out[6 + v] = p_part[v] * p + r_part[v] * r + (v < 2 ? 0.1 : -0.05) * first - s_part[v] * last * 1.0 +
                 t_part[v] * t + (v < 4 ? st : 0);
  return out;
}

inline SyntheticEcg make_ecg(const EcgWaves& w) {
  devices::Random random(w.seed);
  SyntheticEcg out;
  out.fs_hz = w.fs_hz;
  const auto n = static_cast<std::size_t>(w.seconds * w.fs_hz);
  for (const char* name : analysis::lead_names) out.names.push_back(name);
  out.uv.assign(12, std::vector<float>(n));
  for (double t = 0.35; t + 0.05 < w.seconds;
       t += w.rr_s + w.rr_jitter_s * std::clamp(random.normal(), -2.0, 2.0))
    out.onset_s.push_back(t);
  for (double onset : out.onset_s) {
    const auto r = std::llround((onset + 0.42 * w.qrs_ms / 1000) * w.fs_hz);
    if (r < static_cast<long long>(n))
      out.beats.push_back({static_cast<std::uint64_t>(r), analysis::ecg::BeatType::normal});
  }
  std::vector<float> common(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / w.fs_hz, turn = 2 * std::numbers::pi * t;
    std::array<double, 12> v{};
    for (double onset : out.onset_s) {
      const double ms = (t - onset) * 1000;
      if (ms < -w.pr_ms - 1 || ms > w.qt_ms + 1) continue;
      const auto b = beat_uv(w, ms);
      for (std::size_t l = 0; l < 12; ++l) v[l] += b[l];
    }
    const double shared = w.mains_uv * std::sin(turn * w.mains_hz) + w.wander_uv * std::sin(turn * 0.2);
    const double f =
        w.fibrillation_uv * (std::sin(turn * 6.3 + 2 * std::sin(turn * 0.31)) + 0.4 * std::sin(turn * 11.7));
    // Disturbances sit on the measured leads; the computed ones get theirs through them.
    std::array<float, 8> measured{};
    for (std::size_t m = 0; m < 8; ++m) {
      const std::size_t l = m < 2 ? m : m + 4;
      measured[m] =
          static_cast<float>(v[l] + shared + f * (m == 2 ? 1.0 : 0.5) + w.noise_uv * random.normal());
    }
    const auto twelve = analysis::twelve_leads<float>(measured);
    for (std::size_t l = 0; l < 12; ++l) out.uv[l][i] = twelve[l];
  }
  return out;
}

}  // namespace caukham::test
