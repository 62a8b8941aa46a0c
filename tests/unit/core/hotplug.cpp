// Runs under umockdev-wrapper: an empty /sys in which this test plugs devices.
#include "core/hotplug.hpp"

#include <poll.h>
#include <umockdev.h>

#include <catch2/catch.hpp>

using namespace caukham::core;

namespace {
struct Testbed {
  UMockdevTestbed* bed = umockdev_testbed_new();
  ~Testbed() { g_object_unref(bed); }

  std::string add(const char* subsystem, const char* name, const char* parent, std::vector<const char*> attributes,
                  std::vector<const char*> properties) {
    attributes.push_back(nullptr);
    properties.push_back(nullptr);
    gchar* path = umockdev_testbed_add_devicev(bed, subsystem, name, parent, const_cast<gchar**>(attributes.data()),
                                               const_cast<gchar**>(properties.data()));
    const std::string syspath = path ? path : "";
    g_free(path);
    return syspath;
  }
  std::string usb(const char* name, const char* vid, const char* pid, const char* serial,
                  const char* device_class = "00") {
    std::vector<const char*> attributes{"idVendor", vid, "idProduct", pid, "product", "Nice heart",
                                        "bDeviceClass", device_class};
    if (serial) attributes.insert(attributes.end(), {"serial", serial});
    return add("usb", name, nullptr, attributes, {"DEVTYPE", "usb_device"});
  }
  void remove(const std::string& syspath) {
    umockdev_testbed_uevent(bed, syspath.c_str(), "remove");
    umockdev_testbed_remove_device(bed, syspath.c_str());
  }
};

// Waits for at least one change.
std::vector<HotplugChange> next(HotplugSource& source) {
  for (;;) {
    auto changes = source.poll();
    if (!changes.empty()) return changes;
    pollfd p{source.native(), POLLIN, 0};
    REQUIRE(::poll(&p, 1, 20000) == 1);
  }
}
}  // namespace

TEST_CASE("devices that are there at the start must be reported by the first poll") {
  Testbed bed;
  bed.usb("1-0", "1d6b", "0002", nullptr, "09");  // a hub is no device
  const auto scope = bed.usb("1-2", "2ce3", "3828", "S77");
  const auto source = make_system_source();
  const auto changes = source->poll();
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].arrived);
  const auto& e = changes[0].endpoint;
  REQUIRE(e.size == sizeof e);
  REQUIRE(e.link == CK_LINK_USB);
  REQUIRE(e.vid == 0x2ce3);
  REQUIRE(e.pid == 0x3828);
  REQUIRE(std::string(e.serial) == "S77");
  REQUIRE(std::string(e.product) == "Nice heart");
  REQUIRE(std::string(e.path) == "1-2");
  REQUIRE(e.flags == 0);
  REQUIRE(source->poll().empty());
}

TEST_CASE("a device that comes and goes must be seen on every link that it has") {
  Testbed bed;
  const auto source = make_system_source();
  REQUIRE(source->poll().empty());

  const auto board = bed.usb("1-4", "2341", "003e", nullptr);
  auto changes = next(*source);
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].endpoint.link == CK_LINK_USB);

  const auto tty = bed.add("tty", "ttyACM0", board.c_str(), {}, {"DEVNAME", "/dev/ttyACM0"});
  changes = next(*source);
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].endpoint.link == CK_LINK_SERIAL);
  REQUIRE(changes[0].endpoint.vid == 0x2341);
  REQUIRE(std::string(changes[0].endpoint.path) == "/dev/ttyACM0");
  REQUIRE(changes[0].port == "1-4");

  const auto hid = bed.add("usb", "1-4:1.0", board.c_str(), {"bInterfaceClass", "03"}, {"DEVTYPE", "usb_interface"});
  changes = next(*source);
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].endpoint.link == CK_LINK_HID);
  REQUIRE(std::string(changes[0].endpoint.path) == "1-4:1.0");

  bed.add("video4linux", "video1", board.c_str(), {"index", "1"}, {"DEVNAME", "/dev/video1"});  // metadata
  const auto camera = bed.add("video4linux", "video0", board.c_str(), {"index", "0"}, {"DEVNAME", "/dev/video0"});
  changes = next(*source);
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].endpoint.link == CK_LINK_VIDEO);
  REQUIRE(std::string(changes[0].endpoint.path) == "/dev/video0");

  for (const auto& [syspath, path] : {std::pair(camera, "/dev/video0"), {hid, "1-4:1.0"}, {tty, "/dev/ttyACM0"},
                                      {board, "1-4"}}) {
    bed.remove(syspath);
    changes = next(*source);
    REQUIRE(changes.size() == 1);
    REQUIRE_FALSE(changes[0].arrived);
    REQUIRE(std::string(changes[0].endpoint.path) == path);
  }
  bed.usb("1-4", "2341", "003e", nullptr);
  REQUIRE(next(*source)[0].arrived);
}

TEST_CASE("a serial port without a USB device behind it must be left out") {
  Testbed bed;
  bed.add("tty", "ttyS0", nullptr, {}, {"DEVNAME", "/dev/ttyS0"});
  const auto source = make_system_source();
  REQUIRE(source->poll().empty());
}
