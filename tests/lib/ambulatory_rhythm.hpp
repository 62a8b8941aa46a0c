// Inside the made ambulatory records: the patient drawn by lot, and the row of beats before anything disturbs it.
#pragma once
#include <cmath>
#include <utility>
#include <vector>

#include "devices/signals/random.hpp"
#include "tests/lib/ambulatory.hpp"

namespace caukham::tests {

struct Wave {
  double at_s, sigma_s, first_uv, second_uv;  // from the beat's nominal moment; in the first and the second lead
  bool qrs = false;
};
using Shape = std::vector<Wave>;

struct Patient {  // amplitudes in µV
  double p1, p2, r1, r2, s1, s2, t1, t2, pr, qt, width;
};
Patient draw_patient(devices::Random& r);

// The letters PhysioNet's annotators use (WFDB Applications Guide, "Annotation codes") for what BeatType, the detector's own
// answers, has no name for: they tell what a beat is, not what can be told from it. Scored by score::beat_class.
inline constexpr auto escape_beat = static_cast<analysis::ecg::BeatType>('E'), fusion_beat = static_cast<analysis::ecg::BeatType>('F'),
                      paced_beat = static_cast<analysis::ecg::BeatType>('/'), paced_fusion = static_cast<analysis::ecg::BeatType>('f'),
                      atrial_beat = static_cast<analysis::ecg::BeatType>('A'), aberrant_beat = static_cast<analysis::ecg::BeatType>('a');

struct Planned {
  double at_s;
  Shape shape;
  analysis::ecg::BeatType type = analysis::ecg::BeatType::normal;
  bool beat = true;  // false: a P wave alone
};
// `kind`: the rhythm; `own`: the shape of the patient's own beats. Adds to `flutter` when the ventricles flutter, s.
std::vector<Planned> plan(Ambulatory kind, Ambulatory own, double seconds, const Patient& p, std::uint64_t seed,
                          std::vector<std::pair<double, double>>& flutter);

inline double between(devices::Random& r, double low, double high) { return low + (high - low) * r.uniform(); }
inline double sign(devices::Random& r) { return r.below(2) ? 1 : -1; }
inline double gauss(double x, double sigma) { return std::exp(-0.5 * x * x / (sigma * sigma)); }

}  // namespace caukham::tests
