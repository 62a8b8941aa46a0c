// One open link to a device, behind ck.host.transport/1. A back end a kind of link; the table in
// transport.cpp has checked all arguments before one is called, and that a port has one reader and one writer
// at a time.
//
// What ck_endpoint.path means:
//   usb     bus and ports as the system counts them, "1-2.3" (Linux: the name in /sys/bus/usb/devices),
//           or the node "/dev/bus/usb/001/004"; Windows: "0-2.3", the ports behind whichever controller
//   hid     as hidapi names it: "1-2.3:1.0", or "1-2.3" for the device's first HID interface; Windows: the
//           interface's long name
//   serial  the node, "/dev/ttyACM0"; Windows: "COM3"
//   any, with CK_ENDPOINT_VIRTUAL   the name on the virtual bus, "sim:ecg"
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "caukham/ext/transport.h"

namespace caukham::pluginhost {

struct Setup {
  std::uint8_t request_type, request;
  std::uint16_t value, index;
};

class PortBackend {
 public:
  virtual ~PortBackend() = default;
  // Results as in ext/transport.h.
  virtual ck_result control(const Setup&, std::span<std::uint8_t> /*data*/, std::uint32_t /*timeout_ms*/) {
    return CK_E_UNSUPPORTED;
  }
  virtual ck_result claim(std::uint8_t /*interface*/) { return CK_E_UNSUPPORTED; }
  virtual ck_result set_alternate(std::uint8_t /*interface*/, std::uint8_t /*alternate*/) {
    return CK_E_UNSUPPORTED;
  }
  virtual ck_result clear_halt(std::uint8_t /*endpoint*/) { return CK_E_UNSUPPORTED; }
  virtual ck_result reset() { return CK_E_UNSUPPORTED; }
  virtual ck_result set_line(const ck_serial_line& /*line*/) { return CK_E_UNSUPPORTED; }
  virtual ck_result read(std::uint8_t endpoint, std::span<std::uint8_t> data, std::uint32_t timeout_ms) = 0;
  virtual ck_result write(std::uint8_t endpoint, std::span<const std::uint8_t> data,
                          std::uint32_t timeout_ms) = 0;
  // Makes a running read return at once (with what it has, or CK_E_AGAIN), and later ones until false. [any
  // thread]
  virtual void cancel(bool cancelled) = 0;
};

// What an attempt to open gives: a port, or why not.
struct Opened {
  std::unique_ptr<PortBackend> port;
  ck_result result = CK_OK;
  std::string why;  // English, for the log
};

Opened open_usb(const ck_endpoint& endpoint);
Opened open_hid(const ck_endpoint& endpoint);
Opened open_serial(const ck_endpoint& endpoint);

}  // namespace caukham::pluginhost
