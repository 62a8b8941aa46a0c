// Hot plug on Linux: udev tells what is there and what comes and goes. A USB device may appear several times, once a
// link by which a plugin could reach it (itself, each HID interface, its ttys, its cameras); which one counts is
// for the manifests to say. Serial ports and cameras without a USB device behind them have no ids to match.
#include <libudev.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/hotplug.hpp"
#include "ipc/messages.hpp"

namespace caukham::core {
namespace {

template <auto function>
struct Unref {
  template <class T>
  void operator()(T* object) const { function(object); }
};
using Udev = std::unique_ptr<udev, Unref<udev_unref>>;
using Monitor = std::unique_ptr<udev_monitor, Unref<udev_monitor_unref>>;
using Device = std::unique_ptr<udev_device, Unref<udev_device_unref>>;
using Enumerate = std::unique_ptr<udev_enumerate, Unref<udev_enumerate_unref>>;

constexpr const char* subsystems[] = {"usb", "tty", "video4linux"};

std::string text(const char* maybe) { return maybe ? maybe : ""; }
std::string attribute(udev_device* device, const char* name) {
  return text(udev_device_get_sysattr_value(device, name));
}
std::uint16_t hexadecimal(const std::string& digits) {
  return static_cast<std::uint16_t>(std::strtoul(digits.c_str(), nullptr, 16));
}

// By which link, and under which name, a plugin would reach this; link 0: not at all.
std::pair<ck_link, std::string> reach(udev_device* device) {
  const auto subsystem = text(udev_device_get_subsystem(device)), type = text(udev_device_get_devtype(device));
  const auto name = text(udev_device_get_sysname(device)), node = text(udev_device_get_devnode(device));
  if (subsystem == "usb" && type == "usb_device" && attribute(device, "bDeviceClass") != "09")  // 09: a hub
    return {CK_LINK_USB, name};
  if (subsystem == "usb" && type == "usb_interface" && attribute(device, "bInterfaceClass") == "03")
    return {CK_LINK_HID, name};
  if (subsystem == "tty" && !node.empty()) return {CK_LINK_SERIAL, node};
  // A camera's further nodes carry metadata, not pictures.
  if (subsystem == "video4linux" && !node.empty() && attribute(device, "index") == "0") return {CK_LINK_VIDEO, node};
  return {0, ""};
}

std::optional<HotplugChange> describe(udev_device* device) {
  const auto [link, path] = reach(device);
  if (!link) return std::nullopt;
  auto* usb = text(udev_device_get_devtype(device)) == "usb_device"
                  ? device
                  : udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device");  // borrowed
  if (!usb) return std::nullopt;
  HotplugChange change;
  auto& e = change.endpoint = {};
  e.size = sizeof e;
  e.link = link;
  e.vid = hexadecimal(attribute(usb, "idVendor"));
  e.pid = hexadecimal(attribute(usb, "idProduct"));
  ipc::put_text(e.serial, attribute(usb, "serial"));
  ipc::put_text(e.product, attribute(usb, "product"));
  ipc::put_text(e.manufacturer, attribute(usb, "manufacturer"));
  e.release = hexadecimal(attribute(usb, "bcdDevice"));
  ipc::put_text(e.path, path);
  change.port = text(udev_device_get_sysname(usb));
  return change;
}

class UdevSource : public HotplugSource {
 public:
  UdevSource() : udev_(udev_new()) {
    if (udev_) monitor_.reset(udev_monitor_new_from_netlink(udev_.get(), "udev"));
    bool good = monitor_ != nullptr;
    for (const char* subsystem : subsystems)
      good = good && udev_monitor_filter_add_match_subsystem_devtype(monitor_.get(), subsystem, nullptr) >= 0;
    if (good) udev_monitor_set_receive_buffer_size(monitor_.get(), 4 << 20);  // may be refused; then the default
    if (!good || udev_monitor_enable_receiving(monitor_.get()) < 0)
      throw std::runtime_error("udev cannot be reached: devices that are plugged in will not be noticed");
  }

  ipc::Handle::Native native() const override { return udev_monitor_get_fd(monitor_.get()); }

  std::vector<HotplugChange> poll() override {
    std::vector<HotplugChange> changes;
    if (!std::exchange(enumerated_, true)) enumerate(changes);  // the monitor listens already: nothing falls between
    while (const Device device{udev_monitor_receive_device(monitor_.get())}) {
      const auto action = text(udev_device_get_action(device.get()));
      if (action == "add")
        arrived(device.get(), changes);
      else if (action == "remove")
        left(text(udev_device_get_syspath(device.get())), changes);
    }
    return changes;
  }

 private:
  void enumerate(std::vector<HotplugChange>& changes) {
    const Enumerate list{udev_enumerate_new(udev_.get())};
    for (const char* subsystem : subsystems) udev_enumerate_add_match_subsystem(list.get(), subsystem);
    udev_enumerate_scan_devices(list.get());
    for (auto* entry = udev_enumerate_get_list_entry(list.get()); entry; entry = udev_list_entry_get_next(entry))
      if (const Device device{udev_device_new_from_syspath(udev_.get(), udev_list_entry_get_name(entry))})
        arrived(device.get(), changes);
  }

  void arrived(udev_device* device, std::vector<HotplugChange>& changes) {
    const auto change = describe(device);
    if (!change) return;
    const auto syspath = text(udev_device_get_syspath(device));
    if (present_.count(syspath)) {
      if (present_[syspath].serial == std::string(change->endpoint.serial)) return;  // enumerated and announced
      left(syspath, changes);
    }
    present_[syspath] = {change->endpoint.path, change->endpoint.serial};
    changes.push_back(*change);
  }

  // By then sysfs knows nothing of it any more; only its place there tells which one it was.
  void left(const std::string& syspath, std::vector<HotplugChange>& changes) {
    const auto known = present_.find(syspath);
    if (known == present_.end()) return;
    HotplugChange change;
    change.arrived = false;
    change.endpoint = {};
    ipc::put_text(change.endpoint.path, known->second.path);
    changes.push_back(change);
    present_.erase(known);
  }

  struct Present {
    std::string path, serial;
  };
  Udev udev_;
  Monitor monitor_;
  bool enumerated_ = false;
  std::map<std::string, Present> present_;  // by syspath
};

}  // namespace

std::unique_ptr<HotplugSource> make_system_source() { return std::make_unique<UdevSource>(); }

}  // namespace caukham::core
