// Carries a device model under unmodified libusb, hidapi and tty code: a umockdev testbed whose /dev and /sys
// the plugin host sees through libumockdev-preload, while the test itself sees the real ones.
//
// Two tricks make it true to life. The usbfs node is a symbolic link to a raw pseudo terminal: with its
// output stopped it is not writable (nothing to reap), with its master closed it reports an error, as usbfs
// does when a device leaves; libusb's own disconnect path runs. And /dev/ttyACM0 is a symbolic link to
// another one whose master the model answers.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "caukham/entry.h"
#include "devices/model/model.hpp"

namespace caukham::tests {

// One device at a time. Owns a thread; calls to the model are serialised by the rig, so the test looks at it
// through with_model().
class Rig {
 public:
  Rig();
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // What a child needs in its environment to live in the testbed.
  std::vector<std::string> environment() const;
  // And what its plugin host must be allowed for it.
  std::vector<std::string> arguments() const;

  // The model must outlive its being plugged in. Returns the endpoint as a watcher of the system would.
  ck_endpoint plug(devices::DeviceModel& model);
  void unplug();
  template <class Look>
  auto with_model(Look look) {
    const auto hold = lock();
    return look();
  }

 private:
  struct Impl;
  std::shared_ptr<void> lock();
  std::unique_ptr<Impl> impl_;
};

}  // namespace caukham::tests
