// Landlock, by its system calls: what can be read, what can be written, nothing else, and nothing executed.
// https://docs.kernel.org/userspace-api/landlock.html
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "ipc/handle.hpp"
#include "pluginhost/linux/walls.hpp"

namespace caukham::pluginhost {
namespace {

// Written out here, since the system's headers may be older than its kernel.
constexpr long sys_create = 444, sys_add = 445, sys_restrict = 446;
struct Ruleset {
  std::uint64_t files, network, scoped;
};
struct [[gnu::packed]] BelowPath {
  std::uint64_t access;
  std::int32_t parent;
};
constexpr std::uint64_t execute = 1, write_file = 1 << 1, read_file = 1 << 2, read_dir = 1 << 3, remove_dir = 1 << 4,
                        remove_file = 1 << 5, make_dir = 1 << 7, make_reg = 1 << 8, make_sock = 1 << 9, refer = 1 << 13, truncate = 1 << 14,
                        ioctl_dev = 1 << 15;
constexpr std::uint64_t reading = read_file | read_dir;
constexpr std::uint64_t writing = reading | write_file | remove_dir | remove_file | make_dir | make_reg | refer | truncate;
constexpr std::uint64_t on_files = execute | write_file | read_file | truncate | ioctl_dev;  // what a rule for a file may name

// A rule for what is at `path`; what does not exist needs none.
bool allow(int ruleset, const std::string& path, std::uint64_t access, std::uint64_t handled) {
  const ipc::Handle at(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!at.valid() || ::fstat(at.native(), &info) != 0) return true;
  if (!S_ISDIR(info.st_mode)) access &= on_files;
  BelowPath rule{access & handled, at.native()};
  return ::syscall(sys_add, ruleset, 1, &rule, 0) == 0;
}
}  // namespace

std::string wall_files(const SandboxRules& rules) {
  const long abi = ::syscall(sys_create, nullptr, 0, 1);
  if (abi < 1) return std::string("this system's kernel has no Landlock (") + std::strerror(errno) + ")";
  Ruleset set{(1 << 13) - 1, 0, 0};
  if (abi >= 2) set.files |= refer;
  if (abi >= 3) set.files |= truncate;
  if (abi >= 4) set.network = 3;  // bind and connect, TCP
  if (abi >= 5) set.files |= ioctl_dev;
  if (abi >= 6) set.scoped = 3;   // abstract sockets of others, signals to others
  const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  const ipc::Handle ruleset(static_cast<int>(::syscall(sys_create, &set, size, 0)));
  if (!ruleset.valid()) return std::string("Landlock refuses: ") + std::strerror(errno);
  bool good = true;
  for (const auto& path : rules.read) good = allow(ruleset.native(), path, reading, set.files) && good;
  const auto own_folder = writing | (rules.local_sockets ? make_sock : 0);
  for (const auto& path : rules.write) good = allow(ruleset.native(), path, own_folder, set.files) && good;
  for (const auto& path : rules.devices)
    good = allow(ruleset.native(), path, reading | write_file | ioctl_dev, set.files) && good;
  if (!good || ::syscall(sys_restrict, ruleset.native(), 0) != 0)
    return std::string("Landlock refuses: ") + std::strerror(errno);
  if (abi < 3) return "this system's kernel is older than 6.2: files outside could be emptied, not written";
  return "";
}

}  // namespace caukham::pluginhost
