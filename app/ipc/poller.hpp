// Waits for several channels or handles at once.
#pragma once
#include <cstdint>
#include <vector>

#include "ipc/handle.hpp"

namespace caukham::ipc {

// One thread, except wake().
class Poller {
 public:
  Poller();  // throws std::system_error
  // `tag` is what wait() reports; a handle is watched once, adding it again replaces. Does not own it: remove
  // before it is closed. With `for_room` it is also reported when it can be written to.
  void add(Handle::Native native, std::uint64_t tag, bool for_room = false);
  void remove(Handle::Native native);
  // Tags of what is readable or has ended, at most timeout_ms later (-1: for ever). Empty: time is over, or
  // wake().
  std::vector<std::uint64_t> wait(int timeout_ms);
  // Makes a running or the next wait() return. [any thread]
  void wake();

 private:
  struct Watched {
    Handle::Native native;
    std::uint64_t tag;
    bool for_room;
  };
  std::vector<Watched> watched_;
  Handle wake_;
};

}  // namespace caukham::ipc
