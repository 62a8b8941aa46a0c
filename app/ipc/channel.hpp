// One end of a private, two-way, message-preserving pipe between two processes of the station. There is no
// name and no listening socket: an end is inherited at spawn or handed over through another channel.
// End-of-file is the crash report: when the other process dies, for whatever reason, receive() answers
// `closed` at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "ipc/handle.hpp"

namespace caukham::ipc {

inline constexpr std::size_t max_message_bytes = 128 * 1024;
inline constexpr std::size_t max_message_handles = 4;

enum class Sent : std::uint8_t {
  ok,
  would_block,  // the peer does not read fast enough; nothing was sent
  closed,       // the peer is gone
  refused,      // empty, longer than max_message_bytes, or too many handles
};

enum class Received : std::uint8_t {
  message,
  nothing,  // not within the time
  closed,   // the peer is gone and everything it sent has been read
  refused,  // the peer sent something oversized, or handles nobody asked for: it is lying; drop the channel
};

// Move-only. One thread may send while another receives; neither call by two threads at once.
class Channel {
 public:
  Channel() = default;
  // Two connected ends. Throws std::system_error.
  static std::pair<Channel, Channel> pair();
  // Takes over an inherited end.
  static Channel adopt(Handle handle);

  bool valid() const { return handle_.valid(); }
  // Never waits. Handles are duplicated into the peer; the caller keeps its own.
  Sent send(std::span<const std::byte> message, std::span<const Handle> handles = {});
  // As send, but waits up to timeout_ms for room.
  Sent send_within(std::span<const std::byte> message, int timeout_ms, std::span<const Handle> handles = {});
  // Waits at most timeout_ms (0: not at all, -1: for ever). `message` is resized to what came. With handles
  // == nullptr a message that carries handles is refused.
  Received receive(std::vector<std::byte>& message, std::vector<Handle>* handles = nullptr,
                   int timeout_ms = 0);

  // For a Poller: readable when a message or the end is there.
  // (Windows: the event of a read that is under way, since a pipe itself cannot be waited for.)
#if defined(_WIN32)
  Handle::Native native() const;
#else
  Handle::Native native() const { return handle_.native(); }
#endif
  // Before the first receive() or native().
  Handle release() { return std::move(handle_); }
#if defined(_WIN32)
  void close();
#else
  void close() { handle_.reset(); }
#endif

 private:
  Handle handle_;
#if defined(_WIN32)
  struct Traffic;  // reads and writes under way
  Traffic& traffic() const;
  mutable std::shared_ptr<Traffic> traffic_;
#endif
};

}  // namespace caukham::ipc
