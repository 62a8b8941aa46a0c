#include "tests/lib/ambulatory.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/lib/ambulatory_rhythm.hpp"

namespace caukham::tests {
namespace {

using devices::Random;
constexpr double pi = std::numbers::pi;
using K = Ambulatory;

double peak_of(const Shape& shape) {  // of the first lead's QRS waves, s from the nominal peak
  double best = -1, at = 0;
  for (double x = -0.13; x <= 0.13; x += 0.0005) {
    double v = 0;
    for (const auto& w : shape)
      if (w.qrs) v += w.first_uv * gauss(x - w.at_s, w.sigma_s);
    if (std::abs(v) > best) best = std::abs(v), at = x;
  }
  return at;
}

double envelope(K kind, double t, std::size_t lead) {  // of the amplitude
  if (kind == K::drop) return std::fmod(t, 80) > 40 ? 0.2 : 1;
  if (kind == K::fading) return 0.65 + 0.35 * std::sin(2 * pi * t / 47 + (lead ? 1.9 : 0));
  return 1;
}

void disturb(K kind, K own, EcgCase& e, std::uint64_t seed) {
  Random r(seed);
  const std::size_t n = e.samples();
  const double fs = e.fs_hz;
  const auto part = [&](std::size_t lead, Noise what, double snr_db, auto&& active) {  // noise where active(second)
    const double pp = qrs_peak_to_peak_uv(e, lead), rms = std::sqrt(pp * pp / 8 / std::pow(10, snr_db / 10));
    const auto v = noise(what, fs, n, r.next());
    for (std::size_t k = 0; k < n; ++k)
      if (active(static_cast<double>(k) / fs)) e.uv[lead][k] += static_cast<float>(rms) * v[k];
  };
  const auto half = [](double t) { return std::fmod(t, 60) < 30; };
  for (std::size_t c = 0; c < 2; ++c) {
    part(c, Noise::wander, own == K::tall_p ? 4 : 12, [](double) { return true; });
    part(c, Noise::muscle, 26, [](double) { return true; });
  }
  if (kind == K::motion_12 || kind == K::motion_6 || kind == K::motion_0) {
    const double snr = kind == K::motion_12 ? 12 : kind == K::motion_6 ? 6 : 0;
    part(0, Noise::motion, snr, half);
    part(1, Noise::motion, snr, [&](double t) { return !half(t) && std::fmod(t, 60) < 55; });
  }
  for (std::size_t c = 0; c < 2; ++c) {
    if (kind == K::motion_both) part(c, Noise::motion, 6, half);
    if (kind == K::muscle_both) part(c, Noise::muscle, 6, half);
    if (kind == K::af_pvc_noise) part(c, Noise::muscle, 12, half);
    if (kind == K::pvc_motion) part(c, Noise::motion, 12, half);
    if (kind == K::hum) part(c, Noise::mains, 3, half);
  }
  if (kind == K::bad_lead) {
    const std::size_t bad = r.below(2);
    part(bad, Noise::motion, -6, [](double) { return true; });
    part(bad, Noise::muscle, -6, [](double) { return true; });
  }
  double step[2] = {0, 0};
  for (std::size_t k = 0; k < n; ++k) {
    const double t = static_cast<double>(k) / fs;
    if (kind == K::jumps && r.uniform() < 0.12 / fs) step[r.below(2)] += between(r, 1000, 4000) * sign(r);
    if (kind == K::pops && half(t) && r.uniform() < 1.5 / fs) {
      const double height = between(r, 500, 1600) * sign(r), sigma = between(r, 0.004, 0.012);
      for (std::size_t j = k; j < std::min(n, k + static_cast<std::size_t>(0.111 * fs)); ++j)
        e.uv[0][j] += static_cast<float>(height * gauss(static_cast<double>(j - k) / fs - 0.05, sigma));
    }
    for (std::size_t c = 0; c < 2; ++c) {
      step[c] *= 1 - 1 / (2.5 * fs);  // the amplifier's time constant
      auto& v = e.uv[c][k];
      v += static_cast<float>(step[c]);
      if (kind == K::lead_lost && c == 0 && t > 120 && t < 240) v = 0;
      if (kind == K::lead_lost && c == 1 && t > 300 && t < 420) v = 6000;
      v = std::clamp(5 * std::round(v / 5), -5120.0f, 5115.0f);
    }
  }
}

}  // namespace

const char* name(Ambulatory kind) {
  constexpr const char* names[] = {
      "PVC", "couplets", "bigeminy, low", "bigeminy, high", "R on T", "VT runs", "paced", "paced on demand", "AF",
      "AF, PVC, noise", "tall T", "peaked T, low R", "low voltage", "tall P, low R", "RBBB", "LBBB", "flutter 2:1",
      "flutter, variable", "pauses with P", "AV block 2:1", "escape, P apart", "drop to 1/5", "fading", "baseline jumps",
      "motion, one lead 12 dB", "motion, one lead 6 dB", "motion, one lead 0 dB", "motion, both 6 dB", "muscle, both 6 dB",
      "electrode pops", "a lead lost", "SVT", "slow, U waves", "ventricular flutter",
      "PVC, hidden", "blocked P", "one lead useless", "changing block", "PVC, motion 12 dB", "hum", "LBBB, PVC",
      "PVC, fusion", "atrial, aberrant", "PVC, interpolated"};
  return names[static_cast<int>(kind)];
}

AmbulatoryCase ambulatory(Ambulatory kind, double seconds, std::uint64_t seed, double fs_hz) {
  return ambulatory({kind, kind, kind}, seconds, seed, fs_hz);
}

Mixture mixture(std::uint64_t seed) {
  using enum Ambulatory;
  // What excludes others is left out: a paced or escape rhythm has its own shape, flutter and SVT their own rate.
  static constexpr K rhythms[] = {pvc, pvc, couplets, bigeminy_low, bigeminy_high, r_on_t, vt_runs, af, af, af_pvc_noise, rbbb,
                                  rbbb, pauses, av_block_2to1, blocked_p, escape, paced_demand, flutter_variable, svt, fusion_pvc};
  static constexpr K owns[] = {pvc, pvc, pvc, tall_t, low_voltage, tall_p, rbbb, lbbb, pvc, pvc};
  static constexpr K disturbances[] = {pvc, pvc, drop, fading, fading, jumps, motion_12, motion_6, muscle_both, pops, pvc_motion, hum};
  Random r(seed * 104729 + 17);
  const auto one_of = [&](const auto& list) { return list[r.below(std::size(list))]; };
  const K rhythm = one_of(rhythms), own = one_of(owns), disturbance = one_of(disturbances);
  if (own == tall_p && rhythm == blocked_p) return {rhythm, pvc, disturbance};  // a lone P higher than R nobody tells from it
  return {rhythm, own, disturbance, r.below(3) == 0, r.below(3) == 0};
}

bool lone_tall_p(const Mixture& mix) {
  const bool alone = mix.rhythm == K::pauses || mix.rhythm == K::av_block_2to1 || mix.rhythm == K::escape;
  return (alone && mix.own == K::tall_p) || (mix.rhythm == K::blocked_p && mix.own == K::low_voltage);
}

AmbulatoryCase ambulatory(const Mixture& mix, double seconds, std::uint64_t seed, double fs) {
  Random r(seed * 7919 + 31 * static_cast<std::uint64_t>(mix.rhythm));
  Patient p = draw_patient(r);
  const K kind = mix.rhythm;
  if (mix.own == K::low_voltage && kind != mix.own) p.p1 *= 0.4, p.p2 *= 0.4;  // low are all waves of such a patient
  if (kind == K::blocked_p) p.p1 = between(r, 0.3, 0.5) * 0.7 * p.r1, p.p2 = 0.6 * p.p1;
  std::vector<std::pair<double, double>> flutter;
  const auto beats = plan(kind, mix.own, seconds, p, r.next(), flutter);
  const auto n = static_cast<std::size_t>(seconds * fs);
  AmbulatoryCase out;
  auto& e = out.ecg;
  e.fs_hz = fs;
  e.leads = {"MLII", std::abs(p.s2) > p.r2 ? "V1" : "V5"};
  e.uv.assign(2, std::vector<float>(n, 0.0f));
  const double breathing = between(r, 0.04, 0.2), breath_hz = between(r, 0.2, 0.33);
  for (const auto& b : beats) {
    const double breath = 1 + breathing * std::sin(2 * pi * breath_hz * b.at_s), each = breath * (1 + 0.04 * r.normal());
    for (const auto& w : b.shape) {
      const double reach = std::max(5 * w.sigma_s, 0.01), centre = b.at_s + w.at_s;
      const auto from = static_cast<std::ptrdiff_t>(std::max(0.0, std::ceil((centre - reach) * fs)));
      const auto to = std::min(static_cast<std::ptrdiff_t>(n), static_cast<std::ptrdiff_t>((centre + reach) * fs) + 1);
      for (auto i = from; i < to; ++i) {
        const double g = gauss(static_cast<double>(i) / fs - centre, w.sigma_s) * each;
        e.uv[0][static_cast<std::size_t>(i)] += static_cast<float>(g * w.first_uv * envelope(mix.disturbance, b.at_s, 0));
        e.uv[1][static_cast<std::size_t>(i)] += static_cast<float>(g * w.second_uv * envelope(mix.disturbance, b.at_s, 1));
      }
    }
    const double peak = (b.at_s + peak_of(b.shape)) * fs;
    if (b.beat && peak >= 0 && peak + 0.5 < static_cast<double>(n))
      e.truth.push_back({static_cast<std::uint64_t>(peak + 0.5), b.type});
  }
  std::sort(e.truth.begin(), e.truth.end(), [](const auto& a, const auto& b) { return a.sample < b.sample; });
  const double f_hz = between(r, 5, 7.5), f_uv = between(r, 40, 110) * ((mix.own == K::low_voltage || mix.own == K::tall_p) && kind != mix.own ? 0.4 : 1);
  const bool af = kind == K::af || kind == K::af_pvc_noise, saw = kind == K::flutter_2to1 || kind == K::flutter_variable;
  for (std::size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / fs;
    double wave = 0;
    if (af) wave = f_uv * (1 + 0.4 * std::sin(2 * pi * 0.6 * t)) * std::sin(2 * pi * (f_hz * t + 0.8 * std::sin(2 * pi * 0.4 * t)));
    if (saw) {
      const double phase = 2 * pi * 4.9 * t;
      wave = 2.2 * f_uv * (std::sin(phase) + 0.4 * std::sin(2 * phase + 0.6) + 0.15 * std::sin(3 * phase));
    }
    for (const auto& [from, to] : flutter)
      if (t > from && t < to) wave = 0.9 * p.r1 * std::sin(2 * pi * (4.4 * t + 0.15 * std::sin(2 * pi * 0.7 * t)));
    e.uv[0][i] += static_cast<float>(wave * envelope(mix.disturbance, t, 0));
    e.uv[1][i] += static_cast<float>(0.6 * wave * envelope(mix.disturbance, t, 1));
  }
  for (const auto& [from, to] : flutter)
    out.left_out.emplace_back(static_cast<std::uint64_t>((from - 0.3) * fs), static_cast<std::uint64_t>((to + 0.3) * fs));
  for (std::size_t c = 0; c < 2; ++c)
    if (c ? mix.second_down : mix.first_down)
      for (auto& v : e.uv[c]) v = -v;
  disturb(mix.disturbance, mix.own, e, r.next());
  return out;
}

AmbulatoryCase half_hour(std::uint64_t seed) {
  Mixture mix = mixture(seed);
  const auto disturbed = ambulatory(mix, 1800, seed).ecg;
  mix.disturbance = K::pvc;  // none: the same beats, undisturbed
  auto out = ambulatory(mix, 1800, seed);
  for (std::size_t c = 0; c < 2; ++c)
    for (std::size_t i = 0; i < disturbed.samples(); ++i) {
      const double minute = static_cast<double>(i) / disturbed.fs_hz / 60;
      if ((minute > 8 && minute < 13) || (minute > 20 && minute < 25)) out.ecg.uv[c][i] = disturbed.uv[c][i];
    }
  return out;
}

Score compare(const AmbulatoryCase& c, const std::vector<analysis::ecg::Beat>& found, double window_s) {
  std::vector<std::uint64_t> samples;
  for (const auto& b : found)
    if (std::none_of(c.left_out.begin(), c.left_out.end(), [&](const auto& e) { return b.sample >= e.first && b.sample <= e.second; }))
      samples.push_back(b.sample);
  return compare(c.ecg, samples, window_s, 0.2);
}

}  // namespace caukham::tests
