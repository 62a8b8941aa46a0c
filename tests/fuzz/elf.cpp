// A plugin's library before it is loaded: anybody's file.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include "pluginhost/exports.hpp"
#include "target.hpp"

using namespace fuzz;

namespace {

std::string place() {
  const std::filesystem::path memory = "/dev/shm";
  const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  return (folder / ("caukham-fuzz-" + std::to_string(getpid()))).string();
}

void elf(Input bytes) {
  static const std::string path = place();
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  try {
    const auto exports = caukham::pluginhost::read_exports(path);
    std::size_t characters = 0;
    for (const auto& name : exports.plain) characters += name.size();
    must(exports.plain.size() + exports.mangled <= bytes.size(), "no more names than the file could hold");
    (void)characters;
  } catch (const std::runtime_error&) {
  }
  std::remove(path.c_str());
}

// A 64-bit little-endian shared object with one exported function, made of a section table alone.
std::vector<Seed> libraries() {
  Seed s(64 + 3 * 64 + 48 + 16, 0);
  const auto put = [&](std::size_t at, std::uint64_t v, int n) {
    for (int i = 0; i < n; ++i) s[at + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(v >> (8 * i));
  };
  const std::size_t sections = 64, symbols = 64 + 3 * 64, names = symbols + 48;
  put(0, 0x464C457F, 4), put(4, 2, 1), put(5, 1, 1), put(6, 1, 1);
  put(16, 3, 2), put(18, 62, 2), put(20, 1, 4), put(40, sections, 8), put(52, 64, 2), put(58, 64, 2), put(60, 3, 2);
  put(sections + 64 + 4, 11, 4), put(sections + 64 + 24, symbols, 8), put(sections + 64 + 32, 48, 8), put(sections + 64 + 40, 2, 4), put(sections + 64 + 56, 24, 8);
  put(sections + 128 + 4, 3, 4), put(sections + 128 + 24, names, 8), put(sections + 128 + 32, 16, 8);
  put(symbols + 24, 1, 4), put(symbols + 28, 0x12, 1), put(symbols + 30, 1, 2), put(symbols + 32, 0x1000, 8);
  const char* name = "ck_plugin_entry";
  for (std::size_t i = 0; name[i] && i < 14; ++i) s[names + 1 + i] = static_cast<std::uint8_t>(name[i]);
  return {s};
}
const Register elf_target{"elf_exports", elf, libraries};

}  // namespace
