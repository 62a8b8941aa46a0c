// A disk so small that a test can fill it: a RAM disk of its own, where the test may mount one (root, Linux).
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace caukham::test {

class SmallDisk {
 public:
  explicit SmallDisk(std::uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool usable() const { return usable_; }  // false: not allowed to mount; say so and skip
  const std::filesystem::path& path() const { return path_; }

  // Takes all the space that is left, to the last byte.
  void fill() {
    std::ofstream out(path_ / "filler", std::ios::binary | std::ios::app);
    for (std::size_t size : {std::size_t{65536}, std::size_t{4096}, std::size_t{1}}) {
      const std::string block(size, 'x');
      while (out.write(block.data(), static_cast<std::streamsize>(size)).flush()) {
      }
      out.clear();
    }
  }
  void free_space() { std::filesystem::remove(path_ / "filler"); }

 private:
  std::filesystem::path path_;
  bool usable_ = false;
};

}  // namespace caukham::test
