#include "pluginhost/own_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace caukham::pluginhost {
namespace {

void (*last_act)() = nullptr;

void on_crash(int signal) {
  last_act();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

}  // namespace

int own_pid() { return ::getpid(); }

void use_folder(const std::string& folder) {
  if (!folder.empty())
    for (const char* name : {"HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
      ::setenv(name, folder.c_str(), 1);
  if (folder.empty() || ::chdir(folder.c_str()) != 0) {
    [[maybe_unused]] const int rooted = ::chdir("/");
  }
}

void end_within(unsigned seconds) { ::alarm(seconds); }

void write_stderr(std::string_view text) { [[maybe_unused]] const auto n = ::write(2, text.data(), text.size()); }

void before_crash(void (*act)()) {
  last_act = act;
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(signal, on_crash);
}

}  // namespace caukham::pluginhost
