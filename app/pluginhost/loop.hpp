// The life of one plugin host: says Hello, then obeys the application until Quit or the end of the channel.
// Everything that is the plugin's [main] thread happens in run(). The program runs it in a process of its
// own; tests and --in-process run the very same loop on a thread.
#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "ipc/manifest.hpp"
#include "ipc/poller.hpp"
#include "pluginhost/host_table.hpp"
#include "pluginhost/loader.hpp"
#include "pluginhost/sandbox.hpp"
#include "pluginhost/transport/transport.hpp"
#include "pluginhost/transport/virtual.hpp"

namespace caukham::pluginhost {

struct HostOptions {
  std::string manifest_path;
  ipc::Channel channel;
  ipc::Handle pool;                  // as handed over; its shape stands in the manifest
  std::optional<ipc::Channel> bus;   // for virtual endpoints
  std::string state_file;            // of this device, in the plugin's own folder; "": nothing is kept
  bool allow_faults = false;         // obey Fault
  bool scan = false;                 // say Hello, try probe(), and end: no device, no pool
  SandboxReport sandbox;             // what was entered before; for Hello
  std::function<void()> orphaned;    // the application is gone; called before the device is closed
};

// Loads and runs; what goes wrong before the loop goes out as Farewell. Returns an ExitCode.
int run_host(HostOptions options);

}  // namespace caukham::pluginhost
