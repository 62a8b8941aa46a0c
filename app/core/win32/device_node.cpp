#include "core/win32/device_node.hpp"

#include <windows.h>

#include <initguid.h>

#include <cfgmgr32.h>
#include <devpkey.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "ipc/win32/windows.hpp"

// In cfgmgr32.dll since Windows Vista; mingw-w64 10's header leaves it out.
extern "C" CMAPI CONFIGRET WINAPI CM_Get_Device_Interface_PropertyW(LPCWSTR, const DEVPROPKEY*, DEVPROPTYPE*, PBYTE, PULONG, ULONG);

namespace caukham::core {
namespace {

std::wstring property(DeviceNode node, const DEVPROPKEY& key) {
  DEVPROPTYPE type = 0;
  std::vector<BYTE> bytes(4096);
  auto size = static_cast<ULONG>(bytes.size());
  if (::CM_Get_DevNode_PropertyW(node, &key, &type, bytes.data(), &size, 0) != CR_SUCCESS) return {};
  if (type != DEVPROP_TYPE_STRING && type != DEVPROP_TYPE_STRING_LIST) return {};
  const auto* text = reinterpret_cast<const wchar_t*>(bytes.data());
  return {text, std::find(text, text + size / sizeof(wchar_t), L'\0')};  // of a list the first
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

std::optional<DeviceNode> node_of_interface(const std::wstring& place) {
  DEVPROPTYPE type = 0;
  wchar_t id[MAX_DEVICE_ID_LEN] = {};
  ULONG size = sizeof id - sizeof(wchar_t);
  if (::CM_Get_Device_Interface_PropertyW(place.c_str(), &DEVPKEY_Device_InstanceId, &type, reinterpret_cast<BYTE*>(id), &size,
                                          0) != CR_SUCCESS)
    return std::nullopt;
  DEVINST node = 0;
  return ::CM_Locate_DevNodeW(&node, id, CM_LOCATE_DEVNODE_NORMAL) == CR_SUCCESS ? std::optional<DeviceNode>(node) : std::nullopt;
}

std::optional<UsbDevice> usb_device_of(DeviceNode node) {
  // A function of a device hangs below it: "USB\VID_2457&PID_0001&MI_00\..." below "USB\VID_2457&PID_0001\SERIAL".
  for (int level = 0; level < 8; ++level) {
    auto id = property(node, DEVPKEY_Device_InstanceId);
    std::transform(id.begin(), id.end(), id.begin(), [](wchar_t c) { return c >= L'a' && c <= L'z' ? static_cast<wchar_t>(c - 32) : c; });
    if (id.starts_with(L"USB\\VID_") && id.find(L"&MI_") == std::wstring::npos) {
      if (property(node, DEVPKEY_Device_Service).find(L"HUB") != std::wstring::npos) return std::nullopt;
      UsbDevice usb;
      usb.vid = after(id, L"VID_");
      usb.pid = after(id, L"PID_");
      usb.release = after(property(node, DEVPKEY_Device_HardwareIds), L"REV_");
      // Where a device has no serial number, the system makes up a name with an ampersand.
      const auto own = property(node, DEVPKEY_Device_InstanceId);
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
  HKEY key = nullptr;
  if (::CM_Open_DevNode_Key(node, KEY_QUERY_VALUE, 0, RegDisposition_OpenExisting, &key, CM_REGISTRY_HARDWARE) != CR_SUCCESS) return "";
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
