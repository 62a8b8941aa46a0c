// The program `caukham`: a station with the nurse's window in front.
#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/program_options.hpp>
#include <fstream>
#include <iostream>
#include <thread>

#include "core/i18n.hpp"
#include "json/json_text.hpp"
#include "station/scenario.hpp"
#include "station/station.hpp"
#include "ui/settings.hpp"
#include "ui/window.hpp"

namespace po = boost::program_options;
using namespace caukham;

namespace {

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
}  // namespace

int main(int argc, char** argv) {
  try {
    Command command;
    if (!read_command(argc, argv, command)) return 0;
    core::set_language(command.window.language, core::locale_folder());
    const auto desk = station::make_station(command.station);
    int played = 0;
    std::thread script;
    if (!command.scenario.empty()) {
      command.window.opened = [&] { script = std::thread([&] { played = play(*desk, command); }); };
    }
    const int result = ui::run_window(*desk, command.window);
    if (script.joinable()) script.join();
    return result ? result : played;
  } catch (const std::exception& e) {
    std::cerr << "caukham: " << e.what() << '\n';
    return 2;
  }
}
