// What the system's device tree says about a device that is plugged in.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace caukham::core {

using DeviceNode = std::uint32_t;  // the system's DEVINST

struct UsbDevice {
  std::uint16_t vid = 0, pid = 0, release = 0;
  std::string serial, product, manufacturer;  // "" where the device tells none
  std::string ports;                          // "1.3", from the root hub down
};

std::optional<DeviceNode> node_of_interface(const std::wstring& place);
// The USB device that the node is, or belongs to; nothing for what is not on USB, and for hubs.
std::optional<UsbDevice> usb_device_of(DeviceNode node);
std::string com_port_of(DeviceNode node);  // "COM3", or ""
bool is_camera(DeviceNode node);

}  // namespace caukham::core
