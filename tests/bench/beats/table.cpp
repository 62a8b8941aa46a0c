// Beats found on the made ambulatory records (tests/lib/ambulatory.hpp): a row a kind, over some seeds; or a row a mixture.
//   beats_table [first=1] [seeds=6] [seconds=300] [kind=-1] [leads=both|first|second] [fs=360] [mixed] [show] [analyze]
// Seeds below 1500, 700001 … 700400, 1100001 … 1100060, 1400001 … 1400048 and 1500001 … 1500048 had a part in making the detector (1.2.0 was judged by 700001,
// 900001, 960001 and 970001 on, 1.3.0 by 1200001 on, 1.3.1 by 1600001 and 1700001 on): measure with others. show: where the
// errors lie, in seconds, - missed, + extra. analyze: the beats that the whole analysis lets stand.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/detector.hpp"
#include "analysis/score/beats.hpp"
#include "tests/lib/ambulatory.hpp"

using namespace caukham;

namespace {

struct Row {
  std::size_t truth = 0, matched = 0, missed = 0, extra = 0, v_true = 0, v_missed = 0, v_false = 0;  // V as EC57 counts
  double median_ms = 0;  // of R peaks' error, the worst record's
  void add(const Row& o) {
    truth += o.truth, matched += o.matched, missed += o.missed, extra += o.extra;
    v_true += o.v_true, v_missed += o.v_missed, v_false += o.v_false, median_ms = std::max(median_ms, o.median_ms);
  }
  void print(const char* name) const {
    const auto percent = [](std::size_t a, std::size_t b) { return b ? 100.0 * static_cast<double>(a) / static_cast<double>(b) : 0; };
    std::printf("%-34s %7zu %5zu %5zu %8.3f %8.3f %7.1f %6zu %7.2f %7.2f\n", name, truth, missed, extra, percent(matched, truth),
                percent(matched, matched + extra), median_ms, v_true + v_missed, percent(v_true, v_true + v_missed),
                percent(v_true, v_true + v_false));
    std::fflush(stdout);
  }
};

bool any_near(const std::vector<analysis::ecg::Beat>& list, std::uint64_t at, double reach) {
  for (const auto& b : list)
    if (std::abs(static_cast<double>(b.sample) - static_cast<double>(at)) < reach) return true;
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
  const auto marks = [&](const std::vector<analysis::ecg::Beat>& list) {
    std::vector<analysis::score::Mark> out;
    for (const auto& b : list)
      if (std::none_of(c.left_out.begin(), c.left_out.end(), [&](const auto& e) { return b.sample >= e.first && b.sample <= e.second; }))
        out.push_back({b.sample, static_cast<char>(b.type)});
    return out;
  };
  const auto typed = analysis::score::compare(marks(c.ecg.truth), marks(beats), c.ecg.fs_hz).count;
  row.v_true = typed.v_true, row.v_missed = typed.v_missed, row.v_false = typed.v_false;
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
  std::printf("%-34s %7s %5s %5s %8s %8s %7s %6s %7s %7s\n", "kind", "beats", "FN", "FP", "Se %", "+P %", "med ms", "V", "V Se %", "V +P %");
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
