#include "core/words.hpp"

namespace caukham::core {

const char* text_of(DeviceState state) {
  switch (state) {
    case DeviceState::opening: return "opening";
    case DeviceState::live: return "live";
    case DeviceState::restarting: return "restarting";
    case DeviceState::unplugged: return "unplugged";
    case DeviceState::paused: return "paused";
    case DeviceState::failed: return "failed";
  }
  return "";
}

std::string electrodes_text(std::uint32_t mask) {
  std::string text;
  for (std::size_t bit = 0; bit < electrode_names.size(); ++bit)
    if (mask >> bit & 1) text += (text.empty() ? "" : " ") + std::string(electrode_names[bit]);
  return text;
}

}  // namespace caukham::core
