// The bytes of a 64-bit Windows library that holds nothing but an export table, for readers of such files.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace caukham::test {

// One section at address 0x1000, at 0x200 in the file; in it the export table, then the list of names' addresses, then names.
inline std::vector<std::uint8_t> small_dll(const std::vector<std::string>& names, std::uint16_t machine = 0x8664) {
  constexpr std::size_t head = 0x80, optional = head + 24, section = optional + 240, body = 0x200;
  constexpr std::uint32_t address = 0x1000;
  std::vector<std::uint8_t> out(body + 40 + 4 * names.size(), 0);
  const auto put = [&](std::size_t at, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value >> (8 * i));
  };
  put(0, 0x5A4D, 2), put(0x3C, head, 4), put(head, 0x4550, 4), put(head + 4, machine, 2), put(head + 6, 1, 2);
  put(head + 20, 240, 2), put(head + 22, 0x2022, 2);
  put(optional, 0x20B, 2), put(optional + 108, 16, 4), put(optional + 112, address, 4), put(optional + 116, 40, 4);
  const auto count = static_cast<std::uint32_t>(names.size());
  put(body + 20, count, 4), put(body + 24, count, 4), put(body + 32, address + 40, 4);
  for (std::size_t i = 0; i < names.size(); ++i) {
    put(body + 40 + 4 * i, address + (out.size() - body), 4);
    out.insert(out.end(), names[i].begin(), names[i].end());
    out.push_back(0);
  }
  put(section + 8, out.size() - body, 4), put(section + 12, address, 4), put(section + 16, out.size() - body, 4), put(section + 20, body, 4);
  return out;
}

}  // namespace caukham::test
