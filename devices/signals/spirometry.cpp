#include "devices/signals/spirometry.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace caukham::devices {
namespace {

constexpr double pi = std::numbers::pi;

// Half a sine that moves `volume` litres in `seconds`; discrete sum exact, so that volumes close.
void half_sine(std::vector<float>& flow, double volume, double seconds, int rate_hz) {
  const auto n = static_cast<std::size_t>(std::lround(seconds * rate_hz));
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::sin(pi * (static_cast<double>(i) + 0.5) / static_cast<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    flow.push_back(static_cast<float>(
        volume * rate_hz / sum * std::sin(pi * (static_cast<double>(i) + 0.5) / static_cast<double>(n))));
}

void pause(std::vector<float>& flow, double seconds, int rate_hz) {
  flow.insert(flow.end(), static_cast<std::size_t>(std::lround(seconds * rate_hz)), 0.0f);
}

// Wraps the blow in what a patient does around it: in to full lungs, a breath-hold of 0.2 s, out, a second of pause,
// and back up. The blow is given as exhaled volume at each sample time, starting at zero.
Manoeuvre wrap(const std::vector<double>& volume_l, int rate_hz) {
  Manoeuvre m;
  const double total = volume_l.back() - volume_l.front();
  half_sine(m.flow_lps, -total, 1.5, rate_hz);
  pause(m.flow_lps, 0.2, rate_hz);
  m.blow_start = m.flow_lps.size();
  for (std::size_t i = 0; i + 1 < volume_l.size(); ++i)
    m.flow_lps.push_back(static_cast<float>((volume_l[i + 1] - volume_l[i]) * rate_hz));
  pause(m.flow_lps, 1.0, rate_hz);
  return m;
}

}  // namespace

Manoeuvre manoeuvre_from_curve(const WfCurve& curve, int rate_hz) {
  std::vector<double> volume;
  const auto v = formats::wf_volume_l(curve);
  const double step = curve.rate_hz / rate_hz;
  for (double pos = 0; pos <= static_cast<double>(v.size() - 1) + 1e-9; pos += step) {
    const auto i = std::min(static_cast<std::size_t>(pos), v.size() - 1);
    const double frac = pos - static_cast<double>(i);
    volume.push_back(frac > 0 && i + 1 < v.size() ? v[i] * (1 - frac) + v[i + 1] * frac : v[i]);
  }
  return wrap(volume, rate_hz);
}

Manoeuvre synthetic_manoeuvre(const BlowParams& p, int rate_hz) {
  constexpr double rise_s = 0.1, hold_s = 0.08, longest_s = 15, sag = 0.005;  // what is lost while it is held: no lung holds it exactly
  if (!(p.fvc_l > 0.2 && p.fvc_l < 12 && p.fev1_l > 0 && p.fev1_l < p.fvc_l && p.pef_lps > 0 && p.pef_lps < 20))
    throw std::invalid_argument("blow: FVC 0.2-12 L, FEV1 below FVC, PEF below 20 L/s");
  const double peak_end_s = rise_s + hold_s, risen_l = p.pef_lps * (rise_s / 2 + hold_s * (1 - sag / 2));
  if (risen_l >= p.fev1_l) throw std::invalid_argument("blow: PEF too high for this FEV1");
  // The steepest slope is PEF, held; extrapolated back from there the start lies at half the rise.
  const double fev1_end_s = 1.0 + rise_s / 2;
  const auto decay = [&](double t, double tau, double beta) { return p.pef_lps * (1 - sag) * std::exp(-std::pow(t / tau, beta)); };
  const auto volume_at = [&](double until_s, double tau, double beta) {
    const int steps = static_cast<int>((until_s - peak_end_s) * 100);
    const double dt = (until_s - peak_end_s) / steps;
    double sum = risen_l;
    for (int i = 0; i < steps; ++i) sum += dt * decay((i + 0.5) * dt, tau, beta);
    return sum;
  };
  // For a given shape, the time constant with which the lungs are empty to FVC after the longest blow there is.
  const auto tau_for = [&](double beta) {
    double low = 1e-4, high = 100;
    for (int i = 0; i < 30; ++i) {
      const double mid = std::sqrt(low * high);
      (volume_at(longest_s, mid, beta) < p.fvc_l ? low : high) = mid;
    }
    return std::sqrt(low * high);
  };
  const auto fev1_of = [&](double beta) { return volume_at(fev1_end_s, tau_for(beta), beta); };
  double low = 0.25, high = 4;  // the larger beta, the sooner the lungs are empty
  if (fev1_of(low) > p.fev1_l || fev1_of(high) < p.fev1_l)
    throw std::invalid_argument("blow: no expiration has this FVC, FEV1 and PEF together");
  for (int i = 0; i < 24; ++i) {
    const double mid = (low + high) / 2;
    (fev1_of(mid) < p.fev1_l ? low : high) = mid;
  }
  const double beta = (low + high) / 2, tau = tau_for(beta), dt = 1.0 / rate_hz;
  const auto flow = [&](double t) {
    if (t < rise_s) return p.pef_lps * 0.5 * (1 - std::cos(pi * t / rise_s));
    return t < peak_end_s ? p.pef_lps * (1 - sag * (t - rise_s) / hold_s) : decay(t - peak_end_s, tau, beta);
  };
  constexpr int parts = 20;  // the volume is integrated finer than it is sampled
  std::vector<double> volume = {0.0};
  for (double t = 0; t < longest_s && p.fvc_l - volume.back() > 0.002; t += dt) {
    double v = volume.back();
    for (int k = 0; k < parts; ++k) v += dt / parts * flow(t + (k + 0.5) * dt / parts);
    volume.push_back(v);
  }
  const double exact = p.fvc_l / volume.back();  // the last two millilitres, spread over all of it
  for (double& v : volume) v *= exact;
  return wrap(volume, rate_hz);
}

std::vector<float> tidal_breath(int rate_hz) {
  std::vector<float> flow;
  half_sine(flow, -0.5, 1.6, rate_hz);
  half_sine(flow, 0.5, 2.4, rate_hz);
  return flow;
}

}  // namespace caukham::devices
