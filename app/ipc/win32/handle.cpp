#include "ipc/handle.hpp"

#include "ipc/win32/windows.hpp"

namespace caukham::ipc {

void Handle::reset(Native native) {
  if (native_ != none && native_ != INVALID_HANDLE_VALUE) ::CloseHandle(native_);
  native_ = native;
}

Handle Handle::duplicate() const {
  HANDLE copy = nullptr;
  const HANDLE self = ::GetCurrentProcess();
  return ::DuplicateHandle(self, native_, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) ? Handle(copy) : Handle();
}

}  // namespace caukham::ipc
