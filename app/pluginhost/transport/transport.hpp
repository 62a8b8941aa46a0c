// ck.host.transport/1: the C table over the back ends. Checks every argument, that a plugin opens only the
// endpoint it was given, and that nobody uses a port twice in one direction at once.
#pragma once
#include <functional>
#include <mutex>
#include <optional>

#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {

// One a host.
class Transport {
 public:
  using Opener = std::function<Opened(const ck_endpoint&)>;
  explicit Transport(Opener opener) : opener_(std::move(opener)) {}
  const ck_host_transport* table() const;

  // The one endpoint the plugin may open from now on; none between devices. [main]
  void allow(const std::optional<ck_endpoint>& endpoint);
  // CK_E_DENIED for any other endpoint. [any]
  Opened open(const ck_endpoint& endpoint);

 private:
  Opener opener_;
  std::mutex mutex_;
  std::optional<ck_endpoint> allowed_;
};

// libusb, hidapi and the system's serial lines.
Opened open_hardware(const ck_endpoint& endpoint);

}  // namespace caukham::pluginhost
