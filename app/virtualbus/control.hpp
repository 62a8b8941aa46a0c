// What the application asks of the simulator: which devices there are, plug one in, pull it out, do something
// at it, what it has produced, and a link to it for a plugin host. Every request is answered, in order. Fixed
// structs, size first; both ends come from one build.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "caukham/entry.h"

namespace caukham::virtualbus {

inline constexpr std::size_t max_devices = 16;
inline constexpr std::size_t max_stats = 8;
inline constexpr std::size_t act_size = 192;

enum class ControlOp : std::uint32_t {
  list = 1,  // names of all devices, and which are plugged in
  plug,      // answered with the endpoint
  unplug,    // running reads of its host answer CK_E_GONE
  act,       // see the device models' headers: "button", "blow 2", "lead_off LA", ...
  stats,
  open,      // carries one handle: the channel end that speaks the bus protocol (ipc/bus_wire.hpp)
};

struct ControlRequest {
  std::uint32_t size;
  ControlOp op;
  char name[CK_NAME_SIZE];
  char act[act_size];
};
static_assert(sizeof(ControlRequest) == 264);

struct ControlStat {
  char stream[CK_UNIT_SIZE * 2];
  std::uint64_t samples, sent;
};

struct ControlAnswer {
  std::uint32_t size;
  std::uint32_t ok;            // 0: `text` says why not
  char text[CK_PATH_SIZE];
  ck_endpoint endpoint;        // plug
  std::uint32_t count;         // list: of names; stats: of stats
  std::uint32_t plugged_mask;  // list
  char names[max_devices][CK_NAME_SIZE];
  ControlStat stats[max_stats];
};
static_assert(sizeof(ControlStat) == 48 && sizeof(ControlAnswer) == 8 + 256 + sizeof(ck_endpoint) + 8 + 1024 + 384);

// Nothing when the message is malformed: wrong size, unknown op, text without an end, counts out of range.
std::optional<ControlRequest> parse_control_request(std::span<const std::byte> message);
std::optional<ControlAnswer> parse_control_answer(std::span<const std::byte> message);

}  // namespace caukham::virtualbus
