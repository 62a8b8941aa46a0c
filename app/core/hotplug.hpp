// Who knows which devices are plugged in: the system (linux/hotplug_udev.cpp, win32/hotplug.cpp), the bus of simulated devices, a test.
#pragma once
#include <caukham/entry.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ipc/channel.hpp"

namespace caukham::core {

struct HotplugChange {
  bool arrived = true;   // false: it left, and only endpoint.path counts
  ck_endpoint endpoint;  // kind is left empty: the manifest that matches names it
  std::string port;      // the socket it is plugged into ("1-2.3") where endpoint.path is something else
};

// poll() and open_link() are called on the supervisor's thread, native() and watch() on the one that calls
// Supervisor::start and stop. All must return at once.
class HotplugSource {
 public:
  virtual ~HotplugSource() = default;

  // What came and went since the last call, in order; the first call also reports what is already there.
  virtual std::vector<HotplugChange> poll() = 0;

  // How the supervisor learns that poll() has something: a handle that becomes readable, or `changed`, which may be
  // called from any thread until watch({}) has returned. A source offers one of the two.
  virtual ipc::Handle::Native native() const { return ipc::Handle::none; }
  virtual void watch(std::function<void()> changed) { (void)changed; }

  // A channel to the device for its plugin host to inherit: devices that exist only on the other end of a channel
  // (CK_ENDPOINT_VIRTUAL). Nothing: the plugin host reaches the device through the system.
  virtual std::optional<ipc::Channel> open_link(const ck_endpoint& endpoint) {
    (void)endpoint;
    return std::nullopt;
  }
};

// USB, HID, serial and video devices as the system tells them: udev on Linux, the device tree on Windows. Throws
// std::runtime_error when it cannot be asked.
std::unique_ptr<HotplugSource> make_system_source();

}  // namespace caukham::core
