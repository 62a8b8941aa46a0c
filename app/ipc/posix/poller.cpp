#include "ipc/poller.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace caukham::ipc {

Poller::Poller() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_.valid()) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Poller::add(Handle::Native native, std::uint64_t tag, bool for_room) {
  for (Watched& w : watched_) {
    if (w.native != native) continue;
    w = {native, tag, for_room};
    return;
  }
  watched_.push_back({native, tag, for_room});
}

void Poller::remove(Handle::Native native) {
  std::erase_if(watched_, [&](const Watched& w) { return w.native == native; });
}

std::vector<std::uint64_t> Poller::wait(int timeout_ms) {
  std::vector<pollfd> fds;
  fds.reserve(watched_.size() + 1);
  fds.push_back({wake_.native(), POLLIN, 0});
  for (const Watched& w : watched_)
    fds.push_back({w.native, static_cast<short>(w.for_room ? POLLIN | POLLOUT : POLLIN), 0});
  std::vector<std::uint64_t> ready;
  if (::poll(fds.data(), fds.size(), timeout_ms) <= 0) return ready;
  if (fds[0].revents != 0) {
    std::uint64_t count;
    [[maybe_unused]] const auto n = ::read(wake_.native(), &count, sizeof count);
  }
  for (std::size_t i = 1; i < fds.size(); ++i)
    if (fds[i].revents != 0) ready.push_back(watched_[i - 1].tag);
  return ready;
}

void Poller::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto n = ::write(wake_.native(), &one, sizeof one);
}

}  // namespace caukham::ipc
