#include <fcntl.h>

#include <charconv>

#include "ipc/process.hpp"

namespace caukham::ipc {

Handle inherited(std::string_view number) {
  int fd = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (error != std::errc() || end != number.data() + number.size() || fd < 3 || ::fcntl(fd, F_GETFD) < 0) return {};
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  return Handle(fd);
}

}  // namespace caukham::ipc
