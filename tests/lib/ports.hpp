// Devices plugged in by a test.
#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "core/hotplug.hpp"
#include "ipc/messages.hpp"

namespace caukham::tests {

using core::HotplugChange;
using core::HotplugSource;

class Ports : public HotplugSource {
 public:
  void plug(std::uint16_t pid, const std::string& serial, const std::string& path, bool simulated = false) {
    HotplugChange change;
    auto& e = change.endpoint = {};
    e.size = sizeof e;
    e.link = CK_LINK_SERIAL;
    e.flags = simulated ? CK_ENDPOINT_SIMULATED : 0;
    e.vid = 0x2341;
    e.pid = pid;
    ipc::put_text(e.serial, serial);
    ipc::put_text(e.product, "Heart " + std::to_string(pid));
    ipc::put_text(e.path, path);
    add(change);
  }
  void unplug(const std::string& path) {
    HotplugChange change;
    change.arrived = false;
    change.endpoint = {};
    ipc::put_text(change.endpoint.path, path);
    add(change);
  }
  std::vector<HotplugChange> poll() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(changes_, {});
  }
  void watch(std::function<void()> changed) override {
    const std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
  }

 private:
  void add(const HotplugChange& change) {
    const std::lock_guard lock(mutex_);
    changes_.push_back(change);
    if (changed_) changed_();
  }
  std::mutex mutex_;
  std::vector<HotplugChange> changes_;
  std::function<void()> changed_;
};

}  // namespace caukham::tests
