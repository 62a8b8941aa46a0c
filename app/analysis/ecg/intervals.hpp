// Numbers from marks: corrected QT, axes, ST levels. Pure formulas; `rr_s` in seconds, times in ms, voltages
// in µV.
#pragma once
#include <array>
#include <optional>

#include "analysis/ecg/delineate.hpp"
#include "analysis/ecg/median_beat.hpp"
#include "analysis/leads.hpp"

namespace caukham::analysis::ecg {

// Bazett, Heart 1920;7:353.  QT / sqrt(RR)
double qtc_bazett_ms(double qt_ms, double rr_s);
// Fridericia, Acta Med Scand 1920;53:469.  QT / cbrt(RR)
double qtc_fridericia_ms(double qt_ms, double rr_s);
// Sagie (Framingham), Am J Cardiol 1992;70:797.  QT + 154 ms (1 - RR)
double qtc_framingham_ms(double qt_ms, double rr_s);
// Hodges, J Am Coll Cardiol 1983;1:694.  QT + 1.75 ms (60/RR - 60)
double qtc_hodges_ms(double qt_ms, double rr_s);

// Frontal axis in degrees, -180 < axis <= 180, 0 = lead I, +90 = aVF, from net areas (or amplitudes) of I and
// aVF in one unit. An augmented lead is shorter than a bipolar one by sqrt(3)/2, hence the factor: atan2(2
// aVF / sqrt 3, I). nullopt ("indeterminate"): the net vector is shorter than `smallest`.
std::optional<double> frontal_axis_deg(double i, double avf, double smallest);

// Net and total area (µV ms) of a lead of the median beat between two times, about the level before the QRS.
struct Area {
  double net = 0, total = 0;
};
std::optional<Area> area(const MedianBeat& beat, std::size_t lead, double from_ms, double to_ms,
                         double level_uv);

// Level of a lead's isoelectric PR segment: mean of the 16 ms that end 4 ms before the QRS begins.
std::optional<double> pr_level_uv(const MedianBeat& beat, std::size_t lead, double qrs_onset_ms);

// Level at a time: mean of ±4 ms.
std::optional<double> level_uv(const MedianBeat& beat, std::size_t lead, double at_ms);

}  // namespace caukham::analysis::ecg
