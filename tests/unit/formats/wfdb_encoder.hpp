// The writing half of WFDB's sample formats, for tests only: what the reader must give back.
#pragma once
#include <cstdint>
#include <vector>

namespace wfdb_test {

using Bytes = std::vector<std::uint8_t>;

// `adc` in the order of the file. Written from signal(5), sample after sample, with none of the reader's arithmetic.
inline Bytes encode(int format, const std::vector<std::int32_t>& adc, std::int32_t initial = 0) {
  Bytes out;
  const auto byte = [&](std::uint32_t v) { out.push_back(static_cast<std::uint8_t>(v & 0xFF)); };
  const auto at = [&](std::size_t i) { return i < adc.size() ? static_cast<std::uint32_t>(adc[i]) : 0u; };
  if (format == 212) {
    for (std::size_t i = 0; i < adc.size(); i += 2) {
      const std::uint32_t a = at(i) & 0xFFF, b = at(i + 1) & 0xFFF;
      byte(a), byte((a >> 8) + ((b >> 8) << 4));
      if (i + 1 < adc.size()) byte(b);
    }
  } else if (format == 310) {
    for (std::size_t i = 0; i < adc.size(); i += 3) {
      const std::uint32_t a = at(i) & 0x3FF, b = at(i + 1) & 0x3FF, c = at(i + 2) & 0x3FF;
      const std::uint32_t first = a * 2 + (c % 32) * 2048, second = b * 2 + (c / 32) * 2048;
      byte(first), byte(first >> 8), byte(second), byte(second >> 8);
    }
  } else if (format == 311) {
    for (std::size_t i = 0; i < adc.size(); i += 3) {
      const std::uint32_t word = (at(i) & 0x3FF) + (at(i + 1) & 0x3FF) * 1024 + (at(i + 2) & 0x3FF) * 1048576;
      for (int shift = 0; shift < 32; shift += 8) byte(word >> shift);
    }
  } else {
    std::int32_t before = initial;
    for (const std::int32_t v : adc) {
      const auto u = static_cast<std::uint32_t>(v);
      switch (format) {
        case 8: byte(static_cast<std::uint32_t>(v - before)); before = v; break;
        case 80: byte(u + 128); break;
        case 16: byte(u), byte(u >> 8); break;
        case 61: byte(u >> 8), byte(u); break;
        case 160: byte(u + 32768), byte((u + 32768) >> 8); break;
        case 24: byte(u), byte(u >> 8), byte(u >> 16); break;
        case 32: byte(u), byte(u >> 8), byte(u >> 16), byte(u >> 24); break;
      }
    }
  }
  return out;
}

}  // namespace wfdb_test
