// Shared by the camera tests: the luma plane of a JPEG through libjpeg (which also says whether it was clean), and
// random numbers whose seed is printed.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <vector>

#include "devices/model/model.hpp"

namespace test {

struct Luma {
  int width = 0, height = 0;
  long warnings = 0;  // libjpeg's count of damage it papered over
  std::vector<std::uint8_t> y;
};
// Empty when libjpeg refuses the bytes.
std::optional<Luma> decode_luma(caukham::devices::ByteView jpeg);
// The machine's counter burnt into the picture; empty when the picture is not clean.
std::optional<std::uint16_t> counter_of(caukham::devices::ByteView jpeg);

inline std::uint32_t seed() {
  if (const char* given = std::getenv("CAUKHAM_SEED")) return static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0));
  return std::random_device{}();
}

}  // namespace test
