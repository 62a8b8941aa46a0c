#include "../footprint.hpp"

#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>

namespace caukham::tests {
namespace {
std::size_t entries(int pid, const char* folder) {
  const auto begin = std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + folder);
  return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
}
}  // namespace

int own_pid() { return ::getpid(); }
std::size_t threads_of(int pid) { return entries(pid, "/task"); }
std::size_t handles_of(int pid) { return entries(pid, "/fd"); }

}  // namespace caukham::tests
