// A child process that reports what it has been promised through a pipe, and can be killed at any moment.
#pragma once
#include <cstdint>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

struct Child {
  pid_t pid = -1;
  int from = -1;
  // `work` runs in the child and calls its argument after every acknowledgement; an exception ends it with 3.
  explicit Child(const std::function<void(const std::function<void(std::uint64_t)>&)>& work) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    pid = fork();
    if (pid == 0) {
      close(ends[0]);
      try {
        work([&](std::uint64_t n) {
          if (write(ends[1], &n, sizeof n) != sizeof n) _exit(4);
        });
      } catch (const std::exception&) {
        _exit(3);
      }
      _exit(0);
    }
    close(ends[1]);
    from = ends[0];
  }
  ~Child() {
    if (from >= 0) close(from);
  }
  bool next(std::uint64_t& n) {
    return read(from, &n, sizeof n) == sizeof n;
  }  // 8 bytes to a pipe never split
  // Kills after `wait_for` acknowledgements and returns all that were made.
  std::vector<std::uint64_t> kill_after(std::size_t wait_for) {
    std::vector<std::uint64_t> got;
    std::uint64_t n = 0;
    while (got.size() < wait_for && next(n)) got.push_back(n);
    kill(pid, SIGKILL);
    while (next(n)) got.push_back(n);
    waitpid(pid, nullptr, 0);
    return got;
  }
  int wait() {  // exit code, or -1 for a signal
    std::uint64_t n = 0;
    while (next(n)) {}
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};
