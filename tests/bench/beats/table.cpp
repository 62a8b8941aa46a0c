// Beats found on the made ambulatory records (tests/lib/ambulatory.hpp): a row a kind, over some seeds.
//   beats_table [first seed] [seeds] [seconds] [kind | -1] [leads: 1 or 2] [v: where the errors lie]
// Seeds 1 … 99 served the detector's development; from 1000 on nothing was ever looked at but the sums.
#include <cstdio>
#include <cstdlib>

#include "analysis/ecg/detector.hpp"
#include "tests/lib/ambulatory.hpp"

using namespace caukham;

int main(int argc, char** argv) {
  const auto number = [&](int i, long otherwise) { return argc > i ? std::atol(argv[i]) : otherwise; };
  const long first = number(1, 1), seeds = number(2, 6), only = number(4, -1);
  const double seconds = static_cast<double>(number(3, 300));
  const bool one_lead = number(5, 2) == 1, each = argc > 6;
  tests::Score sum;
  std::printf("%-24s %7s %5s %5s %8s %8s %8s %8s\n", "kind", "beats", "FN", "FP", "Se %", "+P %", "med ms", "V se/pp");
  for (int k = 0; k < tests::ambulatory_count; ++k) {
    if (only >= 0 && k != only) continue;
    tests::Score row;
    double worst_median = 0;
    std::size_t v_truth = 0, v_found = 0, v_called = 0;
    for (long s = first; s < first + seeds; ++s) {
      auto c = tests::ambulatory(static_cast<tests::Ambulatory>(k), seconds, static_cast<std::uint64_t>(s));
      if (one_lead) c.ecg.uv.resize(1), c.ecg.leads.resize(1);
      const auto beats = analysis::ecg::detect_beats(c.ecg.view());
      const auto got = tests::compare(c, beats);
      row.truth += got.truth, row.matched += got.matched, row.missed += got.missed, row.extra += got.extra;
      worst_median = std::max(worst_median, got.median_error_ms);
      for (const auto& t : c.ecg.truth) v_truth += t.type == analysis::ecg::BeatType::ventricular;
      for (const auto& b : beats) {
        if (b.type != analysis::ecg::BeatType::ventricular) continue;
        ++v_called;
        for (const auto& t : c.ecg.truth)
          if (t.type == b.type && std::abs(static_cast<double>(t.sample) - static_cast<double>(b.sample)) < 54) {
            ++v_found;
            break;
          }
      }
      if (each && got.missed + got.extra) {
        std::printf("  seed %ld: FN %zu FP %zu of %zu\n   ", s, got.missed, got.extra, got.truth);
        std::size_t shown = 0;
        const auto none_near = [](const auto& list, std::uint64_t at) {
          for (const auto& b : list)
            if (std::abs(static_cast<double>(b.sample) - static_cast<double>(at)) < 54) return false;
          return true;
        };
        for (const auto& t : c.ecg.truth)
          if (none_near(beats, t.sample) && shown++ < 12) std::printf(" -%.2f", static_cast<double>(t.sample) / c.ecg.fs_hz);
        for (const auto& b : beats)
          if (none_near(c.ecg.truth, b.sample) && shown++ < 24) std::printf(" +%.2f", static_cast<double>(b.sample) / c.ecg.fs_hz);
        std::printf("\n");
      }
    }
    std::printf("%-24s %7zu %5zu %5zu %8.2f %8.2f %8.1f %4zu/%zu/%zu\n", name(static_cast<tests::Ambulatory>(k)), row.truth, row.missed,
                row.extra, row.se(), row.pp(), worst_median, v_truth, v_found, v_called);
    std::fflush(stdout);
    sum.truth += row.truth, sum.matched += row.matched, sum.missed += row.missed, sum.extra += row.extra;
  }
  std::printf("%-24s %7zu %5zu %5zu %8.3f %8.3f\n", "all", sum.truth, sum.missed, sum.extra, sum.se(), sum.pp());
}
