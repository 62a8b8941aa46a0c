#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace caukham::tests {

// A plugin's folder and two vendors' keys, removed at the end.
struct Vendor {
  std::filesystem::path root, plugin, keys;
  Vendor() {
    static int n = 0;
    root = std::filesystem::temp_directory_path() / ("caukham_trust_" + std::to_string(::getpid()) + "_" + std::to_string(n++));
    plugin = root / "plugin";
    keys = root / "keys";
    std::filesystem::create_directories(plugin);
    std::filesystem::create_directories(keys);
    write(plugin / "manifest.json", R"({"id":"org.example.heart","version":"1.2","library":"heart"})");
    write(plugin / "heart.so", "not really a library");
    write(plugin / "readme.txt", "words");
  }
  ~Vendor() { std::filesystem::remove_all(root); }
  static void write(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
  }
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

}  // namespace caukham::tests
