// The analysis against a real recording: a 12-lead ECG of the PTB database.
// argv[1] or CAUKHAM_TEST_DATA: the folder. Exit 77 (skipped) when it is not there.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

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
