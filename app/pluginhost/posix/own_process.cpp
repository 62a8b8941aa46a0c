#include "pluginhost/own_process.hpp"

#include <unistd.h>

#include <cstdlib>

namespace caukham::pluginhost {

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

}  // namespace caukham::pluginhost
