#include "virtualbus/control.hpp"

#include <algorithm>
#include <cstring>

#include "ipc/validate.hpp"

namespace caukham::virtualbus {
namespace {

template <std::size_t N>
bool terminated(const char (&field)[N]) {
  return std::memchr(field, 0, N) != nullptr;
}

template <class T>
bool copy(std::span<const std::byte> message, T& to) {
  if (message.size() != sizeof to) return false;
  std::memcpy(&to, message.data(), sizeof to);
  return to.size == sizeof to;
}

}  // namespace

std::optional<ControlRequest> parse_control_request(std::span<const std::byte> message) {
  ControlRequest r;
  if (!copy(message, r) || r.op < ControlOp::list || r.op > ControlOp::open) return std::nullopt;
  if (!terminated(r.name) || !terminated(r.act)) return std::nullopt;
  return r;
}

std::optional<ControlAnswer> parse_control_answer(std::span<const std::byte> message) {
  ControlAnswer a;
  if (!copy(message, a) || !terminated(a.text) || a.count > max_devices) return std::nullopt;
  if (a.endpoint.size != 0 && ipc::wrong_with(a.endpoint)) return std::nullopt;
  for (const auto& name : a.names)
    if (!terminated(name)) return std::nullopt;
  for (const auto& stat : a.stats)
    if (!terminated(stat.stream)) return std::nullopt;
  return a;
}

}  // namespace caukham::virtualbus
