#include "ipc/faults.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace caukham::ipc {
namespace {

constexpr FaultWord words[] = {
    {"UNPLUG", "", FaultSide::device, "the device leaves"},
    {"STALL", "", FaultSide::device, "the device goes on and sends nothing"},
    {"RESUME", "", FaultSide::device, "ends STALL"},
    {"LEAD_OFF", "ELECTRODE", FaultSide::device, "an electrode comes off"},
    {"LEAD_ON", "ELECTRODE", FaultSide::device, "the electrode is put back"},
    {"CORRUPT", "", FaultSide::device, "the next transfer or picture is damaged"},
    {"SLOW", "N", FaultSide::device, "only every N-th packet or picture is sent; 1 ends it"},
    {"CLOCK_JUMP", "MS", FaultSide::device, "the device's clock steps"},
    {"FLOOD", "", FaultSide::device, "the device sends nonsense at full speed for a second"},
    {"LIE", "", FaultSide::device, "the device's sizes and counters cannot be"},
    {"CRASH", "", FaultSide::plugin, "the plugin's process crashes"},
    {"HANG", "", FaultSide::plugin, "the plugin's process hangs"},
    {"FLOOD", "plugin", FaultSide::plugin, "the plugin's process says more than anybody can read"},
    {"LIE", "plugin", FaultSide::plugin, "the plugin's process hands over what is not in the pool"},
};

constexpr std::array<std::string_view, 10> electrodes = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};

bool number_within(std::string_view text, int least, int most) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return !text.empty() && error == std::errc() && end == text.data() + text.size() && n >= least && n <= most;
}

bool fits(std::string_view wanted, std::string_view given) {
  if (wanted == "ELECTRODE") return std::find(electrodes.begin(), electrodes.end(), given) != electrodes.end();
  if (wanted == "N") return number_within(given, 1, 100);
  if (wanted == "MS") return number_within(given, -86'400'000, 86'400'000);
  return wanted == given;
}

}  // namespace

std::span<const FaultWord> fault_words() { return words; }

std::optional<FaultCommand> parse_fault(std::string_view text) {
  if (text.ends_with(' ')) return std::nullopt;
  const auto space = text.find(' ');
  const std::string_view name = text.substr(0, space);
  const std::string_view argument = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  for (const FaultWord& word : words)
    if (name == word.name && fits(word.argument, argument))
      return FaultCommand{std::string(name), std::string(argument), word.side};
  return std::nullopt;
}

std::string act_of(const FaultCommand& fault) {
  std::string act = fault.name;
  for (char& c : act)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return fault.argument.empty() ? act : act + " " + fault.argument;
}

}  // namespace caukham::ipc
