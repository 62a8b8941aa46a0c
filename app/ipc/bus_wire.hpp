// The virtual bus on the wire: what a plugin host's virtual port asks of the simulator that plays the device.
// One channel a plugged-in device. Requests carry a number, answers repeat it and may come in any order; an
// answer larger than bus_piece_bytes comes in pieces. A read is answered when the device has something, when
// its time is over (CK_E_AGAIN), when it is cancelled (CK_E_AGAIN) or when the device has been unplugged
// (CK_E_GONE).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "caukham/ext/transport.h"
#include "ipc/channel.hpp"

namespace caukham::ipc {

inline constexpr std::uint32_t bus_piece_bytes = 64 * 1024;

enum class BusOp : std::uint32_t {
  open = 1,       // the port is opened; answered with CK_OK or CK_E_GONE
  close,          // the port is closed; not answered
  control,        // payload: the data of a host-to-device request
  read,           // length: capacity
  write,          // payload: the bytes
  set_alternate,  // value: interface, index: alternate setting
  clear_halt,
  cancel,  // all running reads; not answered itself
};

struct BusRequest {
  std::uint32_t size;  // of this head
  BusOp op;
  std::uint32_t id;
  std::uint32_t endpoint;
  std::uint32_t length;  // control: wLength, read: capacity
  std::uint32_t timeout_ms;
  std::uint8_t request_type, request;
  std::uint16_t value, index, reserved;
};
static_assert(sizeof(BusRequest) == 32);

struct BusAnswer {
  std::uint32_t size;  // of this head
  std::uint32_t id;
  ck_result result;    // of the whole, in every piece: bytes moved, or an error
  std::uint32_t more;  // 1: further pieces follow
};
static_assert(sizeof(BusAnswer) == 16);

template <class Head>
std::vector<std::byte> bus_message(Head head, std::span<const std::byte> payload);
// Head and payload of a message; nothing when it is malformed (sizes, unknown op, payload out of range).
struct BusIncoming {
  BusRequest head;
  std::span<const std::byte> payload;
};
std::optional<BusIncoming> parse_bus_request(std::span<const std::byte> message);
struct BusReply {
  BusAnswer head;
  std::span<const std::byte> payload;
};
std::optional<BusReply> parse_bus_answer(std::span<const std::byte> message);

}  // namespace caukham::ipc
