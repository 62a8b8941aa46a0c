// Commands that run a station: devices, exam run, session serve.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "cli/commands.hpp"
#include "core/i18n.hpp"
#include "core/words.hpp"
#include "json/json_text.hpp"
#include "station/scenario.hpp"

namespace caukham::cli {
namespace {

using core::tr;
using nlohmann::json;
std::atomic<bool> interrupted{false};

// Until `met`, at most `seconds`, or Ctrl-C.
template <class Met>
bool wait(station::Station& station, int seconds, Met met) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (!interrupted) {
    if (met(*station.snapshot())) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

// What the desk says about it, else `otherwise`.
std::string why_not(const station::Snapshot& s, const std::string& otherwise) {
  return !s.trouble.empty() ? s.trouble : s.notices.empty() ? otherwise : s.notices.back().words;
}

void ready(station::Station& station) {
  if (wait(station, 20, [](const auto& s) { return s.ready; })) return;
  const auto now = station.snapshot();
  throw std::runtime_error(why_not(*now, tr("The station did not start.")));
}

const std::vector<std::string> simulated_kinds = {"ecg", "otoscope", "dermatoscope", "spirometer"};

}  // namespace

int devices(const Call& call) {
  const auto station = station::make_station(call.station);
  ready(*station);
  if (call.station.simulate)
    for (const auto& kind : simulated_kinds) station->simulate("plug " + kind);
  // Hardware that is there is found within a moment; what is still opening is waited for.
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
  wait(*station, 10, [&](const auto& s) {
    if (!call.station.replay.empty() && s.devices.empty()) return false;
    if (call.station.simulate && s.devices.size() < simulated_kinds.size()) return false;
    for (const auto& device : s.devices)
      if (device.state == core::DeviceState::opening) return false;
    return true;
  });
  json list = json::array();
  const auto now = station->snapshot();
  for (const auto& d : now->devices)
    list.push_back({{"kind", d.kind}, {"name", d.name}, {"identity", d.identity}, {"plugin", d.plugin_id},
                    {"version", d.plugin_version}, {"state", core::text_of(d.state)}, {"restarts", d.restarts},
                    {"simulated", d.simulated}, {"problem", d.problem}});
  if (call.json) {
    std::cout << json_text(list, 2) << "\n";
    return 0;
  }
  if (list.empty()) std::cout << tr("No device is plugged in that an installed plugin knows.") << "\n";
  for (const auto& d : now->devices)
    std::cout << d.kind << "  " << d.name << "  " << d.identity << "  " << core::text_of(d.state)
              << (d.simulated ? "  SIMULATED" : "") << (d.problem.empty() ? "" : "  " + d.problem) << "\n";
  return 0;
}

int exam_run(const Call& call) {
  const auto script = station::load_scenario(call.words[2]);
  const auto station = station::make_station(call.station);
  station::ScenarioHooks hooks;
  hooks.say = [&](const json& line) { (call.json ? std::cout : std::cerr) << json_text(line) << std::endl; };
  const auto report = station::run_scenario(*station, script, call.out, hooks);
  std::ofstream(call.out + "/summary.json") << json_text(report, 2) << "\n";
  if (call.json) std::cout << json_text(json{{"report", report}}) << std::endl;
  else std::cout << json_text(report, 2) << "\n";
  return report.value("ok", false) ? 0 : 1;
}

int session_serve(const Call& call) {
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  const auto station = station::make_station(call.station);
  ready(*station);
  station->open_exam("", "");  // whose it is can be said later: caukham-cli record name
  if (call.station.simulate)
    for (const auto& kind : simulated_kinds) station->simulate("plug " + kind);
  if (!wait(*station, 10, [](const auto& s) { return s.recording_since_ns != 0; }))
    throw std::runtime_error(why_not(*station->snapshot(), tr("The examination could not be opened.")));
  station->open_session();
  if (!wait(*station, 10, [](const auto& s) { return !s.invitation_link.empty(); })) {
    const auto now = station->snapshot();
    throw std::runtime_error(why_not(*now, tr("The session could not be opened.")));
  }
  const auto now = station->snapshot();
  if (call.json)
    std::cout << json_text(json{{"link", now->invitation_link}, {"code", now->invitation_code},
                                {"fingerprint", now->invitation_fingerprint}}) << std::endl;
  else
    std::cout << tr("Link: {0}", now->invitation_link) << "\n" << tr("Code: {0}", now->invitation_code) << "\n"
              << tr("Whoever knocks is shown here; type y to admit, anything else to refuse. Ctrl-C ends.") << std::endl;
  std::string asked;
  while (!interrupted) {
    wait(*station, 3600, [&](const auto& s) {
      for (const auto& g : s.guests)
        if (g.state == "knocking" && g.id != asked) return true;
      return false;
    });
    for (const auto& g : station->snapshot()->guests) {
      if (g.state != "knocking" || g.id == asked) continue;
      asked = g.id;
      std::cout << (call.json ? json_text(json{{"knocking", g.id}, {"name", g.name}, {"organisation", g.organisation}})
                              : tr("{0} ({1}) wants to join:", g.name, g.organisation) + " ")
                << std::endl;
      std::string answer;
      if (!std::getline(std::cin, answer)) break;
      if (answer == "y") station->admit(g.id);
      else station->refuse_guest(g.id);
    }
  }
  station->close_exam();
  interrupted = false;
  wait(*station, 30, [&](const auto&) { return !station->report_json().empty(); });
  return 0;
}

}  // namespace caukham::cli
