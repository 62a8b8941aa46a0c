// caukham-cli analyze spirometry and analyze calibration: recorded flow in, judged manoeuvres or syringe
// strokes out.
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <span>

#include "analysis/spirometry/response.hpp"
#include "cli/analyze.hpp"
#include "cli/commands.hpp"
#include "cli/spirometry_files.hpp"
#include "json/json_text.hpp"
#include "station/station.hpp"

namespace caukham::cli {
namespace {

namespace spirometry = analysis::spirometry;

constexpr const char* spirometry_usage =
    "caukham-cli analyze spirometry FILE... [--json]    manoeuvres in exams (BDF+), EDF+ and .wf files; all "
    "make one session\n"
    "  --age YEARS            children of six and less have other limits\n"
    "  --btps PB,T,RH         mmHg, deg C, %: the flow is at room conditions and is converted (default: "
    "taken as it is)\n"
    "  --pre FILE... --post FILE...    two sessions, before and after a bronchodilator: the change of FEV1 and FVC by\n"
    "                         the rule of 2022 (needs --set) and the older one of 2005\n"
    "  --set NAME --sex m|f --height CM [--group N]       compares with GLI2012, GLI2022 or NHANES3 (needs "
    "--age)\n"
    "caukham-cli analyze calibration FILE... [--json]   strokes of a syringe (also: analyze spirometry "
    "--calibration)\n"
    "  --syringe LITRES       3 by default\n"
    "  --log FILE             appends the result as one JSON line\n";

struct Wish {
  std::vector<std::string> files, pre, post;
  bool json = false, calibration = false, help = false;
  std::optional<double> age, height;
  std::optional<spirometry::Conditions> room;
  std::string set, sex, log;
  int group = 1;
  double syringe_l = 3;
};

double number(const std::string& option, const std::string& text, double low, double high) {
  const auto v = spirometry::to_number(text);
  if (!v || *v < low || *v > high)
    throw UsageError(option + " needs a number from " + std::to_string(static_cast<int>(low)) +
                             " to " + std::to_string(static_cast<int>(high)) + ", not \"" + text + "\"");
  return *v;
}

int group(const std::string& text) {
  const double v = number("--group", text, 1, 5);
  if (v != std::floor(v)) throw UsageError("--group needs a whole number, not \"" + text + "\"");
  return static_cast<int>(v);
}

// The same recording named twice would repeat itself perfectly. `before`: of other files; within one a simulator may blow alike.
void must_be_new(const spirometry::RecordedBlow& blow, std::span<const spirometry::RecordedBlow> before,
                 const std::vector<std::string>& files) {
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].rate_hz == blow.rate_hz && before[i].blow.flow_lps == blow.blow.flow_lps)
      throw std::runtime_error("it is the same recording as " + files[i] + ": every blow counts once");
}

Wish wish_of(const std::vector<std::string>& args) {
  Wish w;
  auto* list = &w.files;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto& a = args[i];
    const auto value = [&]() -> const std::string& {
      if (i + 1 >= args.size()) throw UsageError(a + " needs a value");
      return args[++i];
    };
    if (a == "--json") w.json = true;
    else if (a == "--pre") list = &w.pre;
    else if (a == "--post") list = &w.post;
    else if (a == "--calibration") w.calibration = true;
    else if (a == "--help" || a == "-h") w.help = true;
    else if (a == "--age") w.age = number(a, value(), 2, 120);
    else if (a == "--height") w.height = number(a, value(), 50, 250);
    else if (a == "--set") w.set = value();
    else if (a == "--sex") w.sex = value();
    else if (a == "--group") w.group = group(value());
    else if (a == "--syringe") w.syringe_l = number(a, value(), 1, 8);
    else if (a == "--log") w.log = value();
    else if (a == "--btps") {
      const auto cells = spirometry::split_cells(value(), ',');
      if (cells.size() != 3)
        throw UsageError("--btps needs pressure,temperature,humidity such as 758,27.5,60");
      w.room = spirometry::Conditions{number("--btps pressure", std::string(cells[0]), 400, 820),
                                      number("--btps temperature", std::string(cells[1]), 0, 50),
                                      number("--btps humidity", std::string(cells[2]), 0, 100)};
    } else if (a.size() > 1 && a[0] == '-')
      throw UsageError("this option is not known: " + a);
    else list->push_back(a);
  }
  if (!w.set.empty() && (!w.age || !w.height || (w.sex != "m" && w.sex != "f")))
    throw UsageError("--set needs --age, --height and --sex m or f");
  if (!w.set.empty() && !*spirometry::publication(w.set))
    throw UsageError("--set needs GLI2012, GLI2022 or NHANES3, not \"" + w.set + "\"");
  if (w.pre.empty() != w.post.empty()) throw UsageError("--pre and --post need files each");
  if (!w.pre.empty() && (!w.files.empty() || w.calibration)) throw UsageError("every file must stand after --pre or after --post");
  return w;
}

int print(const nlohmann::ordered_json& json, bool good) {
  std::cout << json_text(json, 2) << "\n";
  return good ? 0 : 1;
}

// By the station's clock on the wall: in Vietnam a check before 7 o'clock would be yesterday's by UTC, and due again the same day.
std::string today() {
  const std::time_t now = std::time(nullptr);
  const std::tm* local = std::localtime(&now);  // one thread
  char text[16];
  if (!local || !std::strftime(text, sizeof text, "%Y-%m-%d", local)) throw std::runtime_error("the date is not known");
  return text;
}

int calibrate(const Wish& w) {
  std::vector<spirometry::Stroke> strokes;
  for (const auto& file : w.files) {
    Flow flow;
    try {
      flow = load_flow(file);
    } catch (const std::exception& e) {
      throw std::runtime_error(file + ": " + e.what());
    }
    const auto found = spirometry::find_strokes(flow.flow_lps, flow.rate_hz, w.syringe_l);
    strokes.insert(strokes.end(), found.begin(), found.end());
  }
  const auto check = spirometry::check_calibration(std::move(strokes), today(), w.syringe_l);
  auto json = spirometry::to_json(check);
  json["files"] = w.files;
  if (!w.log.empty()) {
    std::ofstream log(std::filesystem::path(w.log), std::ios::app | std::ios::binary);
    log << json_text(json) << "\n";
    if (!log.flush()) throw std::runtime_error("the calibration log could not be written: " + w.log);
  }
  if (w.json) return print(json, check.passed);
  std::cout << spirometry::to_text(check);
  return check.passed ? 0 : 1;
}

spirometry::Report report_of(const std::vector<std::string>& files, const Wish& w) {
  spirometry::Report report;
  report.files = files;
  report.age_years = w.age;
  std::vector<spirometry::RecordedBlow> recorded;
  if (w.room) {
    report.btps = spirometry::btps_factors(*w.room);
    report.volume_state = "BTPS";
  }
  for (const auto& file : files) {
    try {
      auto flow = load_flow(file);
      if (report.btps) spirometry::to_btps(flow.flow_lps, *report.btps);
      report.simulated = report.simulated || flow.simulated;
      auto blows = blows_of(flow, w.age);
      if (!flow.torn.empty()) report.errors.emplace_back(file, flow.torn);
      const std::size_t of_others = recorded.size();
      for (auto& b : blows) {
        if (!flow.simulated) must_be_new(b, std::span(recorded).first(of_others), report.file_of_blow);
        recorded.push_back(std::move(b));
        report.file_of_blow.push_back(file);
      }
    } catch (const std::exception& e) {
      report.errors.emplace_back(file, e.what());
    }
  }
  report.session = spirometry::judge(recorded, w.age);
  for (std::size_t i = 0; i < report.session.blows.size(); ++i)
    if (const auto& blow = report.session.blows[i]; !blow.measured())
      report.errors.emplace_back(report.file_of_blow[i],
                                 blow.clipped ? "the flow was beyond what the sensor can measure: the blow gives no numbers"
                                              : blow.begun_late ? "the recording begins in the middle of a blow: it gives no numbers"
                                                    : "the recording ends in the middle of a blow: it gives no numbers");
  if (!w.set.empty()) {
    report.reference_set = w.set;
    const spirometry::Subject subject{w.sex == "m" ? spirometry::Sex::male : spirometry::Sex::female, *w.age,
                                      *w.height, w.group};
    report.references = spirometry::compare(report.session.best, load_reference_tables(), w.set, subject);
  }
  return report;
}

}  // namespace

int analyze_spirometry(const std::vector<std::string>& args) {
  const auto w = wish_of(args);
  if (w.help) return std::fputs(spirometry_usage, stdout), 0;
  if (w.files.empty() && w.pre.empty()) throw UsageError("it needs a file");
  if (w.calibration) return calibrate(w);
  if (!w.pre.empty()) {
    const auto pre = report_of(w.pre, w), post = report_of(w.post, w);
    const bool good = pre.errors.empty() && post.errors.empty();
    if (w.json) return print(spirometry::to_json(pre, post), good);
    std::cout << "Before\n" << spirometry::to_text(pre) << "\nAfter\n" << spirometry::to_text(post) << "\n"
              << spirometry::to_text(spirometry::responses(pre, post));
    return good ? 0 : 1;
  }
  const auto report = report_of(w.files, w);
  const bool good = report.errors.empty();
  if (w.json) return print(spirometry::to_json(report), good);
  std::cout << spirometry::to_text(report);
  return good ? 0 : 1;
}

int analyze_calibration(const std::vector<std::string>& args) {
  auto with = args;
  with.push_back("--calibration");
  return analyze_spirometry(with);
}

}  // namespace caukham::cli
