// A temporary folder that goes away with the test, and small helpers for bytes and files.
#pragma once
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "tests/lib/test_folder.hpp"

struct Folder : caukham::tests::TestFolder {
  Folder() : TestFolder("record", place()) {}

 private:
  // In memory where there is such a place: these tests make thousands of files, and an fsync there costs nothing.
  static std::filesystem::path place() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  }
};

inline std::string slurp(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
inline void spit(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::remove(path);  // replacing by truncation makes some file systems wait for the disk
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
inline std::span<const std::byte> bytes_of(std::string_view s) {
  return std::as_bytes(std::span(s.data(), s.size()));
}
