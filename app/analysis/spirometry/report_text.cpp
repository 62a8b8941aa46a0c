// The report for people at a terminal.
#include <array>
#include <cstdio>

#include "analysis/spirometry/report.hpp"

namespace caukham::analysis::spirometry {
namespace {

template <class... Values>
std::string say(const char* format, Values... values) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

std::string number(const std::optional<double>& v, int decimals) {
  return v ? say("%.*f", decimals, *v) : "-";
}

const char* yes(bool v) { return v ? "yes" : "no"; }

}  // namespace

std::string to_text(const Report& r) {
  std::string out = r.simulated ? "SIMULATED\n" : "";
  for (std::size_t i = 0; i < r.session.blows.size(); ++i) {
    const auto& a = r.session.blows[i];
    const auto& n = a.numbers;
    out += say("Manoeuvre %zu (", i + 1) + r.file_of_blow.at(i) + ")\n";
    if (!a.measured())
      out += a.clipped ? "  beyond the sensor's range: no numbers\n" : "  cut off: no numbers\n";
    else
      out +=
          say("  FVC %.3f L  FEV1 %s L  PEF %.2f L/s  FEF25-75 %.2f L/s  BEV %.3f L (%.1f %%)  FET %.1f s  "
              "last second %.3f L\n",
              n.fvc_l, n.fev1_known ? say("%.3f", n.fev1_l).c_str() : "-", n.pef_lps, n.fef2575_lps, n.bev_l,
              a.bev_percent(), n.fet_s, a.events.end_volume_l);
    out += say("  acceptable: FEV1 %s, FVC %s; usable: FEV1 %s, FVC %s\n", yes(a.acceptable.fev1),
               yes(a.acceptable.fvc), yes(a.usable.fev1), yes(a.usable.fvc));
    if (AssessRules{r.age_years, {}}.young() && a.measured())
      out += "  FEV0.75 " + number(n.fev075_l, 3) + say(" L, acceptable: %s; usable: %s\n", yes(a.acceptable.fev075), yes(a.usable.fev075));
    for (const auto& c : a.criteria)
      if (c.result != Result::passed)
        out += std::string("  ") + (c.result == Result::failed ? "failed: " : "cannot tell: ") + c.name +
               ": " + c.reason + "\n";
    for (auto h : a.hints) out += std::string("  > ") + words_of(h) + "\n";
  }
  const auto& s = r.session;
  if (!s.blows.empty())
    out += say("Session: %zu manoeuvres, grade FEV1 %c, FVC %c; best FVC ", s.blows.size(), s.fev1_grade,
               s.fvc_grade) +
           number(s.best.fvc_l, 3) + " L, FEV1 " + number(s.best.fev1_l, 3) + " L, FEV1/FVC " +
           number(s.best.fev1_fvc, 3) + "; two largest differ by FEV1 " + number(s.fev1_difference_l, 3) +
           " L, FVC " + number(s.fvc_difference_l, 3) + " L\n";
  for (auto h : s.hints) out += std::string("> ") + words_of(h) + "\n";
  for (const auto& row : r.references)
    out += row.reference ? say("%s: %.1f %% of predicted (%s), z %.2f, %s\n", row.parameter.c_str(),
                               row.reference->percent(row.value), r.reference_set.c_str(),
                               row.reference->z(row.value), words_of(severity(row.reference->z(row.value))))
                         : row.parameter + ": " + row.reason + "\n";
  for (const auto& [file, reason] : r.errors) out += file + ": " + reason + "\n";
  return out;
}

std::string to_text(const CalibrationCheck& c) {
  std::string out;
  for (const auto& s : c.strokes)
    out += say("stroke %s: %.3f L at %.2f L/s, %+.2f %%, %s\n", s.out ? "out" : "in", s.volume_l, s.mean_lps,
               s.error_percent, s.passed ? "within 3 %" : "NOT within 3 %");
  out += std::string(c.passed ? "Calibration check passed: " : "Calibration check NOT passed: ") + c.reason +
         "\n";
  if (!c.due_on.empty()) out += "Next check due on " + c.due_on + "\n";
  return out;
}

}  // namespace caukham::analysis::spirometry
