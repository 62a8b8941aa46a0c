// Runs tests, each in a process of its own with a time limit, several at once: a plugin that crashes or hangs costs one
// test and nothing else.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plugincheck/check.hpp"

namespace caukham::plugincheck {

enum class Outcome : std::uint8_t { passed, failed, skipped };
const char* name_of(Outcome outcome);

struct Result {
  const Check* check = nullptr;
  Outcome outcome = Outcome::failed;
  std::string why;                // failed or skipped: what was seen, or why it cannot be judged
  std::vector<std::string> seen;  // beside it
  std::string output;             // what the process wrote, the end of it; only of failed tests
  int ms = 0;
};

struct Plan {
  std::string manifest;    // path
  std::string device;      // a name of the simulator's catalogue, or ""
  std::string transcript;  // a path, or ""
  std::string pictures;    // see Pictures
  std::string recording;   // the path of an endpoint of link "plugin", or ""
  std::string keys;        // folder of vendors' keys, or ""
  std::uint64_t seed = 1;
  int jobs = 1;
};

// Results in the order of `checks`; `done` hears of each in that order, as soon as possible.
std::vector<Result> run_all(const Plan& plan, const std::vector<Check>& checks,
                            const std::function<void(const Result&)>& done);

// In the test's process: runs one test and reports over channel `handle`. Does not return.
[[noreturn]] void run_child(const Plan& plan, const std::string& test, const std::string& handle);

}  // namespace caukham::plugincheck
