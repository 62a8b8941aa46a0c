// Started by the application only; the numbers are inherited handles.
#include <cstdio>
#include <string_view>

#include "ipc/flight.hpp"
#include "ipc/process.hpp"
#include "pluginhost/loop.hpp"
#include "pluginhost/own_process.hpp"
#include "pluginhost/transport/trace.hpp"
#include "pluginhost/transport/traffic.hpp"

namespace {

using namespace caukham;

constexpr const char* usage =
    "caukham-pluginhost runs one device plugin and is started by Caukham itself:\n"
    "  caukham-pluginhost --manifest PATH --channel N --pool N [--bus N] [--flight N] [--state FOLDER [--keep NAME]]\n"
    "                     [--reach LINK:PATH]... [--allow-faults] [--trace] [--record N] [--no-sandbox] [--rig FOLDER]\n"
    "  caukham-pluginhost --scan --manifest PATH --channel N\n"
    "  --state        where the plugin may write; nowhere else\n"
    "  --keep         the name under which it keeps there what this device wants kept\n"
    "  --reach        a device of the system's that it may open: usb:1-2, hid:1-2:1.0, serial:/dev/ttyACM0,\n"
    "                 video:/dev/video0; or a recording that it may read, file:/a/recording.bdf. Nothing else\n"
    "  --record       the device's traffic as a transcript goes there\n"
    "  --no-sandbox   for a debugger\n"
    "  --rig          a played system for tests, which may be read and written\n";

struct Arguments {
  pluginhost::HostOptions host;
  ipc::Handle channel, bus, flight, record;
  std::string state, keep, rig;
  std::vector<std::string> nodes, recordings;
  bool sandbox = true;
};

// "usb:1-2.3"
bool add_reach(Arguments& a, std::string_view what) {
  if (what.starts_with("file:")) return a.recordings.emplace_back(what.substr(5)), true;
  constexpr std::pair<std::string_view, ck_link> links[] = {
      {"usb:", CK_LINK_USB}, {"hid:", CK_LINK_HID}, {"serial:", CK_LINK_SERIAL}, {"video:", CK_LINK_VIDEO}};
  for (const auto& [name, link] : links)
    if (what.starts_with(name)) {
      for (auto& node : pluginhost::device_nodes(link, std::string(what.substr(name.size())))) a.nodes.push_back(node);
      return true;
    }
  return false;
}

bool read(int argc, char** argv, Arguments& a) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--allow-faults") a.host.allow_faults = true;
    else if (name == "--scan") a.host.scan = true;
    else if (name == "--trace") pluginhost::Trace::enable();
    else if (name == "--no-sandbox") a.sandbox = false;
    else if (++i == argc) return false;
    else if (name == "--manifest") a.host.manifest_path = argv[i];
    else if (name == "--channel") a.channel = ipc::inherited(argv[i]);
    else if (name == "--pool") a.host.pool = ipc::inherited(argv[i]);
    else if (name == "--bus") a.bus = ipc::inherited(argv[i]);
    else if (name == "--flight") a.flight = ipc::inherited(argv[i]);
    else if (name == "--record") a.record = ipc::inherited(argv[i]);
    else if (name == "--state") a.state = argv[i];
    else if (name == "--keep") a.keep = argv[i];
    else if (name == "--rig") a.rig = argv[i];
    else if (name != "--reach" || !add_reach(a, argv[i])) return false;
  }
  return !a.host.manifest_path.empty() && a.channel.valid() && (a.host.pool.valid() || a.host.scan);
}

pluginhost::SandboxReport enter(const Arguments& a) {
  if (!a.sandbox) return {ipc::SandboxLevel::none, "switched off for a debugger"};
  ipc::Manifest manifest;
  try {
    manifest = ipc::read_manifest(a.host.manifest_path);
  } catch (const ipc::ManifestError&) {
    return {};  // nothing will be loaded: the loop says why
  }
  auto rules = pluginhost::rules_for(manifest, a.state);
  rules.read.push_back(a.host.manifest_path);
  rules.read.insert(rules.read.end(), a.recordings.begin(), a.recordings.end());
  rules.devices.insert(rules.devices.end(), a.nodes.begin(), a.nodes.end());
  if (!a.rig.empty()) {
    rules.write.push_back(a.rig);
    rules.devices.insert(rules.devices.end(), {a.rig, "/dev/pts"});
    rules.local_sockets = true;
  }
  pluginhost::use_folder(a.state);
  return pluginhost::enter_sandbox(rules);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments a;
  if (!read(argc, argv, a)) {
    std::fputs(usage, stderr);
    return pluginhost::exit_arguments;
  }
  try {
    if (a.flight.valid())
      pluginhost::Trace::record_into(ipc::Mapping(a.flight, sizeof(ipc::FlightLines), true));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "caukham-pluginhost: --flight: %s\n", e.what());
    return pluginhost::exit_arguments;
  }
  if (!a.state.empty() && !a.keep.empty()) a.host.state_file = a.state + "/" + a.keep;
  a.host.sandbox = enter(a);
  a.host.channel = ipc::Channel::adopt(std::move(a.channel));
  if (a.record.valid()) pluginhost::Traffic::record_into(ipc::Channel::adopt(std::move(a.record)));
  if (a.bus.valid()) a.host.bus = ipc::Channel::adopt(std::move(a.bus));
  // When the application is gone, a plugin that does not let itself be stopped must not keep this process
  // alive.
  a.host.orphaned = [] { pluginhost::end_within(3); };
  return pluginhost::run_host(std::move(a.host));
}
