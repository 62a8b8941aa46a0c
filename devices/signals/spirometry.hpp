// Breathing for the spirometer models: quiet breathing, and forced manoeuvres either synthetic with a wished FVC,
// FEV1 and PEF or replayed from volume–time curves (the `.wf` text files the ATS distributes for testing spirometers).
// Flow in L/s, expiration positive; volumes in L; all at one rate.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "devices/formats/wf/wf.hpp"

namespace caukham::devices {

using formats::WfCurve, formats::WfError;

struct Manoeuvre {
  std::vector<float> flow_lps;  // deep inspiration, forced expiration, a pause, one breath back to quiet breathing
  std::size_t blow_start = 0;   // index of the first expired sample
};

// One manoeuvre at rate_hz whose integral reproduces the curve's volume at its own sample times.
// A curve at another rate is interpolated
// linearly, one of flow is summed up first.
Manoeuvre manoeuvre_from_curve(const WfCurve& curve, int rate_hz);

struct BlowParams {
  double fvc_l = 4.5, fev1_l = 3.6, pef_lps = 8.5;
};

// A synthetic forced expiration: half-cosine rise to PEF in 100 ms, PEF all but held for 80 ms (the window over which
// standard curves state it), then a stretched-exponential decay over at most 15 s, solved so that FVC and FEV1 (counted from
// the back-extrapolated start) come out as asked. Takes some 20 ms. Throws std::invalid_argument when the three cannot
// belong together (FEV1 >= FVC, or PEF too small to blow FEV1 in a second).
Manoeuvre synthetic_manoeuvre(const BlowParams& params, int rate_hz);

// One quiet breath, 0.5 L in four seconds: inspiration 1.6 s (negative), expiration 2.4 s. Sums to zero.
std::vector<float> tidal_breath(int rate_hz);

}  // namespace caukham::devices
