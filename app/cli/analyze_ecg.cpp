// `analyze ecg`: everything an ECG says in numbers, of any file that holds one.
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/json.hpp"
#include "cli/analyze.hpp"
#include "cli/beat_files.hpp"
#include "cli/ecg_file.hpp"
#include "core/i18n.hpp"
#include "json/json_text.hpp"

namespace caukham::cli {
namespace {

namespace po = boost::program_options;
namespace ecg = analysis::ecg;
using core::tr;

constexpr const char* usage =
    "caukham-cli analyze ecg FILE [options]\n"
    "  FILE: a WFDB record (100, 100.hea), an EDF or BDF file, an exam's folder, or an exam's id\n"
    "\n"
    "Prints rate, rhythm, intervals, axis and the quality of every lead. What cannot be told is said with the reason.\n"
    "It measures and does not diagnose. Filters: none (the default), diagnostic (0.05-150 Hz; up to 250 Hz below 16\n"
    "years of age), monitor (0.67-40 Hz: the numbers of ST and of intervals are then not diagnostic).\n";

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',') word += c;
    else if (!word.empty()) out.push_back(std::move(word)), word.clear();
  }
  return out;
}

ecg::FilterSpec filter_of(const std::string& name, double notch_hz, std::optional<double> age_years) {
  if (notch_hz != 0 && notch_hz != 50 && notch_hz != 60) throw UsageError("--notch is 50 or 60");
  if (name == "none") return {.low_hz = 0, .high_hz = 0, .notch_hz = notch_hz};
  if (name == "diagnostic")
    return age_years && *age_years < 16 ? ecg::FilterSpec::diagnostic_child(notch_hz) : ecg::FilterSpec::diagnostic(notch_hz);
  if (name == "monitor") return ecg::FilterSpec::monitor(notch_hz);
  throw UsageError("--filter is none, diagnostic or monitor");
}

std::string in_words(const ecg::Sentence& s) {
  return ecg::text(s, [](const std::string& key) { return tr(key.c_str()); });
}

// The rhythm's words are the analysis' own; the catalogue has to hear of them here.
[[maybe_unused]] constexpr const char* rhythm_words[] = {
    core::tr_later("regular"), core::tr_later("irregular"), core::tr_later("irregularly irregular"), core::tr_later("cannot tell"),
    core::tr_later("fewer than two intervals between beats"), core::tr_later("fewer than 8 intervals between normal beats")};

void line(const std::string& what, const ecg::Measure& m, const char* unit, int decimals = 0) {
  if (m.value) std::printf("  %s: %s %s\n", what.c_str(), ecg::number(*m.value, decimals).c_str(), unit);
  else std::printf("  %s: %s\n", what.c_str(), tr("cannot tell: {0}", in_words(m.reason)).c_str());
}

void print(const ecg::EcgAnalysis& a, const EcgFile& file) {
  const double seconds = static_cast<double>(a.samples) / a.fs_hz;
  if (file.simulated) std::printf("SIMULATED\n");
  std::printf("%s: %s s, %s Hz\n", a.record.c_str(), ecg::number(seconds, 1).c_str(), ecg::number(a.fs_hz, 3).c_str());
  std::string leads;
  for (const auto& l : file.leads) leads += (leads.empty() ? "" : " ") + l.name;
  std::printf("%s %s\n", tr("Leads:").c_str(), leads.c_str());
  for (const auto& w : file.warnings) std::printf("%s %s\n", tr("Note:").c_str(), w.c_str());
  std::size_t ventricular = 0, unknown = 0;
  for (const auto& b : a.beats) {
    ventricular += b.type == ecg::BeatType::ventricular;
    unknown += b.type == ecg::BeatType::unclassified;
  }
  std::printf("\n  %s\n", tr("Beats: {0}, of ventricular shape: {1}", std::to_string(a.beats.size()), std::to_string(ventricular)).c_str());
  if (unknown) std::printf("  %s\n", tr("Beats whose shape cannot be told: {0}", std::to_string(unknown)).c_str());
  line(tr("Heart rate"), a.heart_rate_bpm, tr("/min").c_str(), 0);
  std::printf("  %s: %s\n", tr("Rhythm").c_str(), tr(ecg::text(a.rhythm.regularity)).c_str());
  if (!a.rhythm.reason.empty()) std::printf("    %s\n", tr(a.rhythm.reason.c_str()).c_str());
  line("P", a.p_ms, "ms");
  line("PR", a.pr_ms, "ms");
  line("QRS", a.qrs_ms, "ms");
  line("QT", a.qt_ms, "ms");
  line("QTc (Bazett)", a.qtc_bazett_ms, "ms");
  line("QTc (Fridericia)", a.qtc_fridericia_ms, "ms");
  line(tr("QRS axis"), a.axis_deg, "°");
  std::printf("\n%s\n", tr("Quality of the leads").c_str());
  for (const auto& q : a.quality) {
    std::string why;
    for (const auto& r : q.reasons) why += (why.empty() ? "" : " ") + in_words(r);
    std::printf("  %-4s %s%s\n", q.lead.c_str(), (q.usable ? tr("usable") : tr("not usable")).c_str(),
                why.empty() ? "" : (": " + why).c_str());
  }
  for (const auto& h : a.hints) std::printf("%s\n", in_words(h.advice).c_str());
  std::string filter = a.filter == "no filter" ? tr("none") : a.filter;
  for (const auto& t : a.treated) filter += "; " + in_words(t);
  std::printf("\n%s %s %s; %s %s\n", tr("Measured by").c_str(), a.name.c_str(), a.version.c_str(), tr("Filter:").c_str(),
              filter.c_str());
  std::printf("%s\n", tr("This measures; it is not a diagnosis.").c_str());
}

}  // namespace

int analyze_ecg(const std::vector<std::string>& args) {
  po::options_description shown("Options");
  shown.add_options()("json", "as JSON")("leads", po::value<std::string>(), "only these, in any spelling: I,II,V5")(
      "annotations", po::value<std::string>(), "write the beats as a WFDB annotation file, e.g. 100.ckq")(
      "age-years", po::value<double>(), "the patient's age: chooses the diagnostic filter's band")(
      "filter", po::value<std::string>()->default_value("none"), "none, diagnostic or monitor")(
      "notch", po::value<double>()->default_value(0), "50 or 60: takes the mains out")(
      "median-beat", "with --json: the samples of the median beat too")(
      "lang", po::value<std::string>()->default_value("vi"), "vi or en: the words")(
      "data", po::value<std::string>()->default_value(""), "the station's data, for an exam's id")("help,h", "this text");
  po::options_description all;
  all.add(shown).add_options()("file", po::value<std::vector<std::string>>());
  po::variables_map values;
  po::store(po::command_line_parser(args).options(all).positional(po::positional_options_description().add("file", -1)).run(), values);
  po::notify(values);
  if (values.count("help")) {
    std::cout << usage << "\n" << shown;
    return 0;
  }
  if (!values.count("file")) throw UsageError("it needs a file");
  const auto files = values["file"].as<std::vector<std::string>>();
  if (files.size() != 1) throw UsageError("one file at a time");
  std::optional<double> age_years;
  if (values.count("age-years")) {
    age_years = values["age-years"].as<double>();
    if (!(*age_years >= 0 && *age_years <= 130)) throw UsageError("--age-years must be 0 to 130");
  }
  const auto spec = filter_of(values["filter"].as<std::string>(), values["notch"].as<double>(), age_years);
  core::set_language(values["lang"].as<std::string>(), core::locale_folder());
  const auto wanted = values.count("leads") ? split(values["leads"].as<std::string>()) : std::vector<std::string>{};

  auto file = load_ecg(files[0], values["data"].as<std::string>(), wanted);
  ecg::AnalyzeOptions options;
  options.record = file.record;
  if (spec.low_hz > 0 || spec.high_hz > 0 || spec.notch_hz > 0) {
    ecg::FittedFilter fitted;
    for (auto& lead : file.leads) fitted = ecg::filter_zero_phase(spec, file.fs_hz, lead.uv);
    options.filter = ecg::text(fitted.spec);
    if (!fitted.note.empty()) file.warnings.push_back(fitted.note);
  }
  const auto result = ecg::analyze(file.view(), options);
  if (values.count("annotations")) save_beats(values["annotations"].as<std::string>(), result.beats);
  if (!values.count("json")) {
    print(result, file);
    return 0;
  }
  auto out = ecg::to_json(result, {.median_beat = values.count("median-beat") > 0,
                                   .translate = [](const std::string& key) { return tr(key.c_str()); }});
  out["simulated"] = file.simulated;
  out["warnings"] = file.warnings;
  if (age_years) out["age_years"] = *age_years;
  std::cout << json_text(out, 2) << "\n";
  return 0;
}

}  // namespace caukham::cli
