// Limits of resources, the network namespace and capabilities.
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "pluginhost/linux/walls.hpp"

namespace caukham::pluginhost {
namespace {

bool write_line(const char* file, const std::string& line) {
  std::ofstream out(file);
  return static_cast<bool>(out << line << std::flush);
}

// Below the limit that is in force already, never above.
bool limit(int what, std::uint64_t most) {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource>(what), &now) != 0) return false;
  rlimit wanted{most, most};
  if (now.rlim_max != RLIM_INFINITY && now.rlim_max < most) wanted = {now.rlim_max, now.rlim_max};
  return ::setrlimit(static_cast<__rlimit_resource>(what), &wanted) == 0;
}

void drop_capabilities() {
  for (int capability = 0; capability <= 63; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno == EINVAL) break;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  ::syscall(SYS_capset, &head, none);
}
}  // namespace

std::string limit_resources(const SandboxRules& rules) {
  write_line("/proc/self/oom_score_adj", "800");  // when the system runs out of memory, this goes before the window
  ::signal(SIGXFSZ, SIG_IGN);  // a file too long is an error, not a death
  bool good = limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, 256) && limit(RLIMIT_FSIZE, 64u << 20);
  // The limit of what is private and writable; the address space is left room for libraries, the pool and what
  // allocators only reserve. Neither bears AddressSanitizer's shadow: there the application watches what is in RAM.
  if (rules.memory_bytes && !sanitized)
    good = limit(RLIMIT_DATA, rules.memory_bytes) && limit(RLIMIT_AS, rules.memory_bytes + (4ull << 30)) && good;
  return good ? "" : std::string("a limit cannot be set: ") + std::strerror(errno);
}

std::string leave_network() {
  const auto user = ::getuid();
  const auto group = ::getgid();
  std::string why;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    why = std::string("the system does not give one (") + std::strerror(errno) + ")";
  } else {
    // The same names as outside; without them files would seem to belong to nobody.
    write_line("/proc/self/setgroups", "deny");
    write_line("/proc/self/uid_map", std::to_string(user) + " " + std::to_string(user) + " 1");
    write_line("/proc/self/gid_map", std::to_string(group) + " " + std::to_string(group) + " 1");
    limit(RLIMIT_NPROC, 64);  // counted in the namespace: this process's threads alone
  }
  drop_capabilities();
  return why;
}

}  // namespace caukham::pluginhost
