#include "tests/lib/open_handles.hpp"

#include <windows.h>

namespace caukham::tests {

std::size_t open_handles() {
  DWORD n = 0;
  ::GetProcessHandleCount(::GetCurrentProcess(), &n);
  return n;
}

}  // namespace caukham::tests
