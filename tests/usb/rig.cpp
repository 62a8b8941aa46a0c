#include "rig.hpp"

#include <csignal>
#include <cstdio>

#include "carriers.hpp"
#include "ipc/messages.hpp"

namespace caukham::tests {

struct Rig::Impl {
  std::mutex mutex;
  UMockdevTestbed* testbed = umockdev_testbed_new();
  UsbCarrier usb{testbed, mutex};
  TtyCarrier tty{testbed, mutex};
};

Rig::Rig() {
  std::signal(SIGHUP, SIG_IGN);  // closing a pseudo terminal's master
  impl_ = std::make_unique<Impl>();
}

Rig::~Rig() {
  UMockdevTestbed* testbed = impl_->testbed;
  impl_.reset();
  g_object_unref(testbed);
}

std::vector<std::string> Rig::environment() const {
  gchar* root = umockdev_testbed_get_root_dir(impl_->testbed);
  std::vector<std::string> lines = {"UMOCKDEV_DIR=" + std::string(root), "LD_PRELOAD=" RIG_PRELOAD};
  g_free(root);
  return lines;
}

std::vector<std::string> Rig::arguments() const {
  gchar* root = umockdev_testbed_get_root_dir(impl_->testbed);
  std::vector<std::string> words = {"--rig", root};
  g_free(root);
  return words;
}

ck_endpoint Rig::plug(devices::DeviceModel& model) {
  const auto& id = model.identity();
  const bool serial = id.link == devices::Link::serial;
  if (serial)
    impl_->tty.plug(model);
  else
    impl_->usb.plug(model);
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = static_cast<ck_link>(id.link);
  e.flags = CK_ENDPOINT_SIMULATED;  // but not virtual: the host must go through the system
  e.vid = id.vid;
  e.pid = id.pid;
  ipc::put_text(e.serial, id.serial);
  ipc::put_text(e.product, id.product);
  ipc::put_text(e.path, serial ? "/dev/ttyACM0" : "1-1");
  return e;
}

void Rig::unplug() {
  impl_->usb.unplug();
  impl_->tty.unplug();
}

std::shared_ptr<void> Rig::lock() {
  return std::make_shared<std::unique_lock<std::mutex>>(impl_->mutex);
}

}  // namespace caukham::tests
