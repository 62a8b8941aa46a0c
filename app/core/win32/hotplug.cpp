// Hot plug on Windows: the system says that something came or went, and the lists of what is present say what. A USB device
// may appear several times, once a link by which a plugin could reach it (itself, each HID collection, its COM ports, its
// cameras). What stands in endpoint.path: usb "0-1.3" (ports from the root hub down; libusb's bus numbers are not the
// system's, hence 0), hid the interface as hidapi names it, serial "COM3", video what FFmpeg's dshow takes.
#include "core/hotplug.hpp"

#include <map>

#include "core/win32/device_node.hpp"
#include "core/win32/device_watch.hpp"
#include "ipc/messages.hpp"
#include "ipc/win32/windows.hpp"

namespace caukham::core {
namespace {

// GUID_DEVINTERFACE_USB_DEVICE, _HID, _COMPORT, KSCATEGORY_CAPTURE (Microsoft's headers of these names).
constexpr GUID kinds[] = {{0xA5DCBF10, 0x6530, 0x11D2, {0x90, 0x1F, 0x00, 0xC0, 0x4F, 0xB9, 0x51, 0xED}},
                          {0x4D1E55B2, 0xF16F, 0x11CF, {0x88, 0xCB, 0x00, 0x11, 0x11, 0x00, 0x00, 0x30}},
                          {0x86E0D1E0, 0x8089, 0x11D0, {0x9C, 0xE4, 0x08, 0x00, 0x3E, 0x30, 0x1F, 0x73}},
                          {0x65E8773D, 0x8F56, 0x11D0, {0xA3, 0xB9, 0x00, 0xA0, 0xC9, 0x22, 0x31, 0x96}}};
constexpr ck_link links[] = {CK_LINK_USB, CK_LINK_HID, CK_LINK_SERIAL, CK_LINK_VIDEO};
static_assert(std::size(kinds) == std::size(links));

std::optional<HotplugChange> describe(ck_link link, const std::wstring& place, DeviceNode node) {
  const auto usb = usb_device_of(node);
  if (!usb) return std::nullopt;  // nothing without ids can match a manifest
  std::string path;
  if (link == CK_LINK_USB) path = "0-" + usb->ports;
  if (link == CK_LINK_HID) path = ipc::narrow(place);
  if (link == CK_LINK_SERIAL) path = com_port_of(node);
  if (link == CK_LINK_VIDEO && is_camera(node)) path = "@device_pnp_" + ipc::narrow(place);
  if (path.empty() || path.size() >= CK_PATH_SIZE) return std::nullopt;
  HotplugChange change;
  auto& e = change.endpoint = {};
  e.size = sizeof e;
  e.link = link;
  e.vid = usb->vid;
  e.pid = usb->pid;
  e.release = usb->release;
  ipc::put_text(e.serial, usb->serial);
  ipc::put_text(e.product, usb->product);
  ipc::put_text(e.manufacturer, usb->manufacturer);
  ipc::put_text(e.path, path);
  change.port = "0-" + usb->ports;
  return change;
}

class WindowsSource : public HotplugSource {
 public:
  void watch(std::function<void()> changed) override { watch_.tell(std::move(changed)); }

  std::vector<HotplugChange> poll() override {
    std::vector<HotplugChange> changes;
    std::map<std::wstring, std::string> still;
    for (std::size_t i = 0; i < std::size(kinds); ++i)
      each_present_interface(kinds[i], [&](const std::wstring& place, DeviceNode node) {
        if (const auto known = present_.find(place); known != present_.end()) {
          still.insert(*known);
          return;
        }
        const auto change = describe(links[i], place, node);
        if (!change) return;
        still[place] = change->endpoint.path;
        changes.push_back(*change);
      });
    std::vector<HotplugChange> all;
    for (const auto& [place, path] : present_)
      if (!still.count(place)) {
        HotplugChange gone;
        gone.arrived = false;
        gone.endpoint = {};
        ipc::put_text(gone.endpoint.path, path);
        all.push_back(gone);
      }
    all.insert(all.end(), changes.begin(), changes.end());
    present_ = std::move(still);
    return all;
  }

 private:
  DeviceWatch watch_{kinds};
  std::map<std::wstring, std::string> present_;  // interface: the endpoint's path
};

}  // namespace

std::unique_ptr<HotplugSource> make_system_source() { return std::make_unique<WindowsSource>(); }

}  // namespace caukham::core
