// Breathing whose truth is known in closed form, to be sampled at any rate: V(t) = sum of what each piece
// blows.
#pragma once
#include <cmath>
#include <functional>
#include <vector>

#include "analysis/spirometry/criteria.hpp"

namespace breath {

// Flow in L/s at t seconds.
using Flow = std::function<double(double)>;

// A blow whose flow rises in a straight line to the peak and then decays: V -> fvc. tau in s.
inline Flow blow(double fvc_l, double tau_s, double rise_s = 0.05) {
  // Volume of the rise: peak * rise / 2; of the decay: peak * tau.
  const double peak = fvc_l / (tau_s + rise_s / 2);
  return [=](double t) {
    return t < 0 ? 0 : t < rise_s ? peak * t / rise_s : peak * std::exp(-(t - rise_s) / tau_s);
  };
}

// Samples are means over their step, as a flow sensor with an integrator gives them.
inline std::vector<float> sampled(const Flow& flow, double rate_hz, double seconds) {
  constexpr int parts = 16;
  std::vector<float> out(static_cast<std::size_t>(std::lround(seconds * rate_hz)));
  for (std::size_t i = 0; i < out.size(); ++i) {
    double sum = 0;
    for (int k = 0; k < parts; ++k) sum += flow((static_cast<double>(i) + (k + 0.5) / parts) / rate_hz);
    out[i] = static_cast<float>(sum / parts);
  }
  return out;
}

inline caukham::analysis::spirometry::Blow as_blow(std::vector<float> flow) {
  return {0, std::move(flow), {}};
}

inline const caukham::analysis::spirometry::Criterion& criterion(
    const caukham::analysis::spirometry::Assessment& a, const std::string& name) {
  for (const auto& c : a.criteria)
    if (name == c.name) return c;
  throw std::runtime_error("no criterion " + name);
}

}  // namespace breath
