// A message pipe with one instance, connected before anybody else can: its name is random, this user's alone, refuses other
// machines, and is no longer there once both ends are held. Overlapped, since nothing here may wait longer than it was told.
#include "ipc/channel.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <random>

#include "ipc/win32/windows.hpp"

namespace caukham::ipc {
namespace {

// What stands before every message. Handles follow it as numbers of the sending process, made for this message alone; the
// receiver fetches them from there, which it can when it is the same user's and not confined: the simulator can, a plugin
// host could not and is never sent any.
struct Head {
  std::uint32_t handles, pid;
};
constexpr std::size_t max_head_bytes = sizeof(Head) + sizeof(std::uint64_t) * max_message_handles;

std::vector<Handle> fetch(std::uint32_t pid, const std::vector<std::uint64_t>& numbers) {
  const Handle sender(::OpenProcess(PROCESS_DUP_HANDLE, FALSE, pid));
  std::vector<Handle> handles;
  for (const auto number : numbers) {
    HANDLE copy = nullptr;
    if (!sender.valid() ||
        !::DuplicateHandle(sender.native(), reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(number)), ::GetCurrentProcess(),
                           &copy, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE))
      return {};
    handles.emplace_back(copy);
  }
  return handles;
}

}  // namespace

// One read is always under way: its event is what a Poller waits for. One write may be. What a thread has under way the system
// stops when that thread ends; whoever looks next begins it again.
struct Channel::Traffic {
  Handle own;  // a second handle to the pipe: what is under way is stopped through it, whoever closed the first
  HANDLE pipe;
  Handle read_event, write_event;
  OVERLAPPED reading{}, writing{};
  std::vector<std::byte> incoming = std::vector<std::byte>(max_head_bytes + max_message_bytes), outgoing;
  bool read_pending = false, write_pending = false, ended = false, oversized = false;
  bool ready = false;  // a read has ended and waits to be taken
  DWORD got = 0;

  explicit Traffic(const Handle& end)
      : own(end.duplicate()), pipe(own.native()), read_event(::CreateEventW(nullptr, TRUE, FALSE, nullptr)),
        write_event(::CreateEventW(nullptr, TRUE, TRUE, nullptr)) {
    begin_read();
  }
  ~Traffic() {
    // The system writes into this object until it says that it has stopped. Only what is its own: an end that was handed
    // over may be read by another channel of this process already.
    stop(read_pending, reading);
    stop(write_pending, writing);
  }
  void stop(bool pending, OVERLAPPED& what) {
    DWORD moved = 0;
    if (!pending) return;
    ::CancelIoEx(pipe, &what);
    ::GetOverlappedResult(pipe, &what, &moved, TRUE);
  }
  void note_read(BOOL good) {
    read_pending = false;
    if (!good && ::GetLastError() == ERROR_MORE_DATA)
      oversized = true;
    else if (!good)
      ended = true;
    else
      ready = true;
    ::SetEvent(read_event.native());
  }
  void begin_read() {
    if (ended || oversized || ready || read_pending) return;
    reading = {};
    reading.hEvent = read_event.native();
    ::ResetEvent(read_event.native());
    DWORD at_once = 0;
    if (::ReadFile(pipe, incoming.data(), static_cast<DWORD>(incoming.size()), &at_once, &reading)) {
      got = at_once;
      note_read(TRUE);
    } else if (::GetLastError() == ERROR_IO_PENDING) {
      read_pending = true;
    } else {
      note_read(FALSE);
    }
  }
  void look_at_read() {
    if (!read_pending || ::WaitForSingleObject(read_event.native(), 0) != WAIT_OBJECT_0) return;
    const BOOL good = ::GetOverlappedResult(pipe, &reading, &got, FALSE);
    if (!good && ::GetLastError() == ERROR_OPERATION_ABORTED) {
      read_pending = false;
      return begin_read();
    }
    note_read(good);
  }
  bool begin_write() {
    writing = {};
    writing.hEvent = write_event.native();
    ::ResetEvent(write_event.native());
    DWORD moved = 0;
    if (::WriteFile(pipe, outgoing.data(), static_cast<DWORD>(outgoing.size()), &moved, &writing)) return true;
    write_pending = ::GetLastError() == ERROR_IO_PENDING;
    return write_pending;
  }
  // True when nothing is being written any more.
  bool look_at_write() {
    if (!write_pending) return true;
    if (::WaitForSingleObject(write_event.native(), 0) != WAIT_OBJECT_0) return false;
    DWORD moved = 0;
    write_pending = false;
    if (::GetOverlappedResult(pipe, &writing, &moved, FALSE)) return true;
    ended = ::GetLastError() != ERROR_OPERATION_ABORTED || !begin_write();  // a message goes whole or not at all
    return !write_pending;
  }
};

// Made by whoever sends or listens first, which may be two threads at once.
Channel::Traffic& Channel::traffic() const {
  static std::mutex making;
  const std::lock_guard lock(making);
  if (!traffic_) traffic_ = std::make_shared<Traffic>(handle_);
  return *traffic_;
}

std::pair<Channel, Channel> Channel::pair() {
  static std::atomic<unsigned> count{0};
  std::random_device random;
  const auto name = L"\\\\.\\pipe\\caukham-" + std::to_wstring(::GetCurrentProcessId()) + L"-" + std::to_wstring(count++) +
                    L"-" + std::to_wstring(random()) + std::to_wstring(random());
  Handle server(::CreateNamedPipeW(name.c_str(), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                   PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_REJECT_REMOTE_CLIENTS, 1, 1 << 20, 1 << 20,
                                   0, nullptr));
  if (server.native() == INVALID_HANDLE_VALUE) {
    server.release();
    throw_last_error("a pipe for a plugin");
  }
  Handle client(::CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, FILE_FLAG_OVERLAPPED,
                              nullptr));
  DWORD mode = PIPE_READMODE_MESSAGE;
  if (client.native() == INVALID_HANDLE_VALUE) {
    client.release();
    throw_last_error("the other end of a pipe for a plugin");
  }
  if (!::SetNamedPipeHandleState(client.native(), &mode, nullptr, nullptr)) throw_last_error("a pipe of messages");
  return {adopt(std::move(server)), adopt(std::move(client))};
}

Channel Channel::adopt(Handle handle) {
  Channel channel;
  channel.handle_ = std::move(handle);
  return channel;
}

Handle::Native Channel::native() const { return valid() ? traffic().read_event.native() : Handle::none; }

void Channel::close() {
  traffic_.reset();
  handle_.reset();
}

Sent Channel::send(std::span<const std::byte> message, std::span<const Handle> handles) {
  if (message.empty() || message.size() > max_message_bytes || handles.size() > max_message_handles) return Sent::refused;
  if (!valid()) return Sent::closed;
  auto& t = traffic();
  if (!t.look_at_write()) return Sent::would_block;
  if (t.ended) return Sent::closed;
  std::vector<Handle> copies;
  for (const Handle& handle : handles) {
    copies.push_back(handle.duplicate());
    if (!copies.back().valid()) return Sent::refused;
  }
  // The caller's memory may be gone before the system has read it.
  const Head head{static_cast<std::uint32_t>(handles.size()), static_cast<std::uint32_t>(::GetCurrentProcessId())};
  t.outgoing.clear();
  const auto append = [&](const void* bytes, std::size_t n) {
    const auto* at = static_cast<const std::byte*>(bytes);
    t.outgoing.insert(t.outgoing.end(), at, at + n);
  };
  append(&head, sizeof head);
  for (const Handle& copy : copies) {
    const std::uint64_t number = reinterpret_cast<std::uintptr_t>(copy.native());
    append(&number, sizeof number);
  }
  append(message.data(), message.size());
  if (!t.begin_write()) return Sent::closed;
  for (Handle& copy : copies) copy.release();  // the receiver's from here on
  return Sent::ok;
}

Sent Channel::send_within(std::span<const std::byte> message, int timeout_ms, std::span<const Handle> handles) {
  const Sent first = send(message, handles);
  if (first != Sent::would_block || timeout_ms == 0) return first;
  ::WaitForSingleObject(traffic().write_event.native(), timeout_ms < 0 ? INFINITE : static_cast<DWORD>(timeout_ms));
  return send(message, handles);
}

Received Channel::receive(std::vector<std::byte>& message, std::vector<Handle>* handles, int timeout_ms) {
  message.clear();
  if (handles) handles->clear();
  if (!valid()) return Received::closed;
  auto& t = traffic();
  t.look_at_read();
  const auto begin = ::GetTickCount64();
  while (t.read_pending && timeout_ms != 0) {
    const auto waited = static_cast<DWORD>(::GetTickCount64() - begin), most = static_cast<DWORD>(timeout_ms);
    if (timeout_ms > 0 && waited >= most) break;
    ::WaitForSingleObject(t.read_event.native(), timeout_ms < 0 ? INFINITE : most - waited);
    t.look_at_read();
  }
  if (t.oversized) return Received::refused;
  if (t.ready) {
    Head head{};
    std::vector<std::uint64_t> numbers;
    const auto* at = t.incoming.data();
    if (t.got >= sizeof head) std::memcpy(&head, at, sizeof head);
    const auto head_bytes = sizeof head + sizeof(std::uint64_t) * head.handles;
    const bool sane = head.handles <= max_message_handles && t.got > head_bytes && t.got - head_bytes <= max_message_bytes;
    if (sane) {
      numbers.resize(head.handles);
      if (head.handles) std::memcpy(numbers.data(), at + sizeof head, sizeof(std::uint64_t) * head.handles);
      message.assign(at + head_bytes, at + t.got);
    }
    t.ready = false;
    t.begin_read();
    if (!sane || (!handles && head.handles)) {
      message.clear();
      return Received::refused;
    }
    if (!head.handles) return Received::message;
    *handles = fetch(head.pid, numbers);
    if (handles->size() == head.handles) return Received::message;
    handles->clear();
    message.clear();
    return Received::refused;
  }
  return t.ended ? Received::closed : Received::nothing;
}

}  // namespace caukham::ipc
