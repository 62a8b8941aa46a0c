// What the system's device tree says about a device that is plugged in.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "ipc/win32/windows.hpp"

namespace caukham::core {

using DeviceNode = std::uint32_t;  // the system's DEVINST

struct UsbDevice {
  std::uint16_t vid = 0, pid = 0, release = 0;
  std::string serial, product, manufacturer;  // "" where the device tells none
  std::string ports;                          // "1.3", from the root hub down
};

// The interfaces of a kind that are there now: the name by which one is opened, and its device. The node is good until `use`
// returns.
void each_present_interface(const GUID& kind, const std::function<void(const std::wstring& place, DeviceNode node)>& use);
// The USB device that the node is, or belongs to; nothing for what is not on USB, and for hubs.
std::optional<UsbDevice> usb_device_of(DeviceNode node);
std::string com_port_of(DeviceNode node);  // "COM3", or ""
bool is_camera(DeviceNode node);

}  // namespace caukham::core
