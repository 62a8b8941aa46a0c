#include "devices/signals/ecgsyn.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "devices/signals/random.hpp"

namespace caukham::devices {
namespace {

constexpr double pi = std::numbers::pi;
constexpr std::size_t waves = 5;  // P, Q, R, S, T

// Angles and widths of the five waves: table I of the paper, in the values its authors' ECGSYN program ships.
constexpr std::array<double, waves> angle_deg = {-70, -15, 0, 15, 100};
constexpr std::array<double, waves> width_rad = {0.25, 0.1, 0.1, 0.1, 0.4};

// Peak amplitudes in µV of P, Q, R, S, T a lead: a healthy adult with an axis near 60°, R growing from V1 to V4
// and S fading (the normal precordial progression). Ours; the paper has one lead only.
constexpr std::array<std::array<double, waves>, ecg_leads> amplitude_uv = {{
    {60, -40, 700, -120, 180},    // I
    {120, -80, 1100, -180, 280},  // II
    {50, 0, 250, -900, -60},      // V1
    {60, 0, 450, -1400, 350},     // V2
    {70, 0, 800, -900, 400},      // V3
    {70, -40, 1400, -500, 380},   // V4
    {70, -70, 1300, -250, 320},   // V5
    {60, -80, 1000, -100, 250},   // V6
}};

// RR intervals in seconds: mean plus two Gaussian bands of equal-spaced sinusoids with random phases (eq. 3).
std::vector<double> tachogram(const EcgSynParams& p, Random& random) {
  const double mean_s = 60.0 / p.heart_rate_bpm;
  const double std_s = 60.0 * p.heart_rate_std_bpm / (p.heart_rate_bpm * p.heart_rate_bpm);
  struct Line { double hz, amplitude, phase; };
  std::vector<Line> lines;
  double power = 0;
  for (double hz = 0.02; hz < 0.45; hz += 0.01) {
    const auto band = [hz](double centre) { return std::exp(-0.5 * std::pow((hz - centre) / 0.01, 2)); };
    const double s = p.lf_hf_ratio * band(0.1) + band(0.25);
    lines.push_back({hz, std::sqrt(s), 2 * pi * random.uniform()});
    power += s / 2;
  }
  std::vector<double> rr;
  double t = 0;
  for (int i = 0; i < p.beats; ++i) {
    double v = 0;
    for (const auto& l : lines) v += l.amplitude * std::sin(2 * pi * l.hz * t + l.phase);
    rr.push_back(std::clamp(mean_s + std_s * v / std::sqrt(power), 0.6 * mean_s, 1.4 * mean_s));
    t += rr.back();
  }
  return rr;
}

// Phase of each sample and the angular velocity there. On the paper's limit cycle (x² + y² = 1) the phase simply
// turns with omega, so x and y need no integration. Beats begin at -pi, in the flat part between T and P.
struct Phase { double theta, omega; };

std::vector<Phase> phases(int rate_hz, const std::vector<double>& rr) {
  double total_s = 0;
  for (double v : rr) total_s += v;
  const auto n = static_cast<std::size_t>(std::llround(total_s * rate_hz));
  const double stretch = static_cast<double>(n) / rate_hz / total_s;  // the loop is a whole number of samples
  std::vector<Phase> out(n);
  std::size_t beat = 0;
  double beat_start_s = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / rate_hz;
    while (beat + 1 < rr.size() && t >= beat_start_s + rr[beat] * stretch) beat_start_s += rr[beat++] * stretch;
    const double rr_s = rr[beat] * stretch;
    out[i] = {-pi + 2 * pi * (t - beat_start_s) / rr_s, 2 * pi / rr_s};
  }
  return out;
}

void check(int rate_hz, const EcgSynParams& p) {
  if (rate_hz < 100 || rate_hz > 4000 || p.heart_rate_bpm < 30 || p.heart_rate_bpm > 200 || p.beats < 8 ||
      p.beats > 1024)
    throw std::invalid_argument("ecgsyn: rate 100-4000 Hz, heart rate 30-200 bpm, 8-1024 beats");
}

}  // namespace

EcgLoop ecgsyn(int rate_hz, const EcgSynParams& params) {
  check(rate_hz, params);
  Random random(params.seed);
  const auto path = phases(rate_hz, tachogram(params, random));
  const std::size_t n = path.size();
  const double dt = 1.0 / rate_hz;
  // Faster hearts have relatively wider waves (ECGSYN: square root of the rate over 60).
  const double wide = std::sqrt(params.heart_rate_bpm / 60.0);
  const std::array<double, waves> shift = {std::sqrt(wide), wide, 1, wide, std::sqrt(wide)};
  std::array<double, waves> theta_i, b;
  for (std::size_t w = 0; w < waves; ++w) {
    theta_i[w] = angle_deg[w] * pi / 180 * shift[w];
    b[w] = width_rad[w] * wide;
  }
  // The five Gaussians are common to all leads; each lead weighs them. dz/dt = -Σ a_i Δθ_i exp(-Δθ_i²/2b_i²) - z,
  // with a_i = A_i·omega/b_i², so that a wave's integral has the peak A_i.
  const auto slopes = [&](double theta, double omega) {
    std::array<double, waves> s;
    for (std::size_t w = 0; w < waves; ++w) {
      const double d = std::remainder(theta - theta_i[w], 2 * pi);
      s[w] = -omega / (b[w] * b[w]) * d * std::exp(-d * d / (2 * b[w] * b[w]));
    }
    return s;
  };
  EcgLoop loop{rate_hz, std::vector<EcgLeads>(n)};
  std::array<double, ecg_leads> z{};
  std::vector<std::array<double, ecg_leads>> track(n);
  const std::size_t warm_up = std::min<std::size_t>(n, static_cast<std::size_t>(rate_hz) * 5);
  for (std::size_t k = 0; k < n + warm_up; ++k) {
    const auto& now = path[(k + n - warm_up) % n];
    if (k >= warm_up) track[k - warm_up] = z;
    const auto s0 = slopes(now.theta, now.omega), s1 = slopes(now.theta + now.omega * dt / 2, now.omega),
               s2 = slopes(now.theta + now.omega * dt, now.omega);
    for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
      double f0 = 0, f1 = 0, f2 = 0;
      for (std::size_t w = 0; w < waves; ++w) {
        f0 += amplitude_uv[lead][w] * s0[w];
        f1 += amplitude_uv[lead][w] * s1[w];
        f2 += amplitude_uv[lead][w] * s2[w];
      }
      const double k1 = f0 - z[lead], k2 = f1 - (z[lead] + dt / 2 * k1), k3 = f1 - (z[lead] + dt / 2 * k2),
                   k4 = f2 - (z[lead] + dt * k3);  // Runge–Kutta, fourth order, as in the paper
      z[lead] += dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
    }
  }
  const auto breaths = std::max(1.0, std::round(0.25 * static_cast<double>(n) * dt));  // whole breaths close the loop
  for (std::size_t i = 0; i < n; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(n);
    const double wander = params.wander_uv * std::sin(2 * pi * breaths * part);
    for (std::size_t lead = 0; lead < ecg_leads; ++lead) {
      const double seam = (z[lead] - track[0][lead]) * part;  // what the end would jump by, spread over the loop
      loop.samples[i][lead] = static_cast<float>(track[i][lead] - seam + wander * (lead < 2 ? 1.0 : 0.6) +
                                                 params.noise_uv * random.normal());
    }
  }
  return loop;
}

std::vector<std::size_t> ecgsyn_r_peaks(int rate_hz, const EcgSynParams& params) {
  check(rate_hz, params);
  Random random(params.seed);
  const auto path = phases(rate_hz, tachogram(params, random));
  std::vector<std::size_t> peaks;
  for (std::size_t i = 1; i < path.size(); ++i)
    if (path[i - 1].theta < 0 && path[i].theta >= 0) peaks.push_back(i);
  return peaks;
}

}  // namespace caukham::devices
