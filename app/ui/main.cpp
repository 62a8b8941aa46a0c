// The program `caukham`: a station with the nurse's window in front.
#include <algorithm>
#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/version.hpp"
#include "core/words.hpp"
#include "ipc/crash.hpp"
#include "json/json_text.hpp"
#include "record/error.hpp"
#include "record/paths.hpp"
#include "station/folder_use.hpp"
#include "station/scenario.hpp"
#include "station/station.hpp"
#include "ui/native.hpp"
#include "ui/settings.hpp"
#include "ui/trouble_window.hpp"
#include "ui/window.hpp"

namespace po = boost::program_options;
using namespace caukham;
using core::tr;

namespace {

constexpr std::size_t crash_dumps_kept = 5;

struct Command {
  station::Options station;
  ui::WindowOptions window;
  std::string scenario, out;
};

// Throws po::error with words for the person at the command line; false: help was asked for and given.
bool read_command(int argc, char** argv, Command& c) {
  std::string data, screenshots, lang;
  po::options_description all("caukham");
  all.add_options()("help,h", "what can be given here")(
      "simulate", po::bool_switch(&c.station.simulate),
      "practice: simulated devices, everything marked SIMULATED")(
      "safe", po::bool_switch(&c.station.safe), "start without other makers' driver programs")(
      "developer", po::bool_switch(&c.station.developer), "unsigned driver programs may run, marked on the screen")("data", po::value(&data),
                                                                  "folder for patients and examinations")(
      "lang", po::value(&lang), "vi or en; otherwise what was used last")(
      "scenario", po::value(&c.scenario), "plays a script of acts, then closes unless it says stay")(
      "out", po::value(&c.out)->default_value("."), "where the script puts its report")(
      "public-host", po::value(&c.station.public_host), "host name for the invitation's link")(
      "port", po::value(&c.station.port)->default_value(0), "port of the meeting; 0: any free one")(
      "ecg", po::value(&c.station.ecg_record), "practice: a WFDB header to play")(
      "spirometry", po::value(&c.station.spirometry_folder), "practice: a folder of volume-time curves")(
      "screenshot-dir", po::value(&screenshots), "where F12 puts pictures of the window");
  po::variables_map given;
  po::store(po::parse_command_line(argc, argv, all), given);
  po::notify(given);
  if (given.count("help")) {
    std::cout << all << '\n';
    return false;
  }
  if (!lang.empty() && lang != "vi" && lang != "en") throw po::error("--lang is vi or en");
  c.window.language = lang.empty() ? ui::Settings::load(ui::settings_file()).language : lang;
  c.station.language = c.window.language;
  c.station.data_folder = data;
  c.window.screenshot_dir = screenshots;
  c.station.program_folder = boost::dll::program_location().parent_path().string();
  return true;
}

// Plays the script beside the open window and closes it; the report lands in out/report.json.
int play(station::Station& desk, const Command& c) {
  int result = 1;
  try {
    const auto script = station::load_scenario(c.scenario);
    station::ScenarioHooks hooks;
    hooks.screenshot = [](const std::string& path) { return ui::save_screenshot(path); };
    hooks.say = [](const nlohmann::json& line) { std::cout << json_text(line) << std::endl; };
    const auto report = station::run_scenario(desk, script, c.out, hooks);
    if (script.value("stay", false)) return 0;  // the window is the person's from here on
    std::ofstream(std::filesystem::path(c.out) / "report.json") << json_text(report, 2) << '\n';
    result = report.value("ok", false) ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "caukham: " << e.what() << '\n';
  }
  ui::close_window();
  return result;
}

// Another Caukham has the data folder. Its window is brought forward where that is what was wanted; what stands in the way
// is thrown, in words for a person.
int show_the_other(const station::FolderUse& use, bool practice, bool by_script) {
  const auto& other = use.other();
  if (!other.same_screen(station::own_seat()))
    throw std::runtime_error(tr("{0} has Caukham open on this PC. One at a time can work with the station's record: let {0} close it "
                                "first. If {0} is not here, restart the PC; what is recorded is kept.",
                                other.user));
  if (other.practice != practice)
    throw std::runtime_error(practice ? tr("Caukham is open for examinations. Close that window before you practise.")
                                      : tr("Caukham is open for practice. Close that window before you examine a patient."));
  const auto pid = std::to_string(other.pid);
  if (by_script) throw std::runtime_error(tr("Caukham is already open with this data folder (process {0}).", pid));
  ui::native::let_to_front(other.pid);
  if (use.ask_to_show(std::chrono::seconds(8))) return 0;
  throw std::runtime_error(tr("Caukham is already open and does not answer (process {0}). It may be finishing an examination: wait half a "
                              "minute and try again. If its window stays as it is, restart the PC; what is recorded is kept.",
                              pid));
}

// Takes the data folder; nothing where it cannot be written: the station says why in its window, and tries again.
std::unique_ptr<const station::FolderUse> take(const std::filesystem::path& folder, bool practice) {
  try {
    return std::make_unique<const station::FolderUse>(folder, practice);
  } catch (const record::RecordError& e) {
    core::log_error("caukham", e.what());
    return nullptr;
  }
}

int run(Command& command, bool by_script) {
  core::set_language(command.window.language, core::locale_folder());
  auto& options = command.station;
  if (options.data_folder.empty()) options.data_folder = record::default_data_folder();
  const auto use = take(options.data_folder, options.simulate);
  if (use && !use->ours()) return show_the_other(*use, options.simulate, by_script);
  const auto logs = station::logs_folder(options.data_folder);
  core::open_log({logs.string()});
  ipc::keep_crash_dumps(logs, "caukham", crash_dumps_kept);
  if (use) {
    options.interrupted = use->interrupted();
    options.crash_dump = use->crash_dump();
    command.window.asked_to_show = [&] { return use->asked_to_show(); };
  }
  const auto desk = station::make_station(options);
  int played = 0;
  std::thread script;
  if (!command.scenario.empty()) {
    command.window.opened = [&] { script = std::thread([&] { played = play(*desk, command); }); };
  }
  const int result = ui::run_window(*desk, command.window);
  if (script.joinable()) script.join();
  return result ? result : played;
}

// For the technician, in English.
std::string details(int argc, char** argv) {
  std::string text = std::string("Caukham ") + core::version + ", " + core::iso8601_utc(core::to_unix_ns(core::now_ns()));
  for (int i = 0; i < argc; ++i) text += (i ? " " : "\n") + std::string(argv[i]);
  return text;
}
}  // namespace

int main(int argc, char** argv) {
  const bool by_script = std::any_of(argv, argv + argc, [](std::string_view word) { return word.starts_with("--scenario"); });
  core::set_language(ui::Settings::load(ui::settings_file()).language, core::locale_folder());
  std::string said, words;
  try {
    Command command;
    if (!read_command(argc, argv, command)) return 0;
    return run(command, by_script);
  } catch (const po::error& e) {
    said = e.what();
    words = tr("Caukham was started with an option it cannot use ({0}). Start it from its own icon; whoever made this shortcut "
               "finds the options with caukham --help | more.",
               said);
  } catch (const std::exception& e) {
    said = words = e.what();
  }
  std::cerr << "caukham: " << said << '\n';
  if (!by_script) ui::show_trouble({tr("Caukham could not start"), words, details(argc, argv)});
  return 2;
}
