#include "ipc/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

extern char** environ;

namespace caukham::ipc {
namespace {

// Numbers in the child below which the listed handles are moved aside before they get their fixed numbers.
constexpr int aside = 64;

void close_from(int first) {
  if (::syscall(SYS_close_range, first, ~0u, 0) == 0) return;
  const long limit = ::sysconf(_SC_OPEN_MAX);
  for (int fd = first; fd < (limit > 0 && limit < 65536 ? limit : 65536); ++fd) ::close(fd);
}

struct Prepared {
  std::vector<char*> argv, envp;
  std::vector<std::pair<int, int>> inherit;  // our number, the child's
  int output = -1, null = -1, report = -1;
  pid_t parent = 0;
  bool end_with_parent = true;
};

// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Prepared& p) {
  const auto fail = [&] {
    const int why = errno;
    [[maybe_unused]] const auto n = ::write(p.report, &why, sizeof why);
    ::_exit(127);
  };
  if (p.end_with_parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != p.parent) ::_exit(127);
  }
  ::setpgid(0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  int moved[16];
  std::size_t n = 0;
  for (const auto& [ours, theirs] : p.inherit)
    if ((moved[n++] = ::fcntl(ours, F_DUPFD, aside)) < 0) fail();
  const int output = ::fcntl(p.output >= 0 ? p.output : p.null, F_DUPFD, aside);
  const int null = ::fcntl(p.null, F_DUPFD, aside);
  const int last = 3 + static_cast<int>(n);
  for (n = 0; n < p.inherit.size(); ++n)
    if (::dup2(moved[n], p.inherit[n].second) < 0) fail();
  if (::dup2(null, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0) fail();
  const int report = ::fcntl(p.report, F_DUPFD, aside);
  if (report < 0 || ::dup2(report, last) < 0) fail();
  ::fcntl(last, F_SETFD, FD_CLOEXEC);
  close_from(last + 1);
  ::execve(p.argv[0], p.argv.data(), p.envp.data());
  const int why = errno;
  [[maybe_unused]] const auto written = ::write(last, &why, sizeof why);
  ::_exit(127);
}

bool harmless(const std::string& name) {
  constexpr const char* known[] = {"PATH=",         "LANG=",         "LANGUAGE=",     "TZ=",           "LD_LIBRARY_PATH=",
                                   "ASAN_OPTIONS=", "UBSAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS="};
  return name.starts_with("LC_") || std::find(std::begin(known), std::end(known), name) != std::end(known);
}

std::vector<std::string> merged_environment(const std::vector<std::string>& extra, bool clean) {
  std::vector<std::string> all;
  const auto name = [](const std::string& line) { return line.substr(0, line.find('=') + 1); };
  for (char** e = environ; e && *e; ++e) {
    const std::string own = *e;
    if (clean && !harmless(name(own))) continue;
    const bool replaced =
        std::any_of(extra.begin(), extra.end(), [&](const auto& x) { return name(x) == name(own); });
    if (!replaced) all.push_back(own);
  }
  all.insert(all.end(), extra.begin(), extra.end());
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& lines) {
  std::vector<char*> out;
  for (auto& line : lines) out.push_back(line.data());
  out.push_back(nullptr);
  return out;
}

ExitStatus from_wait(int status) {
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WIFEXITED(status) ? WEXITSTATUS(status) : 1};
}

}  // namespace

std::string ExitStatus::words() const {
  if (signalled) return "was killed by signal " + std::to_string(code) + " (" + ::strsignal(code) + ")";
  return code == 0 ? "ended normally" : "ended with code " + std::to_string(code);
}

Process Process::spawn(const Spawn& what) {
  std::vector<std::string> arguments{what.program};
  arguments.insert(arguments.end(), what.arguments.begin(), what.arguments.end());
  std::vector<std::string> environment = merged_environment(what.environment, what.clean_environment);
  Prepared p;
  p.argv = pointers(arguments);
  p.envp = pointers(environment);
  for (const auto& [handle, number] : what.inherit) {
    const int expected = 3 + static_cast<int>(p.inherit.size());
    if (number != expected || p.inherit.size() == 16 || !handle->valid())
      throw std::system_error(EINVAL, std::generic_category(),
                              "handles to inherit must be numbered from 3 without holes");
    p.inherit.emplace_back(handle->native(), number);
  }
  const Handle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  int report[2];
  if (!null.valid() || ::pipe2(report, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe");
  const Handle report_in(report[0]);
  Handle report_out(report[1]);
  p.null = null.native();
  p.report = report[1];
  p.output = what.output ? what.output->native() : -1;
  p.parent = ::getpid();
  p.end_with_parent = what.end_with_parent;

  // No handler of ours may run in the child before exec.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) become(p);
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) throw std::system_error(fork_error, std::generic_category(), "start " + what.program);

  Process process;
  process.pid_ = pid;
  process.ended_ = Handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (process.ended_.valid()) ::fcntl(process.ended_.native(), F_SETFD, FD_CLOEXEC);
  report_out.reset();
  int why = 0;
  ssize_t n;
  do n = ::read(report_in.native(), &why, sizeof why);
  while (n < 0 && errno == EINTR);
  if (n == sizeof why) {
    process.wait(-1);
    throw std::system_error(why, std::generic_category(), "start " + what.program);
  }
  if (!process.ended_.valid())
    throw std::system_error(ENOSYS, std::generic_category(), "pidfd_open (Linux 5.3 or newer)");
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      ended_(std::move(other.ended_)),
      status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this == &other) return *this;
  kill();
  wait(-1);
  pid_ = std::exchange(other.pid_, 0);
  ended_ = std::move(other.ended_);
  status_ = std::exchange(other.status_, std::nullopt);
  return *this;
}

Process::~Process() {
  kill();
  wait(-1);
}

void Process::kill() {
  if (pid_ <= 0 || status_) return;
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);  // it may not have made its group yet
}

std::optional<ExitStatus> Process::wait(int timeout_ms) {
  if (pid_ <= 0) return status_;
  if (status_) return status_;
  if (timeout_ms > 0) {
    pollfd p{ended_.native(), POLLIN, 0};
    if (::poll(&p, 1, timeout_ms) == 0) return std::nullopt;
  }
  int status = 0;
  pid_t n;
  do n = ::waitpid(pid_, &status, timeout_ms < 0 ? 0 : WNOHANG);
  while (n < 0 && errno == EINTR);
  if (n == 0) return std::nullopt;
  status_ = n == pid_ ? from_wait(status) : ExitStatus{false, 1};
  return status_;
}

bool kill_by_pid(int pid) { return pid > 1 && ::kill(pid, SIGKILL) == 0; }

std::pair<Handle, Handle> output_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return {Handle(fds[0]), Handle(fds[1])};
}

bool drain(const Handle& read_end, std::string& text, std::size_t limit) {
  char block[4096];
  for (std::size_t got = 0; got < limit;) {
    const ssize_t n = ::read(read_end.native(), block, std::min(sizeof block, limit - got));
    if (n == 0) return false;
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    text.append(block, static_cast<std::size_t>(n));
    got += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace caukham::ipc
