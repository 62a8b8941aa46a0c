#include "core/win32/device_node.hpp"

#include <initguid.h>

#include <cfgmgr32.h>
#include <devpkey.h>
#include <setupapi.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <vector>

namespace caukham::core {
namespace {

class DeviceList {
 public:
  explicit DeviceList(HDEVINFO list) : list_(list) {}
  ~DeviceList() {
    if (there()) ::SetupDiDestroyDeviceInfoList(list_);
  }
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;
  bool there() const { return list_ != INVALID_HANDLE_VALUE; }
  HDEVINFO get() const { return list_; }

 private:
  const HDEVINFO list_;
};

std::wstring property(DeviceNode node, const DEVPROPKEY& key) {
  DEVPROPTYPE type = 0;
  std::vector<BYTE> bytes(4096);
  auto size = static_cast<ULONG>(bytes.size());
  if (::CM_Get_DevNode_PropertyW(node, &key, &type, bytes.data(), &size, 0) != CR_SUCCESS) return {};
  if (type != DEVPROP_TYPE_STRING && type != DEVPROP_TYPE_STRING_LIST) return {};
  const auto* text = reinterpret_cast<const wchar_t*>(bytes.data());
  return {text, std::find(text, text + size / sizeof(wchar_t), L'\0')};  // of a list the first
}

// "USB\VID_2457&PID_0001\SERIAL"
std::wstring id_of(DeviceNode node) {
  wchar_t id[MAX_DEVICE_ID_LEN] = {};
  return ::CM_Get_Device_IDW(node, id, MAX_DEVICE_ID_LEN, 0) == CR_SUCCESS ? id : L"";
}

std::uint16_t after(const std::wstring& text, const wchar_t* label) {
  const auto at = text.find(label);
  return at == std::wstring::npos ? 0 : static_cast<std::uint16_t>(std::wcstoul(text.substr(at + 4, 4).c_str(), nullptr, 16));
}

// "PCIROOT(0)#PCI(1400)#USBROOT(0)#USB(1)#USB(3)" is "1.3".
std::string ports_of(const std::wstring& location) {
  std::string ports;
  auto at = location.find(L"#USBROOT(");
  while (at != std::wstring::npos && (at = location.find(L"#USB(", at + 1)) != std::wstring::npos)
    ports += (ports.empty() ? "" : ".") + std::to_string(std::wcstoul(location.c_str() + at + 5, nullptr, 10));
  return ports;
}

}  // namespace

void each_present_interface(const GUID& kind, const std::function<void(const std::wstring&, DeviceNode)>& use) {
  // SetupAPI, not CM_Get_Device_Interface_List, which is the same list without the devices and missing in wine.
  const DeviceList list(::SetupDiGetClassDevsW(&kind, nullptr, nullptr, DIGCF_PRESENT | DIGCF_DEVICEINTERFACE));
  if (!list.there()) return;
  SP_DEVICE_INTERFACE_DATA found{};
  found.cbSize = sizeof found;
  for (DWORD at = 0; ::SetupDiEnumDeviceInterfaces(list.get(), nullptr, &kind, at, &found); ++at) {
    DWORD size = 0;
    ::SetupDiGetDeviceInterfaceDetailW(list.get(), &found, nullptr, 0, &size, nullptr);
    std::vector<std::max_align_t> room(size / sizeof(std::max_align_t) + 1);
    auto* const detail = reinterpret_cast<SP_DEVICE_INTERFACE_DETAIL_DATA_W*>(room.data());
    detail->cbSize = sizeof *detail;
    SP_DEVINFO_DATA device{};
    device.cbSize = sizeof device;
    if (::SetupDiGetDeviceInterfaceDetailW(list.get(), &found, detail, size, nullptr, &device)) use(detail->DevicePath, device.DevInst);
  }
}

std::optional<UsbDevice> usb_device_of(DeviceNode node) {
  // A function of a device hangs below it: "USB\VID_2457&PID_0001&MI_00\..." below "USB\VID_2457&PID_0001\SERIAL".
  for (int level = 0; level < 8; ++level) {
    const auto own = id_of(node);
    auto id = own;
    std::transform(id.begin(), id.end(), id.begin(), [](wchar_t c) { return c >= L'a' && c <= L'z' ? static_cast<wchar_t>(c - 32) : c; });
    if (id.starts_with(L"USB\\VID_") && id.find(L"&MI_") == std::wstring::npos) {
      if (property(node, DEVPKEY_Device_Service).find(L"HUB") != std::wstring::npos) return std::nullopt;
      UsbDevice usb;
      usb.vid = after(id, L"VID_");
      usb.pid = after(id, L"PID_");
      usb.release = after(property(node, DEVPKEY_Device_HardwareIds), L"REV_");
      // Where a device has no serial number, the system makes up a name with an ampersand.
      const auto last = own.substr(own.rfind(L'\\') + 1);
      if (last.find(L'&') == std::wstring::npos) usb.serial = ipc::narrow(last);
      usb.product = ipc::narrow(property(node, DEVPKEY_Device_BusReportedDeviceDesc));
      usb.manufacturer = ipc::narrow(property(node, DEVPKEY_Device_Manufacturer));
      usb.ports = ports_of(property(node, DEVPKEY_Device_LocationPaths));
      return usb;
    }
    DEVINST parent = 0;
    if (::CM_Get_Parent(&parent, node, 0) != CR_SUCCESS) return std::nullopt;
    node = parent;
  }
  return std::nullopt;
}

std::string com_port_of(DeviceNode node) {
  const DeviceList list(::SetupDiCreateDeviceInfoList(nullptr, nullptr));
  SP_DEVINFO_DATA device{};
  device.cbSize = sizeof device;
  if (!list.there() || !::SetupDiOpenDeviceInfoW(list.get(), id_of(node).c_str(), nullptr, 0, &device)) return "";
  const HKEY key = ::SetupDiOpenDevRegKey(list.get(), &device, DICS_FLAG_GLOBAL, 0, DIREG_DEV, KEY_QUERY_VALUE);
  if (key == INVALID_HANDLE_VALUE) return "";
  wchar_t name[32] = {};
  DWORD type = 0, size = sizeof name - sizeof(wchar_t);
  const bool good = ::RegQueryValueExW(key, L"PortName", nullptr, &type, reinterpret_cast<BYTE*>(name), &size) == ERROR_SUCCESS;
  ::RegCloseKey(key);
  return good && type == REG_SZ ? ipc::narrow(name) : "";
}

bool is_camera(DeviceNode node) {
  const auto kind = property(node, DEVPKEY_Device_Class);
  return kind == L"Camera" || kind == L"Image";
}

}  // namespace caukham::core
