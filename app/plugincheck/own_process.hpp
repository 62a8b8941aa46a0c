// What this process holds at the moment, as the system tells it; a test compares two.
#pragma once
#include <cstdint>
#include <string>

namespace caukham::plugincheck {

struct Footprint {
  std::uint64_t threads = 0, handles = 0, memory_bytes = 0, children = 0;
};
Footprint footprint();

// Turns stdout and stderr into a file that only this object knows, until asked for it.
class Captured {
 public:
  Captured();
  ~Captured();
  // What has been written, at most 4 KiB of it.
  std::string text();

 private:
  int kept_[2] = {-1, -1}, file_ = -1;
};

}  // namespace caukham::plugincheck
