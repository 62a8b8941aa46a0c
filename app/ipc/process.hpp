// A child process that gets what it needs and nothing else: listed handles under fixed numbers, no other
// descriptors, no way to gain privileges, its own process group, and an end when its parent ends.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipc/handle.hpp"

namespace caukham::ipc {

struct ExitStatus {
  bool signalled = false;
  int code = 0;  // exit code, or the signal's number
  // "ended normally", "ended with code 3", "was killed by signal 11 (Segmentation fault)".
  std::string words() const;
};

struct Spawn {
  std::string program;  // a path
  std::vector<std::string> arguments;
  // Handle and the number under which the child finds it, 3 and up, without holes. Borrowed for the call.
  std::vector<std::pair<const Handle*, int>> inherit;
  std::vector<std::string> environment;  // "NAME=value", in addition to and instead of our own
  // Of our own environment only what a library needs to find its files, language and sanitizers: no secrets, no
  // addresses of desktop services.
  bool clean_environment = false;
  const Handle* output = nullptr;        // becomes stdout and stderr (a log file or pipe); null: /dev/null
  // Windows: a restricted token of low integrity and a Job that allows one process and this much memory (0: any). On
  // Linux a child that wants to be confined does it itself (pluginhost/sandbox.hpp), and this says nothing.
  bool confined = false;
  std::uint64_t memory_bytes = 0;
  // Linux: with the *thread* that spawned it, so spawn from a thread that outlives the child.
  bool end_with_parent = true;
};

// Owns the child: the destructor kills and reaps it. One thread at a time.
class Process {
 public:
  Process() = default;
  // Throws std::system_error with the program's name when it cannot be run.
  static Process spawn(const Spawn& what);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  int pid() const { return pid_; }
  bool started() const { return pid_ > 0; }
  // The whole process group, at once (SIGKILL).
  void kill();
  // How it ended; nothing when it still runs after timeout_ms (0: only look, -1: for ever).
  std::optional<ExitStatus> wait(int timeout_ms);
  // For a Poller: readable when the process has ended. Valid while started.
  Handle::Native native() const { return ended_.native(); }
  // CPU time used so far (user + system), seconds; 0 when it cannot be told.
  double cpu_seconds() const;
  // Memory in RAM, bytes; 0 when it cannot be told.
  std::uint64_t resident_bytes() const;

 private:
  int pid_ = 0;
  Handle ended_;  // Linux: a pidfd; Windows: the process
#if defined(_WIN32)
  Handle job_;
#endif
  std::optional<ExitStatus> status_;
};

// A pipe for a child's output: {read end (non-blocking), write end}. Throws std::system_error.
std::pair<Handle, Handle> output_pipe();
// Appends what is in the pipe, at most `limit` bytes. False when the writers have closed it.
bool drain(const Handle& read_end, std::string& text, std::size_t limit);

// Ends a process of ours at once, as a crash would; for scripts and tests that show what happens then. False:
// there is no such process, or it is not ours.
bool kill_by_pid(int pid);

// What changes whenever a file's content may have: where it lies, its size, and the times of its last change, of
// which the second cannot be set at will. "" when there is no such file.
std::string file_stamp(const std::string& path);

// In a child: the handle that Spawn::inherit gave this number, as it stands in an argument; invalid when there is none.
// Once a number.
Handle inherited(std::string_view number);

// A second handle to where this program's messages go, for a child's.
Handle own_stderr();

// The running program's own path.
std::string own_program_path();

}  // namespace caukham::ipc
