#include "ipc/poller.hpp"

#include <algorithm>
#include <stdexcept>

#include "ipc/win32/windows.hpp"

namespace caukham::ipc {
namespace {

// Pipes that programs print into cannot be waited for; they are looked at this often. Nor can room be waited for.
constexpr DWORD look_ms = 20, room_ms = 5;

bool is_pipe(HANDLE handle) { return ::GetFileType(handle) == FILE_TYPE_PIPE; }

// Something to read, or the end.
bool has_output(HANDLE pipe) {
  DWORD waiting = 0;
  return !::PeekNamedPipe(pipe, nullptr, 0, nullptr, &waiting, nullptr) || waiting > 0;
}
}  // namespace

Poller::Poller() : wake_(::CreateEventW(nullptr, FALSE, FALSE, nullptr)) {
  if (!wake_.valid()) throw_last_error("an event to wake a thread");
}

void Poller::add(Handle::Native native, std::uint64_t tag, bool for_room) {
  remove(native);
  watched_.push_back({native, tag, for_room});
}

void Poller::remove(Handle::Native native) {
  std::erase_if(watched_, [&](const Watched& w) { return w.native == native; });
}

std::vector<std::uint64_t> Poller::wait(int timeout_ms) {
  const auto begin = ::GetTickCount64();
  for (;;) {
    std::vector<HANDLE> handles{wake_.native()};
    std::vector<std::uint64_t> tags;
    DWORD slice = INFINITE;
    for (const Watched& w : watched_) {
      if (is_pipe(w.native)) {
        slice = std::min(slice, look_ms);
        if (has_output(w.native)) tags.push_back(w.tag);
        continue;
      }
      if (w.for_room) slice = std::min(slice, room_ms);
      handles.push_back(w.native);
    }
    if (handles.size() > MAXIMUM_WAIT_OBJECTS) throw std::runtime_error("too many devices for one thread to wait for");
    const auto waited = static_cast<int>(std::min<ULONGLONG>(::GetTickCount64() - begin, 1u << 30));
    if (timeout_ms >= 0) slice = std::min(slice, static_cast<DWORD>(std::max(0, timeout_ms - waited)));
    if (!tags.empty()) slice = 0;
    const DWORD result = ::WaitForMultipleObjects(static_cast<DWORD>(handles.size()), handles.data(), FALSE, slice);
    if (result == WAIT_FAILED) throw_last_error("wait for devices");
    if (result == WAIT_OBJECT_0) return tags;
    // All that are ready, not only the first.
    for (const Watched& w : watched_)
      if (!is_pipe(w.native) && (::WaitForSingleObject(w.native, 0) == WAIT_OBJECT_0 || (w.for_room && result == WAIT_TIMEOUT)))
        tags.push_back(w.tag);
    if (!tags.empty()) return tags;
    if (timeout_ms >= 0 && ::GetTickCount64() - begin >= static_cast<ULONGLONG>(timeout_ms)) return {};
  }
}

void Poller::wake() { ::SetEvent(wake_.native()); }

}  // namespace caukham::ipc
