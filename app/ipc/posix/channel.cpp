#include "ipc/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace caukham::ipc {
namespace {

// Room for a few of the largest messages; the system may grant less, never less than one.
void widen(int fd) {
  const int bytes = 1 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

// Waits for `events`; false when the time is over.
bool wait_for(int fd, short events, int timeout_ms) {
  pollfd p{fd, events, 0};
  int n;
  do n = ::poll(&p, 1, timeout_ms);
  while (n < 0 && errno == EINTR && timeout_ms < 0);
  return n > 0;
}

union Control {
  cmsghdr align;
  char space[CMSG_SPACE(sizeof(int) * max_message_handles)];
};

}  // namespace

std::pair<Channel, Channel> Channel::pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  return {adopt(Handle(fds[0])), adopt(Handle(fds[1]))};
}

Channel Channel::adopt(Handle handle) {
  Channel channel;
  if (handle.valid()) {
    widen(handle.native());
    ::fcntl(handle.native(), F_SETFL, ::fcntl(handle.native(), F_GETFL) | O_NONBLOCK);
    ::fcntl(handle.native(), F_SETFD, FD_CLOEXEC);
  }
  channel.handle_ = std::move(handle);
  return channel;
}

Sent Channel::send(std::span<const std::byte> message, std::span<const Handle> handles) {
  if (message.empty() || message.size() > max_message_bytes || handles.size() > max_message_handles)
    return Sent::refused;
  if (!valid()) return Sent::closed;
  iovec part{const_cast<std::byte*>(message.data()), message.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control{};
  if (!handles.empty()) {
    header.msg_control = &control;
    header.msg_controllen = CMSG_SPACE(sizeof(int) * handles.size());
    cmsghdr* c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * handles.size());
    for (std::size_t i = 0; i < handles.size(); ++i) {
      const int fd = handles[i].native();
      std::memcpy(CMSG_DATA(c) + i * sizeof fd, &fd, sizeof fd);
    }
  }
  for (;;) {
    if (::sendmsg(handle_.native(), &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return Sent::ok;
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == ENOBUFS) return Sent::would_block;
    // A bad handle of ours is the caller's mistake; everything else means that nobody is there any more.
    return errno == EBADF || errno == EMSGSIZE ? Sent::refused : Sent::closed;
  }
}

Sent Channel::send_within(std::span<const std::byte> message, int timeout_ms,
                          std::span<const Handle> handles) {
  const Sent first = send(message, handles);
  if (first != Sent::would_block || timeout_ms == 0) return first;
  wait_for(handle_.native(), POLLOUT, timeout_ms);
  return send(message, handles);
}

Received Channel::receive(std::vector<std::byte>& message, std::vector<Handle>* handles, int timeout_ms) {
  message.clear();
  if (handles) handles->clear();
  if (!valid()) return Received::closed;
  message.resize(max_message_bytes);
  iovec part{message.data(), message.size()};
  Control control{};
  msghdr header{};
  ssize_t n = -1;
  bool waited = false, reset_seen = false;
  for (;;) {
    header = {};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = &control;
    header.msg_controllen = sizeof control;
    n = ::recvmsg(handle_.native(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n >= 0) break;
    if (errno == EINTR) continue;
    // A peer that ended without reading all we sent resets the socket once; its last words still wait behind
    // that.
    if (errno == ECONNRESET && !reset_seen) {
      reset_seen = true;
      continue;
    }
    if ((errno == EAGAIN || errno == EWOULDBLOCK) && !waited && timeout_ms != 0) {
      waited = true;
      if (wait_for(handle_.native(), POLLIN, timeout_ms)) continue;
      errno = EAGAIN;
    }
    const bool again = errno == EAGAIN || errno == EWOULDBLOCK;
    message.clear();
    return again ? Received::nothing : Received::closed;
  }
  std::vector<Handle> came;
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    for (std::size_t at = 0; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
      came.emplace_back(fd);
    }
  }
  message.resize(static_cast<std::size_t>(n));
  if (n == 0) return Received::closed;
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || (!handles && !came.empty())) {
    message.clear();
    return Received::refused;
  }
  if (handles) *handles = std::move(came);
  return Received::message;
}

}  // namespace caukham::ipc
