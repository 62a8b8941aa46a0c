#pragma once
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/lib/test_folder.hpp"

namespace caukham::tests {

// A plugin's folder and two vendors' keys, removed at the end.
struct Vendor {
  const TestFolder folder{"trust"};
  const std::filesystem::path root = folder.path, plugin = root / "plugin", keys = root / "keys";
  Vendor() {
    std::filesystem::create_directories(plugin);
    std::filesystem::create_directories(keys);
    write(plugin / "manifest.json", R"({"id":"org.example.heart","version":"1.2","library":"heart"})");
    write(plugin / "heart.so", "not really a library");
    write(plugin / "readme.txt", "words");
  }
  static void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

}  // namespace caukham::tests
