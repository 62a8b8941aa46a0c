// A folder of a test's own: new, empty, and gone at the end.
#pragma once
#include <filesystem>
#include <random>
#include <string>

namespace caukham::tests {

struct TestFolder {
  // `name` is for the person who finds one left behind. Not the process' number: it comes again, under wine at once.
  explicit TestFolder(const std::string& name, const std::filesystem::path& in = std::filesystem::temp_directory_path())
      : path(in / ("caukham-" + name + "-" + std::to_string(std::random_device{}()) + std::to_string(std::random_device{}()))) {
    std::filesystem::create_directories(path);
  }
  ~TestFolder() {
    std::error_code ignored;  // Windows keeps a library for a moment longer than the process that had it loaded
    std::filesystem::remove_all(path, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path / name; }

  const std::filesystem::path path;
};

}  // namespace caukham::tests
