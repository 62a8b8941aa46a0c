// `analyze compare`: how well a detector's beats answer the reference's.
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "cli/analyze.hpp"
#include "cli/beat_files.hpp"
#include "json/json_text.hpp"

namespace caukham::cli {
namespace {

namespace po = boost::program_options;
using analysis::score::Count;
using nlohmann::ordered_json;

constexpr const char* usage =
    "caukham-cli analyze compare REF TEST [REF TEST …] [options]\n"
    "  REF, TEST: annotation files (100.atr, 100.ckq), records (100), or two folders with the same names in them\n"
    "\n"
    "Pairs beats as PhysioNet's bxb does, after ANSI/AAMI EC57: the nearest unambiguous beat within 150 ms (and again\n"
    "within 50 ms), no beat in two pairs. Beats are N L R B A a J S e j n V r E F / f Q ?. Between '[' and ']' of the\n"
    "reference (ventricular flutter) nothing counts; where it says that the leads cannot be read ('~') beats count as\n"
    "anywhere, as in bxb's sums. Se = found / reference, +P = found / test's beats.\n"
    "EC57 leaves the first 5 minutes to the algorithm to learn: --skip-s 300. Here the default is 0.\n";

struct Row {
  std::string record;
  Count wide, narrow;
  std::vector<double> errors_s;
  bool v_known = false;
};

ordered_json number(double v, int decimals) {
  if (!std::isfinite(v)) return nullptr;
  const double scale = std::pow(10, decimals);
  return std::round(v * scale) / scale;
}

ordered_json counts(const Count& n) {
  return {{"reference_beats", n.reference}, {"test_beats", n.found + n.extra}, {"found", n.found}, {"FN", n.missed}, {"FP", n.extra},
          {"se_percent", number(analysis::score::percent(n.found, n.missed), 3)},
          {"ppv_percent", number(analysis::score::percent(n.found, n.extra), 3)}};
}

ordered_json to_json(const Row& row) {
  const auto s = analysis::score::spread(row.errors_s);
  ordered_json placement = nullptr;
  if (!row.errors_s.empty())
    placement = {{"mean", number(s.mean_ms, 2)}, {"sd", number(s.sd_ms, 2)}, {"median", number(s.median_ms, 2)},
                 {"median_absolute", number(s.median_abs_ms, 2)}, {"p95_absolute", number(s.p95_abs_ms, 2)}};
  ordered_json v = nullptr;
  if (row.v_known)
    v = {{"TP", row.wide.v_true}, {"FN", row.wide.v_missed}, {"FP", row.wide.v_false},
         {"se_percent", number(analysis::score::percent(row.wide.v_true, row.wide.v_missed), 3)},
         {"ppv_percent", number(analysis::score::percent(row.wide.v_true, row.wide.v_false), 3)}};
  return {{"record", row.record}, {"window_150_ms", counts(row.wide)}, {"window_50_ms", counts(row.narrow)},
          {"r_placement_error_ms", placement}, {"ventricular", v}, {"flutter_episodes_left_out", row.wide.flutter_episodes},
          {"test_beats_in_flutter", row.wide.flutter_test_beats}, {"reference_beats_skipped", row.wide.skipped_reference}};
}

std::string with_digits(double v, int digits) {
  char text[32] = "-";
  if (std::isfinite(v)) std::snprintf(text, sizeof text, "%.*f", digits, v);
  return text;
}
std::string percent(double v) { return with_digits(v, 2); }

void print(const Row& row) {
  const auto& n = row.wide;
  const auto s = analysis::score::spread(row.errors_s);
  const auto ms = [&](double v) { return with_digits(row.errors_s.empty() ? std::nan("") : v, 1); };
  std::printf("%-12s %8llu %6llu %6llu %8s %8s %9s %9s %8s %7s %7s %8s %8s\n", row.record.c_str(),
              static_cast<unsigned long long>(n.reference), static_cast<unsigned long long>(n.extra),
              static_cast<unsigned long long>(n.missed), percent(analysis::score::percent(n.found, n.missed)).c_str(),
              percent(analysis::score::percent(n.found, n.extra)).c_str(),
              percent(analysis::score::percent(row.narrow.found, row.narrow.missed)).c_str(),
              percent(analysis::score::percent(row.narrow.found, row.narrow.extra)).c_str(), ms(s.median_ms).c_str(), ms(s.mean_ms).c_str(),
              ms(s.sd_ms).c_str(), row.v_known ? percent(analysis::score::percent(n.v_true, n.v_missed)).c_str() : "-",
              row.v_known ? percent(analysis::score::percent(n.v_true, n.v_false)).c_str() : "-");
}

Row score(const std::filesystem::path& reference, const std::filesystem::path& test, double fs_hz, double skip_s) {
  if (fs_hz <= 0) fs_hz = rate_beside(reference);
  if (fs_hz <= 0) fs_hz = rate_beside(test);
  const auto ref = load_beats(reference, fs_hz);
  if (ref.fs_hz <= 0)
    throw std::runtime_error("The sampling rate of " + reference.string() +
                             " is not known: put the record's .hea beside it, or give --fs-hz.");
  const auto tst = load_beats(test, ref.fs_hz);
  Row row;
  row.record = reference.stem().string();
  auto wide = analysis::score::compare(ref.marks, tst.marks, ref.fs_hz, {.window_s = 0.150, .skip_s = skip_s});
  row.wide = wide.count;
  row.errors_s = std::move(wide.errors_s);
  row.narrow = analysis::score::compare(ref.marks, tst.marks, ref.fs_hz, {.window_s = 0.050, .skip_s = skip_s}).count;
  // A detector that calls every beat the same says nothing on ventricular ones, unless there are none.
  bool v = false, other = false;
  for (const auto& m : tst.marks) (analysis::score::beat_class(m.letter) == 'V' ? v : other) |= m.letter != 'Q';
  row.v_known = v || (other && row.wide.v_missed == 0);
  return row;
}

}  // namespace

int analyze_compare(const std::vector<std::string>& args) {
  po::options_description shown("Options");
  shown.add_options()("json", "as JSON")("skip-s", po::value<double>()->default_value(0), "seconds at the beginning that do not count")(
      "fs-hz", po::value<double>()->default_value(0), "samples a second, when no .hea lies beside the files")(
      "ref-annotator", po::value<std::string>()->default_value("atr"), "extension of the reference, for records and folders")(
      "test-annotator", po::value<std::string>()->default_value("ckq"), "extension of the test, for records and folders")(
      "help,h", "this text");
  po::options_description all;
  all.add(shown).add_options()("files", po::value<std::vector<std::string>>());
  po::variables_map values;
  po::store(po::command_line_parser(args).options(all).positional(po::positional_options_description().add("files", -1)).run(), values);
  po::notify(values);
  if (values.count("help")) {
    std::cout << usage << "\n" << shown;
    return 0;
  }
  const auto files = values.count("files") ? values["files"].as<std::vector<std::string>>() : std::vector<std::string>{};
  if (files.empty() || files.size() % 2) throw UsageError("it needs a reference and a test");
  const double skip_s = values["skip-s"].as<double>(), fs_hz = values["fs-hz"].as<double>();
  if (!(skip_s >= 0 && skip_s <= 1e6)) throw UsageError("--skip-s must be 0 or more seconds");
  if (!(fs_hz >= 0 && fs_hz <= 1e5)) throw UsageError("--fs-hz must be a sampling rate");

  std::vector<Row> rows;
  std::vector<std::string> left_out;
  for (std::size_t i = 0; i < files.size(); i += 2) {
    const auto found = pairs(files[i], files[i + 1], values["ref-annotator"].as<std::string>(), values["test-annotator"].as<std::string>());
    for (const auto& [reference, test] : found) {
      // In a folder a missing partner is told and does not stop the others; a pair asked for by name must be there.
      if (found.size() > 1 && !std::filesystem::exists(test)) left_out.push_back(reference.stem().string());
      else rows.push_back(score(reference, test, fs_hz, skip_s));
    }
  }
  if (rows.empty()) throw std::runtime_error("No reference has a test file of the same name.");
  Row gross;
  gross.record = "gross";
  double se = 0, ppv = 0;
  std::size_t se_n = 0, ppv_n = 0;
  for (const auto& row : rows) {
    gross.wide += row.wide;
    gross.narrow += row.narrow;
    gross.errors_s.insert(gross.errors_s.end(), row.errors_s.begin(), row.errors_s.end());
    gross.v_known = gross.v_known || row.v_known;
    const double s = analysis::score::percent(row.wide.found, row.wide.missed), p = analysis::score::percent(row.wide.found, row.wide.extra);
    if (std::isfinite(s)) se += s, ++se_n;
    if (std::isfinite(p)) ppv += p, ++ppv_n;
  }
  const double none = std::nan("");
  if (values.count("json")) {
    ordered_json out{{"algorithm", {{"name", "caukham-score"}, {"version", "1.0.0"}}}, {"method", "ANSI/AAMI EC57, pairing as bxb"}, {"learning_period_s", skip_s}, {"records", ordered_json::array()}};
    for (const auto& row : rows) out["records"].push_back(to_json(row));
    out["gross"] = to_json(gross);
    out["gross"].erase("record");
    out["average"] = {{"se_percent", number(se_n ? se / static_cast<double>(se_n) : none, 3)},
                      {"ppv_percent", number(ppv_n ? ppv / static_cast<double>(ppv_n) : none, 3)}};
    out["without_test_file"] = left_out;
    std::cout << json_text(out, 2) << "\n";
    return 0;
  }
  std::printf("%-12s %8s %6s %6s %8s %8s %9s %9s %8s %7s %7s %8s %8s\n", "record", "beats", "FP", "FN", "Se %", "+P %", "Se50 %",
              "+P50 %", "med ms", "mean", "sd", "V Se %", "V +P %");
  for (const auto& row : rows) print(row);
  if (rows.size() > 1) print(gross);
  if (gross.wide.flutter_episodes)
    std::printf("%llu episodes of ventricular flutter left out, with %llu test beats in them.\n",
                static_cast<unsigned long long>(gross.wide.flutter_episodes),
                static_cast<unsigned long long>(gross.wide.flutter_test_beats));
  if (skip_s > 0) std::printf("The first %g s of each record do not count.\n", skip_s);
  else std::printf("The whole records count; EC57 leaves out the first 5 minutes (--skip-s 300).\n");
  for (const auto& name : left_out) std::printf("%s has no test file and is not in the sums.\n", name.c_str());
  return 0;
}

}  // namespace caukham::cli
