// A script of acts on the desk, as the headless demonstration, the tests and support use it. The script does what a
// nurse does, through the same face, and waits for what she would wait for; every wait has an end.
//
// File: {"steps": [{"do": "patient", "name": "…"}, {"do": "open_exam", …}, …]}; the acts are in scenario.cpp.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "station/station.hpp"

namespace caukham::station {

struct ScenarioHooks {
  // Stores a picture of the window under `path`; empty: there is no window, the step is skipped.
  std::function<bool(const std::string& path)> screenshot;
  // One JSON object a line for whoever plays the other parts (invitation, "cut the line now").
  std::function<void(const nlohmann::json& line)> say;
};

// Reads a script. Throws runtime_error in words when there is none, or it has no steps.
nlohmann::json load_scenario(const std::string& file);

// Runs the script to its end on the calling thread (not the window's). Returns the report with "ok" and, when a step
// failed, "failed": {step, words}. `out` is the folder for screenshots and the exported exam.
nlohmann::json run_scenario(Station& station, const nlohmann::json& script, const std::string& out,
                            const ScenarioHooks& hooks);

}  // namespace caukham::station
