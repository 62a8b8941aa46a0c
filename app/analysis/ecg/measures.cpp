#include "analysis/ecg/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/ecg/intervals.hpp"
#include "analysis/ecg/leads.hpp"

namespace caukham::analysis::ecg {
namespace {

constexpr double nothing_left_of_axis = 0.1;  // ours: net vector below this part of the total area is indeterminate

Measure interval(const Mark& from, const Mark& to, double least_ms, double most_ms) {
  if (!from.ms) return Measure::unknown(from.reason);
  if (!to.ms) return Measure::unknown(to.reason);
  const double ms = *to.ms - *from.ms;
  if (ms < least_ms || ms > most_ms)
    return Measure::unknown(
        {tr_later("The marks found would give {0} ms, which cannot be: look at the tracing."),
         {number(ms, 0)}});
  return Measure::of(ms);
}

struct Axes {
  const EcgAnalysis& a;
  const std::vector<bool>& good;
  std::array<std::optional<std::size_t>, lead_count> at{};

  Axes(const EcgAnalysis& analysis, const std::vector<bool>& ok) : a(analysis), good(ok) {
    for (std::size_t c = 0; c < a.median.leads.size(); ++c)
      if (const auto l = lead_of(a.median.leads[c].lead); l && !at[static_cast<std::size_t>(*l)])
        at[static_cast<std::size_t>(*l)] = c;
  }

  Measure axis(const Mark& from, const Mark& to) const {
    const auto i = at[static_cast<std::size_t>(Lead::I)], avf = at[static_cast<std::size_t>(Lead::aVF)];
    if (!i || !avf || !good[*i] || !good[*avf])
      return Measure::unknown(
          {tr_later("The axis needs leads I and aVF (or II), and they cannot be used."), {}});
    if (!from.ms) return Measure::unknown(from.reason);
    if (!to.ms) return Measure::unknown(to.reason);
    std::array<Area, 2> sums;
    double noise = 0;
    for (std::size_t k = 0; k < 2; ++k) {
      const auto lead = k ? *avf : *i;
      const auto level = pr_level_uv(a.median, lead, *a.marks.qrs_onset.ms);
      const auto sum = level ? area(a.median, lead, *from.ms, *to.ms, *level) : std::nullopt;
      if (!sum)
        return Measure::unknown(
            {tr_later("The axis needs leads I and aVF (or II), and they cannot be used."), {}});
      sums[k] = *sum;
      noise = std::max(noise, a.median.leads[lead].slow_noise_uv * (*to.ms - *from.ms));
    }
    const double smallest = std::max(nothing_left_of_axis * std::hypot(sums[0].total, sums[1].total), noise);
    const auto deg = frontal_axis_deg(sums[0].net, sums[1].net, smallest);
    return deg ? Measure::of(*deg)
               : Measure::unknown(
                     {tr_later(
                          "Indeterminate: positive and negative parts of the wave are alike in I and aVF."),
                      {}});
  }
};

void intervals(EcgAnalysis& a) {
  const auto& m = a.marks;
  a.qrs_ms = interval(m.qrs_onset, m.qrs_end, 40, 260);
  a.qt_ms = interval(m.qrs_onset, m.t_end, 200, 750);
  a.p_ms = interval(m.p_onset, m.p_end, 20, 200);
  a.pr_ms = interval(m.p_onset, m.qrs_onset, 50, 450);
  const auto corrected = [&](double (*formula)(double, double)) {
    if (!a.qt_ms) return Measure::unknown(a.qt_ms.reason);
    if (!a.rr_s) return Measure::unknown(a.rr_s.reason);
    return Measure::of(formula(*a.qt_ms.value, *a.rr_s.value));
  };
  a.qtc_bazett_ms = corrected(qtc_bazett_ms);
  a.qtc_fridericia_ms = corrected(qtc_fridericia_ms);
  a.qtc_framingham_ms = corrected(qtc_framingham_ms);
  a.qtc_hodges_ms = corrected(qtc_hodges_ms);
}

void st_levels(EcgAnalysis& a) {
  a.st.clear();
  for (std::size_t l = 0; l < a.median.leads.size(); ++l) {
    LeadSt st{a.median.leads[l].lead, {}, {}, {}};
    const auto level = a.marks.qrs_onset.ms ? pr_level_uv(a.median, l, *a.marks.qrs_onset.ms) : std::nullopt;
    const auto at = [&](double after_ms) {
      if (!a.quality[l].usable) return Measure::unknown({tr_later("The lead cannot be used."), {}});
      if (!a.marks.qrs_end.ms) return Measure::unknown(a.marks.qrs_end.reason);
      // In a fast heart J + 80 ms lies on the T wave or in the next beat: nothing after the T wave's peak is
      // ST.
      if (a.marks.t_peak_ms && *a.marks.qrs_end.ms + after_ms >= *a.marks.t_peak_ms)
        return Measure::unknown({tr_later("The T wave begins before this point."), {}});
      const auto v = level_uv(a.median, l, *a.marks.qrs_end.ms + after_ms);
      return v && level ? Measure::of(*v - *level)
                        : Measure::unknown({tr_later("The beat is too short for this point."), {}});
    };
    st.j_uv = at(0);
    st.j60_uv = at(60);
    st.j80_uv = at(80);
    a.st.push_back(std::move(st));
  }
}

}  // namespace

void measure(EcgAnalysis& a, const std::vector<bool>& fit_for_axis) {
  intervals(a);
  const Axes axes(a, fit_for_axis);
  a.axis_deg = axes.axis(a.marks.qrs_onset, a.marks.qrs_end);
  a.p_axis_deg = axes.axis(a.marks.p_onset, a.marks.p_end);
  // From the middle of ST on: what of ST belongs to T is a convention; this one leaves a raised J out.
  Mark t_from = a.marks.t_end;
  if (t_from.ms && a.marks.qrs_end.ms)
    t_from.ms = (*a.marks.qrs_end.ms + a.marks.t_peak_ms.value_or(*t_from.ms)) / 2;
  a.t_axis_deg = axes.axis(t_from, a.marks.t_end);
  st_levels(a);
}

}  // namespace caukham::analysis::ecg
