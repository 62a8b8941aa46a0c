// The ECG analysis on a real 12-lead recording (PTB s0010_re: infarction with right bundle branch block). No
// referee has measured it, so it is held against itself: halves, rates and filters must agree, and what was
// looked at on paper must stay. argv[1] or CAUKHAM_TEST_DATA: the folder. Exit 77 (skipped) when it is not
// there.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "analysis/ecg/json.hpp"
#include "devices/signals/files.hpp"
#include "devices/signals/wfdb.hpp"

using namespace caukham;
using analysis::ecg::EcgAnalysis;
using analysis::ecg::Measure;

namespace {

int failures = 0;

void must(bool good, const char* what, double value) {
  std::printf("%s %s: %.1f\n", good ? "ok  " : "FAIL", what, value);
  failures += good ? 0 : 1;
}

using Leads = std::vector<std::vector<float>>;

Leads load(const std::string& record, int rate_hz) {
  const auto loop = devices::wfdb_source(record)(rate_hz);
  Leads out(devices::ecg_leads);
  for (const auto& frame : loop.samples)
    for (std::size_t l = 0; l < devices::ecg_leads; ++l) out[l].push_back(frame[l]);
  return out;
}

EcgAnalysis run(const Leads& leads, double fs, double from = 0, double to = 1) {
  static const char* names[] = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
  analysis::ecg::Recording r{fs, {}};
  for (std::size_t l = 0; l < leads.size(); ++l) {
    const auto n = static_cast<double>(leads[l].size());
    r.channels.push_back({names[l], std::span(leads[l]).subspan(static_cast<std::size_t>(from * n),
                                                                static_cast<std::size_t>((to - from) * n))});
  }
  return analysis::ecg::analyze(r);
}

double of(const Measure& m) { return m.value.value_or(std::nan("")); }

void agree(const char* what, const EcgAnalysis& a, const EcgAnalysis& b) {
  std::printf("%s\n", what);
  must(std::abs(of(a.heart_rate_bpm) - of(b.heart_rate_bpm)) < 1.5, "  rate, difference",
       of(a.heart_rate_bpm) - of(b.heart_rate_bpm));
  must(std::abs(of(a.pr_ms) - of(b.pr_ms)) <= 12, "  PR, difference", of(a.pr_ms) - of(b.pr_ms));
  must(std::abs(of(a.qrs_ms) - of(b.qrs_ms)) <= 12, "  QRS, difference", of(a.qrs_ms) - of(b.qrs_ms));
  must(std::abs(of(a.qt_ms) - of(b.qt_ms)) <= 16, "  QT, difference", of(a.qt_ms) - of(b.qt_ms));
  must(std::abs(std::remainder(of(a.axis_deg) - of(b.axis_deg), 360)) <= 6, "  axis, difference",
       of(a.axis_deg) - of(b.axis_deg));
}

}  // namespace

int main(int argc, char** argv) {
  const char* given = std::getenv("CAUKHAM_TEST_DATA");
  const std::string folder = given ? given : argc > 1 ? argv[1] : "", record = folder + "/ecg_ptb/s0010_re";
  if (!std::filesystem::exists(record + ".hea")) {
    std::printf("skipped: no recordings in \"%s\"; set CAUKHAM_TEST_DATA to the folder that holds them\n",
                folder.c_str());
    return 77;
  }
  try {
    const auto full = load(record, 1000);
    const auto a = run(full, 1000);
    // No referee's values: read by one person of the project off median beats drawn by a script of its own, to some
    // 15 ms. QRS begins in I and aVR 32 ms before V2's R peak and ends with R' in V1 and S in I 108 ms after it: the
    // right bundle branch block makes it long. Areas of that beat, I -6.2 and aVF -23.5 mV ms, give an axis of -103
    // degrees: in the north west, because the late part points away from both I and aVF.
    must(std::abs(of(a.heart_rate_bpm) - 82) < 1.5, "rate", of(a.heart_rate_bpm));
    must(std::abs(of(a.pr_ms) - 160) <= 15, "PR", of(a.pr_ms));
    must(std::abs(of(a.qrs_ms) - 142) <= 15, "QRS", of(a.qrs_ms));
    must(std::abs(of(a.axis_deg) + 101) <= 8, "axis", of(a.axis_deg));
    must(std::abs(of(a.qt_ms) - 420) <= 20, "QT", of(a.qt_ms));
    must(a.computed.size() == 4, "limb leads computed", static_cast<double>(a.computed.size()));
    must(a.hints.empty(), "no swap is hinted at", static_cast<double>(a.hints.size()));
    bool all = true;
    for (const auto& q : a.quality) all = all && q.usable;
    must(all, "every lead is usable", static_cast<double>(a.quality.size()));
    agree("first and second half", run(full, 1000, 0, 0.5), run(full, 1000, 0.5, 1));
    agree("1000 and 500 Hz", a, run(load(record, 500), 500));
    agree("1000 and 250 Hz", a, run(load(record, 250), 250));
    agree("ten seconds and all", a, run(full, 1000, 0.3, 0.56));
  } catch (const std::exception& e) {
    std::printf("FAIL %s\n", e.what());
    return 1;
  }
  return failures ? 1 : 0;
}
