#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "caukham/entry.h"

namespace caukham::pluginhost {

// Whether a HID report descriptor (HID 1.11, 6.2.2) gives its reports numbers. Bounded; damaged descriptors
// are read as far as they go.
bool numbers_its_reports(std::span<const std::uint8_t> descriptor);

// The same of a device that is not open yet, by hidapi's name for it: hidapi wants the number (or 0) before every report
// written. Numberless when the device does not tell. One back end a platform.
bool reports_are_numbered(const ck_endpoint& endpoint, const std::string& path, int interface_number);

}  // namespace caukham::pluginhost
