// Faults on demand: one vocabulary for simulators, replayed recordings, scenarios and the command line. What they do
// goes wrong for real as far as the application can tell; nothing of it is possible with hardware.
//
//   UNPLUG              the device leaves                       (device's side of the wire)
//   STALL               it goes on and sends nothing, or its endpoint halts; RESUME ends it
//   LEAD_OFF LA         an electrode comes off; LEAD_ON LA puts it back (RA LA LL RL V1..V6)
//   CORRUPT             its next transfer or picture is damaged
//   SLOW 3              only every third sample packet or picture leaves it; SLOW 1 ends it
//   CLOCK_JUMP 1000     its clock steps by so many ms
//   FLOOD               it sends nonsense as fast as the line carries, for a second
//   LIE                 its next transfers begin with sizes and counters that cannot be
//   CRASH, HANG         the plugin's process                    (plugin's side)
//   FLOOD plugin        the plugin's process says more than anybody can read
//   LIE plugin          it hands over slots, sizes and counts outside the pool
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace caukham::ipc {

enum class FaultSide : std::uint8_t { device, plugin };

struct FaultWord {
  const char* name;      // "LEAD_OFF"
  const char* argument;  // what may follow, for a usage text; "" nothing
  FaultSide side;
  const char* sentence;  // what it does, English
};
std::span<const FaultWord> fault_words();

struct FaultCommand {
  std::string name, argument;
  FaultSide side = FaultSide::device;
};

// "LEAD_OFF LA" taken apart; nothing when it is no fault, or its argument cannot be one.
std::optional<FaultCommand> parse_fault(std::string_view text);

// The same in the words of a device model's act(): "lead_off LA". For the device's side, UNPLUG excepted.
std::string act_of(const FaultCommand& fault);

}  // namespace caukham::ipc
