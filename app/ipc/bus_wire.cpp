#include "ipc/bus_wire.hpp"

#include <cstring>

namespace caukham::ipc {
namespace {

template <class Head>
bool split(std::span<const std::byte> message, Head& head, std::span<const std::byte>& payload) {
  if (message.size() < sizeof head) return false;
  std::memcpy(&head, message.data(), sizeof head);
  payload = message.subspan(sizeof head);
  return head.size == sizeof head && payload.size() <= bus_piece_bytes;
}

}  // namespace

template <class Head>
std::vector<std::byte> bus_message(Head head, std::span<const std::byte> payload) {
  head.size = sizeof head;
  std::vector<std::byte> message(sizeof head + payload.size());
  std::memcpy(message.data(), &head, sizeof head);
  if (!payload.empty()) std::memcpy(message.data() + sizeof head, payload.data(), payload.size());
  return message;
}
template std::vector<std::byte> bus_message(BusRequest, std::span<const std::byte>);
template std::vector<std::byte> bus_message(BusAnswer, std::span<const std::byte>);

std::optional<BusIncoming> parse_bus_request(std::span<const std::byte> message) {
  BusIncoming in;
  if (!split(message, in.head, in.payload)) return std::nullopt;
  const BusRequest& h = in.head;
  if (h.op < BusOp::open || h.op > BusOp::cancel || h.endpoint > 0xFF || h.timeout_ms > 10000)
    return std::nullopt;
  if (h.length > CK_TRANSPORT_MAX_READ || (h.op == BusOp::control && h.length > 0xFFFF))
    return std::nullopt;
  const bool carries = h.op == BusOp::write || (h.op == BusOp::control && (h.request_type & 0x80) == 0);
  if (!carries && !in.payload.empty()) return std::nullopt;
  if (carries && in.payload.size() != h.length) return std::nullopt;
  return in;
}

std::optional<BusReply> parse_bus_answer(std::span<const std::byte> message) {
  BusReply in;
  if (!split(message, in.head, in.payload)) return std::nullopt;
  if (in.head.more > 1 || in.head.result < -64 ||
      in.head.result > static_cast<ck_result>(CK_TRANSPORT_MAX_READ))
    return std::nullopt;
  return in;
}

}  // namespace caukham::ipc
