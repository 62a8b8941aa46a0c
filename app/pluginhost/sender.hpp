// The one way out to the application, for all threads of the plugin host.
#pragma once
#include <mutex>

#include "ipc/messages.hpp"

namespace caukham::pluginhost {

class Sender {
 public:
  explicit Sender(ipc::Channel& channel) : channel_(channel) {}
  // Waits at most wait_ms for room. [any thread]
  ipc::Sent post(const ipc::Message& message, int wait_ms) {
    const auto wire = ipc::encode(message);
    std::lock_guard lock(mutex_);
    return channel_.send_within(wire, wait_ms);
  }

 private:
  std::mutex mutex_;
  ipc::Channel& channel_;
};

}  // namespace caukham::pluginhost
