#include "core/plugin_process.hpp"

namespace caukham::core {

PluginHostStarted spawn_plugin_host(const SupervisorSettings& settings, const ipc::Manifest& manifest,
                                    const ipc::Handle& pool, std::optional<ipc::Channel> link) {
  auto [ours, theirs] = ipc::Channel::pair();
  auto [read_end, write_end] = ipc::output_pipe();
  const ipc::Handle channel = theirs.release();
  const ipc::Handle to_device = link ? link->release() : ipc::Handle();

  ipc::Spawn what;
  what.program = settings.plugin_host;
  what.arguments = {"--manifest", manifest.folder + "/manifest.json", "--channel", "3", "--pool", "4"};
  what.inherit = {{&channel, 3}, {&pool, 4}};
  if (to_device.valid()) {
    what.inherit.emplace_back(&to_device, 5);
    what.arguments.insert(what.arguments.end(), {"--bus", "5"});
  }
  if (settings.allow_faults) what.arguments.push_back("--allow-faults");
  what.output = &write_end;
  return {ipc::Process::spawn(what), std::move(ours), std::move(read_end)};
}

}  // namespace caukham::core
