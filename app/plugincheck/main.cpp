// caukham-plugin-check: tells a device maker whether a plugin keeps every promise of the SDK's headers.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "ipc/manifest.hpp"
#include "json/json_text.hpp"
#include "plugincheck/models.hpp"
#include "plugincheck/runner.hpp"

namespace {

using namespace caukham;
using namespace caukham::plugincheck;
using nlohmann::json;

constexpr const char* usage =
    "caukham-plugin-check tells whether a device plugin keeps every promise of the SDK's headers.\n"
    "\n"
    "  caukham-plugin-check list [--json]            all tests, each with what it protects\n"
    "  caukham-plugin-check run FOLDER               all tests on the plugin whose manifest.json lies there\n"
    "\n"
    "  --test NAME         only this test (may be given again)\n"
    "  --transcript FILE   the device, as a text of what it answers (sdk/doc/simulation.md)\n"
    "  --device NAME       a simulated device that comes with Caukham; \"none\": no device.\n"
    "                      Without either the one that the manifest matches is taken\n"
    "  --recording FILE    what a plugin of link \"plugin\" plays\n"
    "  --keys FOLDER       whose signature it must carry: the folder of vendor.key\n"
    "  --reproduce SEED    repeats the random tests exactly\n"
    "  --jobs N            tests at once, 1 to 16 (default: 4 or what the computer has)\n"
    "  --json              the result as JSON on standard output\n"
    "  --quiet             failed tests and the sum only\n"
    "\n"
    "Every test runs in a process of its own. What cannot be judged is skipped with the reason, never passed.\n"
    "Ends with 0 when no test failed, 1 when one did, 2 when nothing could be tested.\n";

struct Options {
  std::string verb, folder, report;
  std::vector<std::string> tests;
  Plan plan;
  bool as_json = false, quiet = false;
};

int fail(const std::string& words) {
  std::fprintf(stderr, "caukham-plugin-check: %s\n", words.c_str());
  return 2;
}

template <class Number>
bool parse(const std::string& text, Number& n) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end == text.data() + text.size();
}

int list(bool as_json) {
  json all = json::array();
  for (const Check& c : all_checks()) {
    if (as_json) all.push_back({{"name", c.name}, {"sentence", c.sentence}, {"guide", c.guide}});
    else std::printf("%-22s %s\n", c.name, c.sentence);
  }
  if (as_json) std::printf("%s\n", json_text(all, 1).c_str());
  return 0;
}

void tell(const Result& r, bool quiet) {
  if (quiet && r.outcome != Outcome::failed) return;
  const char* mark = r.outcome == Outcome::passed ? "pass" : r.outcome == Outcome::failed ? "FAIL" : "skip";
  std::printf("%s  %-22s %s\n", mark, r.check->name, r.check->sentence);
  if (!r.why.empty()) std::printf("      %s%s\n", r.outcome == Outcome::failed ? "--> " : "because ", r.why.c_str());
  if (r.outcome != Outcome::skipped)
    for (const std::string& seen : r.seen) std::printf("      seen: %s\n", seen.c_str());
  if (r.outcome == Outcome::failed) {
    if (!r.output.empty()) std::printf("      its output: %.2000s\n", r.output.c_str());
    std::printf("      read: sdk/doc/%s\n", r.check->guide);
  }
  std::fflush(stdout);
}

int run(Options& o) {
  namespace fs = std::filesystem;
  const fs::path given(o.folder);
  std::error_code error;
  const fs::path manifest_path = fs::is_directory(given, error) ? given / "manifest.json" : given;
  o.plan.manifest = fs::absolute(manifest_path, error).string();
  const ipc::Manifest manifest = ipc::read_manifest(o.plan.manifest);
  if (!o.plan.transcript.empty()) {
    make_model("", o.plan.transcript, "");  // says now what is wrong with it
    o.plan.transcript = fs::absolute(o.plan.transcript, error).string();
  } else if (o.plan.device == "none") {
    o.plan.device.clear();
  } else if (o.plan.device.empty()) {
    o.plan.device = matching_device(manifest);
  }
  if (!o.plan.recording.empty()) o.plan.recording = fs::absolute(o.plan.recording, error).string();
  if (!o.plan.keys.empty()) o.plan.keys = fs::absolute(o.plan.keys, error).string();
  const Pictures pictures(o.plan.device);
  o.plan.pictures = pictures.folder();
  std::vector<Check> checks = all_checks();
  if (!o.tests.empty())
    std::erase_if(checks, [&](const Check& c) { return std::find(o.tests.begin(), o.tests.end(), c.name) == o.tests.end(); });
  if (checks.size() < std::max<std::size_t>(1, o.tests.size())) return fail("there is no such test; see \"list\"");

  const std::string device = !o.plan.transcript.empty() ? "transcript " + o.plan.transcript
                             : !o.plan.recording.empty() ? "recording " + o.plan.recording
                             : !o.plan.device.empty()   ? "simulated " + o.plan.device
                                                        : "none";
  if (!o.as_json)
    std::printf("%s %s by %s\ndevice: %s; seed %llu\n\n", manifest.name.c_str(), manifest.version.c_str(),
                manifest.vendor.c_str(), device.c_str(), static_cast<unsigned long long>(o.plan.seed));
  int counts[3] = {0, 0, 0};
  json tests = json::array();
  run_all(o.plan, checks, [&](const Result& r) {
    ++counts[static_cast<int>(r.outcome)];
    if (!o.as_json) return tell(r, o.quiet);
    tests.push_back({{"name", r.check->name}, {"sentence", r.check->sentence}, {"outcome", name_of(r.outcome)},
                     {"why", r.why}, {"seen", r.seen}, {"output", r.output},
                     {"guide", std::string("sdk/doc/") + r.check->guide}, {"ms", r.ms}});
  });
  if (o.as_json)
    std::printf("%s\n", json_text(json({{"plugin", manifest.id}, {"version", manifest.version},
                                        {"manifest", o.plan.manifest},
                                        {"device", device}, {"seed", o.plan.seed}, {"passed", counts[0]},
                                        {"failed", counts[1]}, {"skipped", counts[2]}, {"tests", tests}}), 1).c_str());
  else
    std::printf("\n%d passed, %d failed, %d skipped; the random tests again: --reproduce %llu\n", counts[0],
                counts[1], counts[2], static_cast<unsigned long long>(o.plan.seed));
  return counts[1] > 0 ? 1 : counts[0] == 0 ? 2 : 0;
}

}  // namespace

namespace caukham::plugincheck {

std::vector<Check> all_checks() {
  std::vector<Check> out;
  for (const auto& group : {file_checks(), state_checks(), stream_checks(), param_checks(), event_checks(), wire_checks(), endure_checks()})
    out.insert(out.end(), group.begin(), group.end());
  return out;
}

}  // namespace caukham::plugincheck

int main(int argc, char** argv) {
  Options o;
  o.plan.seed = std::random_device{}();
  o.plan.jobs = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 4u));
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : ""; };
    if (arg == "--json") o.as_json = true;
    else if (arg == "--quiet") o.quiet = true;
    else if (arg == "--test") o.tests.push_back(value());
    else if (arg == "--transcript") o.plan.transcript = value();
    else if (arg == "--device") o.plan.device = value();
    else if (arg == "--recording") o.plan.recording = value();
    else if (arg == "--keys") o.plan.keys = value();
    else if (arg == "--manifest") o.plan.manifest = value();
    else if (arg == "--pictures") o.plan.pictures = value();
    else if (arg == "--report") o.report = value();
    else if (arg == "--reproduce") {
      if (!parse(value(), o.plan.seed)) return fail("a seed is a whole number");
    } else if (arg == "--jobs") {
      if (!parse(value(), o.plan.jobs) || o.plan.jobs < 1 || o.plan.jobs > 16) return fail("--jobs takes 1 to 16");
    } else if (arg == "--help" || arg == "-h") {
      return std::fputs(usage, stdout), 0;
    } else if (!arg.starts_with("--") && o.verb.empty()) {
      o.verb = arg;
    } else if (!arg.starts_with("--") && o.folder.empty()) {
      o.folder = arg;
    } else {
      return std::fputs(usage, stderr), fail("\"" + arg + "\" is not known");
    }
  }
  try {
    if (o.verb == "child" && o.tests.size() == 1) run_child(o.plan, o.tests[0], o.report);
    if (o.verb == "list") return list(o.as_json);
    if (o.verb == "run" && !o.folder.empty()) return run(o);
  } catch (const std::exception& e) {
    return fail(e.what());
  }
  std::fputs(usage, stderr);
  return 2;
}
