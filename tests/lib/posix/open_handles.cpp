#include "tests/lib/open_handles.hpp"

#include <fcntl.h>

namespace caukham::tests {

std::size_t open_handles() {
  std::size_t n = 0;
  for (int fd = 0; fd < 256; ++fd) n += ::fcntl(fd, F_GETFD) >= 0;
  return n;
}

}  // namespace caukham::tests
