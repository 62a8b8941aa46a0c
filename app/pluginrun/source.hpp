// Where the plugin's device comes from: the system, or the simulator with one device.
#pragma once
#include <memory>
#include <string>

#include "core/hotplug.hpp"

namespace caukham::pluginrun {

struct Wanted {
  std::string transcript;  // a file; or
  std::string device;      // a device of the simulator; or
  std::string recording;   // a file, for the replay plugin; none of them: the system's hardware
  std::string simulator;   // path of caukham-simulator
};

// Throws std::runtime_error in words. The device is plugged in with the first poll.
std::shared_ptr<core::HotplugSource> make_source(const Wanted& wanted);

}  // namespace caukham::pluginrun
