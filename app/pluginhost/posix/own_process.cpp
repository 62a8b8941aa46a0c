#include "pluginhost/own_process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace caukham::pluginhost {

int own_pid() { return ::getpid(); }

ipc::Handle inherited(std::string_view number) {
  int fd = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || end != number.data() + number.size() || fd < 3 || ::fcntl(fd, F_GETFD) < 0)
    return {};
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return ipc::Handle(fd);
}

void use_folder(const std::string& folder) {
  if (!folder.empty())
    for (const char* name : {"HOME", "TMPDIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
      ::setenv(name, folder.c_str(), 1);
  if (folder.empty() || ::chdir(folder.c_str()) != 0) {
    [[maybe_unused]] const int rooted = ::chdir("/");
  }
}

void end_within(unsigned seconds) { ::alarm(seconds); }

}  // namespace caukham::pluginhost
