// caukham-pluginhost --manifest PATH --channel 3 --pool 4 [--bus 5] [--allow-faults] [--trace]
// Started by the application only; the numbers are inherited handles.
#include <cstdio>
#include <string_view>

#include "pluginhost/loop.hpp"
#include "pluginhost/own_process.hpp"
#include "pluginhost/transport/trace.hpp"

namespace {

using namespace caukham;

int usage() {
  std::fputs(
      "caukham-pluginhost runs one device plugin and is started by Caukham itself:\n"
      "  caukham-pluginhost --manifest PATH --channel N --pool N [--bus N] [--allow-faults] [--trace]\n",
      stderr);
  return pluginhost::exit_arguments;
}

}  // namespace

int main(int argc, char** argv) {
  pluginhost::HostOptions options;
  ipc::Handle channel, bus;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--allow-faults") {
      options.allow_faults = true;
      continue;
    }
    if (name == "--trace") {
      pluginhost::Trace::enable();
      continue;
    }
    if (++i == argc) return usage();
    if (name == "--manifest")
      options.manifest_path = argv[i];
    else if (name == "--channel")
      channel = pluginhost::inherited(argv[i]);
    else if (name == "--pool")
      options.pool = pluginhost::inherited(argv[i]);
    else if (name == "--bus")
      bus = pluginhost::inherited(argv[i]);
    else
      return usage();
  }
  if (options.manifest_path.empty() || !channel.valid() || !options.pool.valid()) return usage();
  options.channel = ipc::Channel::adopt(std::move(channel));
  if (bus.valid()) options.bus = ipc::Channel::adopt(std::move(bus));
  // When the application is gone, a plugin that does not let itself be stopped must not keep this process
  // alive.
  options.orphaned = [] { pluginhost::end_within(3); };
  return pluginhost::run_host(std::move(options));
}
