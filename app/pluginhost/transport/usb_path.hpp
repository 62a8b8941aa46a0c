// Finding a device of the system's by the path an endpoint names. Shared by the USB and HID back ends.
#pragma once
#include <libusb.h>

#include <memory>
#include <string>

#include "caukham/entry.h"

namespace caukham::pluginhost {

using UsbContext = std::unique_ptr<libusb_context, decltype(&libusb_exit)>;
inline UsbContext no_usb_context() { return UsbContext(nullptr, &libusb_exit); }
UsbContext make_usb_context();  // null when libusb cannot be started

std::string usb_port_path(libusb_device* device);  // "1-2.3"
std::string usb_node_path(libusb_device* device);  // "/dev/bus/usb/001/004"

// Null, and libusb's `error`, when the device is not there or cannot be opened.
libusb_device_handle* open_usb_device(libusb_context* context, const ck_endpoint& endpoint, int& error);

}  // namespace caukham::pluginhost
