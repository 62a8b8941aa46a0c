#include "pluginhost/transport/hid_reports.hpp"

namespace caukham::pluginhost {

bool numbers_its_reports(std::span<const std::uint8_t> d) {
  for (std::size_t at = 0; at < d.size();) {
    const std::uint8_t prefix = d[at];
    if (prefix == 0xFE) {  // long item: size and tag follow
      if (at + 1 >= d.size()) return false;
      at += 3u + d[at + 1];
      continue;
    }
    if ((prefix & 0xFC) == 0x84) return true;  // global item, tag 8: Report ID
    at += 1u + ((prefix & 3) == 3 ? 4u : prefix & 3u);
  }
  return false;
}

}  // namespace caukham::pluginhost
