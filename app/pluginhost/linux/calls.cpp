// seccomp: the system calls that libraries need, and no others. What is refused fails with EPERM, as it would for lack of
// rights; nothing is killed for asking.
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "pluginhost/linux/walls.hpp"

namespace caukham::pluginhost {
namespace {

constexpr const char* plain[] = {
    // memory
    "brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mincore", "msync", "mlock", "mlock2", "munlock",
    "membarrier", "memfd_create", "pkey_alloc", "pkey_free", "pkey_mprotect",
    // files: which ones, Landlock says
    "open", "openat", "openat2", "creat", "close", "close_range", "read", "readv", "pread64", "preadv", "preadv2", "write",
    "writev", "pwrite64", "pwritev", "pwritev2", "lseek", "_llseek", "stat", "fstat", "lstat", "newfstatat", "fstatat64",
    "stat64", "fstat64", "lstat64", "statx", "statfs", "fstatfs", "statfs64", "fstatfs64", "access", "faccessat",
    "faccessat2", "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "chdir", "fchdir", "mkdir", "mkdirat",
    "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "truncate", "ftruncate", "truncate64", "ftruncate64",
    "fallocate", "fadvise64", "fsync", "fdatasync", "sync_file_range", "flock", "utimensat", "umask", "dup", "dup2", "dup3",
    "fcntl", "fcntl64", "ioctl", "sendfile", "splice", "tee", "copy_file_range", "inotify_init1", "inotify_add_watch",
    "inotify_rm_watch",
    // waiting
    "poll", "ppoll", "ppoll_time64", "select", "pselect6", "_newselect", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "pipe", "pipe2", "signalfd4", "timerfd_create",
    "timerfd_settime", "timerfd_gettime", "futex", "futex_time64", "futex_waitv", "nanosleep", "clock_nanosleep",
    "clock_nanosleep_time64", "pause", "restart_syscall", "alarm", "setitimer", "getitimer", "timer_create",
    "timer_settime", "timer_gettime", "timer_delete", "timer_getoverrun",
    // sockets that are there already, and pairs of its own
    "socketpair", "sendto", "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "getsockopt", "setsockopt",
    "getsockname", "getpeername", "shutdown", "bind",
    // threads and itself
    "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "arch_prctl", "set_thread_area", "gettid", "getpid",
    "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "getpgrp", "getpgid",
    "getsid", "sched_yield", "sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "getpriority", "getcpu", "getrusage", "times", "getrlimit",
    "ugetrlimit", "capget", "exit", "exit_group", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending",
    "rt_sigsuspend", "rt_sigtimedwait", "sigaltstack", "sigreturn",
    // the world
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday", "time", "uname", "sysinfo",
    "getrandom",
};

struct Release {
  void operator()(scmp_filter_ctx filter) const { ::seccomp_release(filter); }
};

class Filter {
 public:
  Filter() : filter_(::seccomp_init(SCMP_ACT_ERRNO(EPERM))) {}
  explicit operator bool() const { return filter_ != nullptr && error_ == 0; }
  int error() const { return error_; }

  template <class... Conditions>
  void allow(const char* name, Conditions... conditions) { add(SCMP_ACT_ALLOW, name, conditions...); }
  template <class... Conditions>
  void add(std::uint32_t action, const char* name, Conditions... conditions) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR || !filter_) return;  // another machine's call
    const scmp_arg_cmp list[] = {conditions..., scmp_arg_cmp{}};
    const int result =
        ::seccomp_rule_add_array(filter_.get(), action, number, static_cast<unsigned>(sizeof...(conditions)), list);
    if (result < 0 && result != -EDOM && error_ == 0) error_ = -result;  // EDOM: not a call of this machine
  }
  void load() {
    if (!filter_ || error_) return;
    ::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    // With a hash of the calls the kernel looks a call up in a few steps instead of going through the list.
    ::seccomp_attr_set(filter_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    error_ = -::seccomp_load(filter_.get());
  }

 private:
  std::unique_ptr<void, Release> filter_;
  int error_ = 0;
};
}  // namespace

std::string wall_calls(const SandboxRules& rules) {
  const auto own = static_cast<scmp_datum_t>(::getpid());
  Filter filter;
  for (const char* name : plain) filter.allow(name);
  // Threads, not processes; the newer call's flags lie in memory, where a filter cannot look, and libraries then use
  // the older one.
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  constexpr scmp_datum_t thread = CLONE_VM | CLONE_THREAD;
  if (sanitized) {
    filter.allow("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_VM, CLONE_VM));  // the leak detector's helper shares memory
    for (const char* name : {"wait4", "ptrace", "prctl", "process_vm_readv"}) filter.allow(name);
  } else {
    filter.allow("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    for (const int what : {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_VMA, PR_GET_NO_NEW_PRIVS, PR_GET_TIMERSLACK})
      filter.allow("prctl", SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(what)));
  }
  // Signals to itself alone: abort() needs one.
  filter.allow("kill", SCMP_A0(SCMP_CMP_EQ, own));
  filter.allow("tgkill", SCMP_A0(SCMP_CMP_EQ, own));
  // Limits: to ask, not to set.
  filter.allow("prlimit64", SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
  filter.allow("prlimit64", SCMP_A0(SCMP_CMP_EQ, own), SCMP_A2(SCMP_CMP_EQ, 0));
  // The news of devices that libudev wants to hear of; in a network of its own there are none, but libusb asks.
  constexpr int netlink_uevent = 15;
  filter.allow("socket", SCMP_A0(SCMP_CMP_EQ, AF_NETLINK), SCMP_A2(SCMP_CMP_EQ, netlink_uevent));
  if (rules.local_sockets) {
    filter.allow("socket", SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
    filter.allow("connect");
  }
  filter.load();
  if (filter) return "";
  return filter.error() == 0 ? "there is no memory for the filter"
                             : std::string("the system does not take the filter (") + std::strerror(filter.error()) + ")";
}

}  // namespace caukham::pluginhost
