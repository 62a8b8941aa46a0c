// caukham-plugin-run: one plugin, run as the application runs it, with what it delivers on the terminal. Part of the SDK.
#include <chrono>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include "core/log.hpp"
#include "core/supervisor.hpp"
#include "ipc/process.hpp"
#include "pluginrun/report.hpp"
#include "pluginrun/source.hpp"
#include "pluginrun/traffic_file.hpp"

namespace {

using namespace caukham;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* usage =
    "caukham-plugin-run runs one device plugin as Caukham does and shows what it delivers.\n"
    "\n"
    "  caukham-plugin-run FOLDER            the plugin whose manifest.json lies there, on the hardware it matches\n"
    "\n"
    "  --transcript FILE   instead of hardware: a device as a text (sdk/doc/simulation.md)\n"
    "  --device NAME       instead of hardware: a simulated device that comes with Caukham\n"
    "  --recording FILE    instead of hardware, for the replay plugin: an .edf, .bdf, .mkv or .jpg file\n"
    "  --seconds N         how long, 1 to 3600 (default 10); begins when the device is live\n"
    "  --set NAME=VALUE    sets a parameter that may be changed while it runs (may be given again)\n"
    "  --trace             draws the first stream, time running down\n"
    "  --csv FILE          writes the samples in physical units\n"
    "  --record FILE       writes the device's traffic down as a transcript, which --transcript plays\n"
    "\n"
    "Ends with 0 when every stream delivered, 1 when not, 2 when it was called wrongly.\n";

struct Options {
  std::string folder, csv, record;
  pluginrun::Wanted wanted;
  int seconds = 10;
  bool trace = false;
  std::vector<std::pair<std::string, double>> set;
};

template <class Number>
bool parse(std::string_view text, Number& n) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse(int argc, char** argv, Options& o) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--trace") {
      o.trace = true;
    } else if (!arg.starts_with("--") && o.folder.empty()) {
      o.folder = arg;
    } else if (++i == argc) {
      return false;
    } else if (arg == "--transcript") {
      o.wanted.transcript = argv[i];
    } else if (arg == "--device") {
      o.wanted.device = argv[i];
    } else if (arg == "--recording") {
      o.wanted.recording = argv[i];
    } else if (arg == "--csv") {
      o.csv = argv[i];
    } else if (arg == "--record") {
      o.record = argv[i];
    } else if (arg == "--seconds") {
      if (!parse(std::string_view(argv[i]), o.seconds) || o.seconds < 1 || o.seconds > 3600) return false;
    } else if (arg == "--set") {
      const std::string_view both = argv[i];
      const auto equals = both.find('=');
      double value = 0;
      if (equals == both.npos || !parse(both.substr(equals + 1), value)) return false;
      o.set.emplace_back(both.substr(0, equals), value);
    } else {
      return false;
    }
  }
  return !o.folder.empty() && o.wanted.transcript.empty() + o.wanted.device.empty() + o.wanted.recording.empty() >= 2;
}

// Beside this program when it is not installed, as in find_installation.
std::string part(const char* room, const std::string& name) {
  const fs::path here = fs::path(ipc::own_program_path()).parent_path();
  for (const fs::path& place : {here / ".." / "libexec" / "caukham" / name, here / name, here / ".." / room / name})
    if (fs::exists(place)) return fs::weakly_canonical(place).string();
  throw std::runtime_error(name + " is missing beside this program; install the SDK again");
}

void show_params(const core::Supervisor& supervisor, core::DeviceId device) {
  for (const auto& p : supervisor.params(device)) {
    std::printf("param    %s = %g %s (%s)", p.name.c_str(), p.value, p.unit.c_str(), p.label.c_str());
    if (!p.text.empty()) std::printf(" \"%s\"", p.text.c_str());
    for (std::size_t n = 0; n < p.words.size() && n < p.values.size(); ++n)
      std::printf("%s%g %s", n ? ", " : ": ", p.values[n], p.words[n].c_str());
    std::printf("%s\n", p.settable ? p.live ? ", can be set" : ", can be set while stopped" : "");
  }
}

int run(Options& o) {
  core::open_log({"", core::LogLevel::off, core::LogLevel::info});
  core::Hub hub;
  const auto inbox = hub.subscribe();
  core::SupervisorSettings settings;
  settings.plugin_host = part("pluginhost", "caukham-pluginhost");
  settings.restarts = 0;  // a developer wants to see the first failure
  if (!o.wanted.transcript.empty() || !o.wanted.device.empty()) o.wanted.simulator = part("virtualbus", "caukham-simulator");
  if (!o.wanted.transcript.empty()) o.wanted.transcript = fs::absolute(o.wanted.transcript).string();
  std::optional<pluginrun::TrafficFile> record;
  if (!o.record.empty()) {
    record.emplace(o.record);
    settings.record_traffic = [&record](ipc::Channel from) { record->take(std::move(from)); };
  }
  pluginrun::Report report(o.trace, o.csv);
  core::Supervisor supervisor(hub, core::Registry::of(fs::absolute(o.folder).lexically_normal().string()), settings);
  supervisor.add_source(pluginrun::make_source(o.wanted));
  supervisor.start();

  auto end = Clock::now() + std::chrono::seconds(20);  // to become live
  bool live = false;
  while (Clock::now() < end && !report.failed()) {
    for (const auto& item : inbox->take(std::chrono::milliseconds(50))) report.take(item);
    for (const auto& device : supervisor.devices()) {
      if (live || device.state != core::DeviceState::live) continue;
      live = true;
      end = Clock::now() + std::chrono::seconds(o.seconds);
      show_params(supervisor, device.id);
      for (const auto& [name, value] : o.set)
        supervisor.set_param(device.id, name, value, [name = name](ck_result r, double now) {
          std::printf("param    %s is now %g%s\n", name.c_str(), now, r < 0 ? ": it was not set" : "");
        });
    }
  }
  if (!live && supervisor.devices().empty())
    std::printf("No device was found that the manifest matches. Is it plugged in, do the \"match\" lines name it, and may you use it?\n");
  supervisor.stop();
  for (const auto& item : inbox->take(std::chrono::milliseconds(0))) report.take(item);
  report.print_sum();
  if (record && !record->finish()) return 1;
  return live && report.delivered() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h"))
    return std::fputs(usage, stdout), 0;
  if (!parse(argc, argv, options)) return std::fputs(usage, stderr), 2;
  try {
    return run(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "caukham-plugin-run: %s\n", e.what());
    return 1;
  }
}
