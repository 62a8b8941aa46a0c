#include "core/plugin_process.hpp"

#include <cstdint>
#include <cstdio>

namespace caukham::core {
namespace {

// What the plugin host may open of the system's, in its own words; "" for a device on the other end of a channel.
std::string reach(const ck_endpoint& endpoint) {
  if (endpoint.flags & CK_ENDPOINT_VIRTUAL) return "";
  // A recording that the application found. What a plugin finds by itself opens no files to it.
  if (endpoint.link == CK_LINK_PLUGIN)
    return endpoint.flags & CK_ENDPOINT_SIMULATED ? "file:" + ipc::text_of(endpoint.path) : "";
  const auto path = ipc::text_of(endpoint.path);
  switch (endpoint.link) {
    case CK_LINK_USB: return "usb:" + path;
    case CK_LINK_HID: return "hid:" + path;
    case CK_LINK_SERIAL: return "serial:" + path;
    case CK_LINK_VIDEO: return "video:" + path;
    default: return "";
  }
}

// The file in which the plugin host keeps what this device wants kept. The number tells devices apart whose names are the
// same once they are a file's (FNV-1a, 64 bits).
std::string kept_as(const std::string& device) {
  std::uint64_t number = 14695981039346656037u;
  for (const char c : device) number = (number ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char digits[20];
  std::snprintf(digits, sizeof digits, "-%016llx", static_cast<unsigned long long>(number));
  return file_name_of(device) + digits + ".state";
}
}  // namespace

PluginHostStarted spawn_plugin_host(const SupervisorSettings& settings, const ipc::Manifest& manifest,
                                    const ck_endpoint& endpoint, const std::string& identity, const ipc::Handle& pool,
                                    const ipc::Handle& flight, std::optional<ipc::Channel> link) {
  auto [ours, theirs] = ipc::Channel::pair();
  auto [read_end, write_end] = ipc::output_pipe();
  const ipc::Handle channel = theirs.release();
  const ipc::Handle to_device = link ? link->release() : ipc::Handle();

  ipc::Spawn what;
  what.program = settings.plugin_host;
  what.arguments = {"--manifest", manifest.folder + "/manifest.json", "--channel", "3", "--pool", "4", "--flight", "5"};
  what.inherit = {{&channel, 3}, {&pool, 4}, {&flight, 5}};
  what.clean_environment = true;
  what.confined = true;
  what.memory_bytes = (std::uint64_t{manifest.memory_mb} << 20) + manifest.pool.bytes() + settings.library_bytes;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) what.arguments.insert(what.arguments.end(), {name, value});
  };
  if (to_device.valid()) {
    what.inherit.emplace_back(&to_device, 6);
    add("--bus", "6");
  }
  ipc::Handle to_record;
  if (settings.record_traffic) {
    auto [here, there] = ipc::Channel::pair();
    to_record = there.release();
    settings.record_traffic(std::move(here));
    const int number = to_device.valid() ? 7 : 6;
    what.inherit.emplace_back(&to_record, number);
    add("--record", std::to_string(number));
  }
  if (settings.plugins) {
    add("--state", settings.plugins->state_folder(manifest.id));
    add("--keep", kept_as(identity + "-" + ipc::text_of(endpoint.kind)));
  }
  add("--reach", reach(endpoint));
  if (settings.allow_faults) what.arguments.push_back("--allow-faults");
  what.output = &write_end;
  return {ipc::Process::spawn(what), std::move(ours), std::move(read_end)};
}

}  // namespace caukham::core
