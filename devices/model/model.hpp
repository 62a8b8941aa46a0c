// A simulated device seen from its own side of the wire: what it answers to control requests, takes on OUT
// endpoints and offers on IN endpoints, with its descriptors. Transport-neutral: the virtual bus and the
// umockdev rig both carry the same model. A model has no threads, no I/O and no clock; time is handed in.
// Everything a model produces is simulated: its product string ends in "SIMULATED" and its serial starts with "SIM".
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::devices {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

enum class Link : std::uint8_t { usb = 1, hid = 2, serial = 3, video = 4 };

enum class Io : std::uint8_t {
  ok,      // done; IN: `bytes` holds what arrived (may be empty for a zero-length packet)
  later,   // nothing to deliver yet; ask again at next_due_ns()
  stall,   // endpoint or request stalled
  gone,    // the device has been unplugged
};

struct Identity {
  std::uint16_t vid = 0, pid = 0;
  std::string manufacturer, product, serial;
  Link link = Link::usb;
};

// USB setup packet fields; `length` is wLength.
struct Setup {
  std::uint8_t request_type = 0, request = 0;
  std::uint16_t value = 0, index = 0, length = 0;
};

// What the model counted at the device's side, for balancing against what the station recorded.
struct Produced {
  std::string stream;              // "ecg", "flow", "video"
  std::uint64_t samples = 0;       // conversions from the first sample sent to the last sample sent, inclusive
  std::uint64_t sent = 0;          // samples really put on the wire
};

class DeviceModel {
 public:
  virtual ~DeviceModel() = default;
  virtual const Identity& identity() const = 0;
  // USB device descriptor followed by the configuration descriptor; empty for serial and video links' convenience
  // models that are only ever reached through the virtual bus.
  virtual Bytes descriptors() const = 0;
  // Vendor/class control requests (standard ones are answered by the carrier from descriptors()).
  virtual Io control(const Setup&, ByteView, Bytes&, std::int64_t /*now_ns*/) { return Io::stall; }
  // Host to device. Serial and HID use endpoint 0x02 / 0x01 as their only pipe (see each model's header).
  virtual Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) = 0;
  // Device to host, at most max_bytes. A video link delivers one driver buffer a call on endpoint 0x81.
  virtual Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) = 0;
  // Earliest time at which in(endpoint) may have data; now_ns or earlier means "ask now".
  virtual std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const = 0;
  virtual void clear_halt(std::uint8_t /*endpoint*/) {}
  virtual void set_alternate(std::uint8_t /*interface*/, std::uint8_t /*alternate*/) {}
  // What a person does at the device or a fault does to it: "button", "blow", "lead_off LA", "lead_on LA",
  // "stall", "corrupt", "slow 3", "clock_jump 1000". False: this device knows no such act.
  virtual bool act(std::string_view act, std::int64_t now_ns) = 0;
  virtual std::vector<Produced> produced() const = 0;
};

}  // namespace caukham::devices
