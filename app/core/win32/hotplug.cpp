// Hot plug on Windows: the system says that something came or went, and the lists of what is present say what. A USB device
// may appear several times, once a link by which a plugin could reach it (itself, each HID collection, its COM ports, its
// cameras). What stands in endpoint.path: usb "0-1.3" (ports from the root hub down; libusb's bus numbers are not the
// system's, hence 0), hid the interface as hidapi names it, serial "COM3", video what FFmpeg's dshow takes.
#include <windows.h>

#include <cfgmgr32.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/hotplug.hpp"
#include "core/win32/device_node.hpp"
#include "ipc/messages.hpp"
#include "ipc/win32/windows.hpp"

// In cfgmgr32.dll since Windows 8; mingw-w64 10's header leaves them out.
extern "C" CMAPI CONFIGRET WINAPI CM_Register_Notification(PCM_NOTIFY_FILTER, PVOID, PCM_NOTIFY_CALLBACK, PHCMNOTIFICATION);
extern "C" CMAPI CONFIGRET WINAPI CM_Unregister_Notification(HCMNOTIFICATION);

namespace caukham::core {
namespace {

// GUID_DEVINTERFACE_USB_DEVICE, _HID, _COMPORT, KSCATEGORY_CAPTURE (Microsoft's headers of these names).
constexpr GUID usb_devices{0xA5DCBF10, 0x6530, 0x11D2, {0x90, 0x1F, 0x00, 0xC0, 0x4F, 0xB9, 0x51, 0xED}};
constexpr GUID hid_collections{0x4D1E55B2, 0xF16F, 0x11CF, {0x88, 0xCB, 0x00, 0x11, 0x11, 0x00, 0x00, 0x30}};
constexpr GUID com_ports{0x86E0D1E0, 0x8089, 0x11D0, {0x9C, 0xE4, 0x08, 0x00, 0x3E, 0x30, 0x1F, 0x73}};
constexpr GUID cameras{0x65E8773D, 0x8F56, 0x11D0, {0xA3, 0xB9, 0x00, 0xA0, 0xC9, 0x22, 0x31, 0x96}};
struct Kind {
  const GUID* guid;
  ck_link link;
};
constexpr Kind kinds[] = {{&usb_devices, CK_LINK_USB}, {&hid_collections, CK_LINK_HID}, {&com_ports, CK_LINK_SERIAL},
                          {&cameras, CK_LINK_VIDEO}};

std::vector<std::wstring> present_interfaces(const GUID& kind) {
  std::vector<wchar_t> list;
  CONFIGRET result = CR_BUFFER_SMALL;
  // What is present may change between the two calls.
  for (int attempt = 0; attempt < 5 && result == CR_BUFFER_SMALL; ++attempt) {
    ULONG length = 0;
    GUID guid = kind;
    if (::CM_Get_Device_Interface_List_SizeW(&length, &guid, nullptr, CM_GET_DEVICE_INTERFACE_LIST_PRESENT) != CR_SUCCESS) return {};
    list.assign(length, L'\0');
    result = ::CM_Get_Device_Interface_ListW(&guid, nullptr, list.data(), length, CM_GET_DEVICE_INTERFACE_LIST_PRESENT);
  }
  std::vector<std::wstring> names;
  if (result != CR_SUCCESS) return names;
  for (std::size_t at = 0; at < list.size() && list[at]; at += names.back().size() + 1) names.emplace_back(list.data() + at);
  return names;
}

std::optional<HotplugChange> describe(ck_link link, const std::wstring& place) {
  const auto node = node_of_interface(place);
  const auto usb = node ? usb_device_of(*node) : std::nullopt;
  if (!usb) return std::nullopt;  // nothing without ids can match a manifest
  std::string path;
  if (link == CK_LINK_USB) path = "0-" + usb->ports;
  if (link == CK_LINK_HID) path = ipc::narrow(place);
  if (link == CK_LINK_SERIAL) path = com_port_of(*node);
  if (link == CK_LINK_VIDEO && is_camera(*node)) path = "@device_pnp_" + ipc::narrow(place);
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
  WindowsSource() {
    for (const auto& kind : kinds) listen(*kind.guid);
    if (notifications_.size() == std::size(kinds)) return;
    // Where the system does not tell (wine), the lists are looked at every two seconds.
    looking_ = std::thread([this] {
      std::unique_lock lock(mutex_);
      while (!ended_.wait_for(lock, std::chrono::seconds(2), [this] { return ending_; }))
        if (changed_) changed_();
    });
  }
  ~WindowsSource() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    ended_.notify_all();
    if (looking_.joinable()) looking_.join();
    for (const auto notification : notifications_) ::CM_Unregister_Notification(notification);
  }

  void watch(std::function<void()> changed) override {
    const std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
  }

  std::vector<HotplugChange> poll() override {
    std::vector<HotplugChange> changes;
    std::map<std::wstring, std::string> still;
    for (const auto& kind : kinds)
      for (const auto& place : present_interfaces(*kind.guid)) {
        if (const auto known = present_.find(place); known != present_.end()) {
          still.insert(*known);
          continue;
        }
        const auto change = describe(kind.link, place);
        if (!change) continue;
        still[place] = change->endpoint.path;
        changes.push_back(*change);
      }
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
  static DWORD CALLBACK told(HCMNOTIFICATION, PVOID context, CM_NOTIFY_ACTION action, PCM_NOTIFY_EVENT_DATA, DWORD) {
    auto& self = *static_cast<WindowsSource*>(context);
    if (action == CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL || action == CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL) {
      const std::lock_guard lock(self.mutex_);
      if (self.changed_) self.changed_();
    }
    return ERROR_SUCCESS;
  }
  void listen(const GUID& kind) {
    CM_NOTIFY_FILTER filter{};
    filter.cbSize = sizeof filter;
    filter.FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE;
    filter.u.DeviceInterface.ClassGuid = kind;
    HCMNOTIFICATION notification = nullptr;
    if (::CM_Register_Notification(&filter, this, told, &notification) == CR_SUCCESS) notifications_.push_back(notification);
  }

  std::vector<HCMNOTIFICATION> notifications_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::function<void()> changed_;
  std::thread looking_;
  std::map<std::wstring, std::string> present_;  // interface: the endpoint's path
};

}  // namespace

std::unique_ptr<HotplugSource> make_system_source() { return std::make_unique<WindowsSource>(); }

}  // namespace caukham::core
