// How a plugin host is run. Private to the supervisor.
#pragma once
#include <optional>

#include "core/supervisor.hpp"
#include "ipc/channel.hpp"
#include "ipc/messages.hpp"
#include "ipc/process.hpp"

namespace caukham::core {

struct PluginHostStarted {
  ipc::Process process;
  ipc::Channel channel;
  ipc::Handle output;  // what it prints; read end
};

// Starts the plugin host for `manifest` with `pool` and, for a device on the other end of a channel, `link`. `identity`
// is what the device is known by: under it the host keeps what the device wants kept. Throws std::system_error. From the
// thread that outlives the process (it ends with it).
PluginHostStarted spawn_plugin_host(const SupervisorSettings& settings, const ipc::Manifest& manifest,
                                    const ck_endpoint& endpoint, const std::string& identity, const ipc::Handle& pool,
                                    const ipc::Handle& flight, std::optional<ipc::Channel> link);

}  // namespace caukham::core
