#pragma once
#include <cstdint>
#include <span>

namespace caukham::pluginhost {

// Whether a HID report descriptor (HID 1.11, 6.2.2) gives its reports numbers. Bounded; damaged descriptors
// are read as far as they go.
bool numbers_its_reports(std::span<const std::uint8_t> descriptor);

}  // namespace caukham::pluginhost
