#include "ipc/handle.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace caukham::ipc {

void Handle::reset(Native native) {
  if (native_ != none && native_ != native) ::close(native_);
  native_ = native;
}

Handle Handle::duplicate() const {
  return valid() ? Handle(::fcntl(native_, F_DUPFD_CLOEXEC, 3)) : Handle();
}

}  // namespace caukham::ipc
