// The analysis against a real recording: a 12-lead ECG of the PTB database.
// argv[1] or CAUKHAM_TEST_DATA: the folder. Exit 77 (skipped) when it is not there.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/ecg/detector.hpp"
#include "analysis/ecg/rhythm.hpp"
#include "analysis/leads.hpp"
#include "analysis/rate.hpp"
#include "devices/signals/files.hpp"
#include "devices/signals/wfdb.hpp"

using namespace caukham;

namespace {

int failures = 0;

void must(bool good, const char* what, double worst, double limit) {
  std::printf("%s %s: worst %.4f, limit %.4f\n", good ? "ok  " : "FAIL", what, worst, limit);
  failures += good ? 0 : 1;
}

void ecg(const std::string& record) {
  const auto loop = devices::wfdb_source(record)(500);
  analysis::HeartRate rate(500);
  std::vector<std::uint64_t> beats;
  for (std::uint64_t i = 0; i < loop.samples.size(); ++i)
    if (const auto b = rate.push(loop.at(i))) beats.push_back(*b);
  std::vector<double> rr;
  for (std::size_t i = 1; i < beats.size(); ++i) rr.push_back(static_cast<double>(beats[i] - beats[i - 1]) / 500);
  if (rr.empty()) return must(false, "beats found in the PTB record", 0, 1);
  auto sorted = rr;
  std::sort(sorted.begin(), sorted.end());
  const double median = sorted[sorted.size() / 2];
  double worst = 0;
  for (double v : rr) worst = std::max(worst, std::abs(v / median - 1));
  std::printf("PTB: %zu beats, %.1f a minute\n", beats.size(), 60 / median);
  // A sinus rhythm: a missed beat would double an interval, an invented one halve it.
  must(worst < 0.25, "every interval of the PTB record is near the median, part", worst, 0.25);

  // The offline detector at the record's own rate, the eight leads as they are.
  const auto full = devices::wfdb_source(record)(1000);
  constexpr const char* names[] = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};
  std::vector<std::vector<float>> uv(8, std::vector<float>(full.samples.size()));
  analysis::ecg::Recording recording{1000, {}};
  for (std::size_t c = 0; c < 8; ++c) {
    for (std::size_t i = 0; i < full.samples.size(); ++i) uv[c][i] = full.samples[i][c];
    recording.channels.push_back({names[c], uv[c]});
  }
  const auto found = analysis::ecg::detect(recording);
  const auto r = analysis::ecg::rhythm(found.beats, 1000);
  std::printf("PTB: %zu beats offline, %.1f a minute, %s, %zu ventricular\n", found.beats.size(), r.median_bpm,
              analysis::ecg::text(r.regularity), r.ventricular);
  must(std::abs(r.median_bpm * median / 60 - 1) < 0.02, "rate offline as live, part", std::abs(r.median_bpm * median / 60 - 1), 0.02);
  must(r.longest_rr_ms / r.mean_rr_ms < 1.25 && r.max_bpm / r.mean_bpm < 1.25, "no beat missed or invented offline",
       std::max(r.longest_rr_ms / r.mean_rr_ms, r.max_bpm / r.mean_bpm), 1.25);
  must(r.ventricular == 0, "no ventricular beat in the PTB record", static_cast<double>(r.ventricular), 0);
}

}  // namespace

int main(int argc, char** argv) {
  const char* given = std::getenv("CAUKHAM_TEST_DATA");
  const std::string folder = given ? given : argc > 1 ? argv[1] : "";
  const auto record = folder + "/ecg_ptb/s0010_re";
  if (!std::filesystem::exists(record + ".hea")) {
    std::printf("skipped: no recordings in \"%s\"; set CAUKHAM_TEST_DATA to the folder that holds them\n", folder.c_str());
    return 77;
  }
  try {
    ecg(record);
  } catch (const std::exception& e) {
    std::printf("FAIL %s\n", e.what());
    return 1;
  }
  return failures ? 1 : 0;
}
