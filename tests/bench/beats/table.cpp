// Beats found on the made ambulatory records (tests/lib/ambulatory.hpp): a row a kind, over some seeds; or a row a mixture.
//   beats_table [first=1] [seeds=6] [seconds=300] [kind=-1] [leads=both|first|second] [fs=360] [mixed] [show] [analyze]
// Seeds below 1500 and 700001 … 700400 had a part in making the detector (1.2.0 was judged by 700001, 900001, 960001 and
// 970001 on; only the first of them were looked into): measure with others. show: where the
// errors lie, in seconds, - missed, + extra. analyze: the beats that the whole analysis lets stand.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/detector.hpp"
#include "tests/lib/ambulatory.hpp"

using namespace caukham;
using analysis::ecg::BeatType;

namespace {

struct Row {
  std::size_t truth = 0, matched = 0, missed = 0, extra = 0, v_truth = 0, v_found = 0, v_called = 0;
  double median_ms = 0;  // of R peaks' error, the worst record's
  void add(const Row& o) {
    truth += o.truth, matched += o.matched, missed += o.missed, extra += o.extra;
    v_truth += o.v_truth, v_found += o.v_found, v_called += o.v_called, median_ms = std::max(median_ms, o.median_ms);
  }
  void print(const char* name) const {
    const auto percent = [](std::size_t a, std::size_t b) { return b ? 100.0 * static_cast<double>(a) / static_cast<double>(b) : 0; };
    std::printf("%-34s %7zu %5zu %5zu %8.3f %8.3f %7.1f %5zu/%zu/%zu\n", name, truth, missed, extra, percent(matched, truth),
                percent(matched, matched + extra), median_ms, v_truth, v_found, v_called);
    std::fflush(stdout);
  }
};

bool any_near(const std::vector<analysis::ecg::Beat>& list, std::uint64_t at, double reach, int type = -1) {
  for (const auto& b : list)
    if ((type < 0 || static_cast<int>(b.type) == type) && std::abs(static_cast<double>(b.sample) - static_cast<double>(at)) < reach)
      return true;
  return false;
}

bool whole = false;  // the whole analysis, not the detector alone

Row judge(tests::AmbulatoryCase c, const std::string& leads, bool show, const char* what) {
  if (leads != "both") {
    if (leads == "second") std::swap(c.ecg.uv[0], c.ecg.uv[1]), std::swap(c.ecg.leads[0], c.ecg.leads[1]);
    c.ecg.uv.resize(1), c.ecg.leads.resize(1);
  }
  const auto beats = whole ? analysis::ecg::analyze(c.ecg.view()).beats : analysis::ecg::detect_beats(c.ecg.view());
  const auto got = tests::compare(c, beats);
  Row row{got.truth, got.matched, got.missed, got.extra, 0, 0, 0, got.median_error_ms};
  const double reach = 0.15 * c.ecg.fs_hz;
  for (const auto& t : c.ecg.truth) row.v_truth += t.type == BeatType::ventricular;
  for (const auto& b : beats)
    if (b.type == BeatType::ventricular)
      ++row.v_called, row.v_found += any_near(c.ecg.truth, b.sample, reach, static_cast<int>(BeatType::ventricular));
  if (show && got.missed + got.extra) {
    std::printf("  %s: FN %zu FP %zu of %zu\n   ", what, got.missed, got.extra, got.truth);
    int shown = 0;
    for (const auto& t : c.ecg.truth)
      if (!any_near(beats, t.sample, reach) && shown++ < 14) std::printf(" -%.2f", static_cast<double>(t.sample) / c.ecg.fs_hz);
    shown = 0;
    for (const auto& b : beats)
      if (!any_near(c.ecg.truth, b.sample, reach) && shown++ < 14) std::printf(" +%.2f", static_cast<double>(b.sample) / c.ecg.fs_hz);
    std::printf("\n");
  }
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const auto option = [&](const char* name, const char* otherwise) -> std::string {
    const std::size_t n = std::strlen(name);
    for (int i = 1; i < argc; ++i)
      if (std::strncmp(argv[i], name, n) == 0 && (argv[i][n] == '=' || argv[i][n] == 0)) return argv[i][n] ? argv[i] + n + 1 : "yes";
    return otherwise;
  };
  const std::string leads = option("leads", "both");
  const bool mixed = option("mixed", "no") == "yes", show = option("show", "no") == "yes";
  whole = option("analyze", "no") == "yes";
  const auto first = std::stoul(option("first", "1")), seeds = std::stoul(option("seeds", "6"));
  const double seconds = std::stod(option("seconds", "300")), fs = std::stod(option("fs", "360"));
  const int only = std::stoi(option("kind", "-1"));
  std::printf("%-34s %7s %5s %5s %8s %8s %7s %8s\n", "kind", "beats", "FN", "FP", "Se %", "+P %", "med ms", "V true/found/called");
  Row sum, told;  // told: without what nobody tells
  for (int k = 0; !mixed && k < tests::ambulatory_count; ++k) {
    if (only >= 0 && k != only) continue;
    const auto kind = static_cast<tests::Ambulatory>(k);
    Row row;
    for (auto s = first; s < first + seeds; ++s)
      row.add(judge(tests::ambulatory(kind, seconds, s, fs), leads, show, ("seed " + std::to_string(s)).c_str()));
    row.print(name(kind)), sum.add(row);
  }
  for (auto s = first; mixed && s < first + seeds; ++s) {
    const auto mix = tests::mixture(s);
    const std::string what = std::to_string(s) + " " + name(mix.rhythm) + "/" + name(mix.own) + "/" + name(mix.disturbance);
    const Row row = judge(tests::ambulatory(mix, seconds, s, fs), leads, show, what.c_str());
    if (seeds <= 100 && (row.missed + row.extra > 0 || row.median_ms > 10)) row.print(what.c_str());
    sum.add(row);
    if (!lone_tall_p(mix)) told.add(row);
  }
  if (mixed) told.print("without lone P as high as R");
  sum.print("all");
}
