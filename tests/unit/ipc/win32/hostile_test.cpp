// A peer that lies, with the system's own calls: messages that Channel would never send, memory it was not given.
#include <catch2/catch.hpp>

#include <windows.h>

#include <cstring>
#include <string>

#include "ipc/channel.hpp"
#include "ipc/pool.hpp"
#include "tests/lib/footprint.hpp"

using namespace caukham::ipc;
using caukham::tests::handles_of;
using caukham::tests::own_pid;

namespace {

// Straight into the pipe, as a peer would that has its end and code of its own.
void write_raw(const Handle& pipe, const std::string& bytes) {
  OVERLAPPED at{};
  const Handle event(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  at.hEvent = event.native();
  DWORD moved = 0;
  const BOOL good = ::WriteFile(pipe.native(), bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &at);
  REQUIRE((good || ::GetLastError() == ERROR_IO_PENDING));
  REQUIRE(::GetOverlappedResult(pipe.native(), &at, &moved, TRUE));
}

// What stands before every message of ours: how many handles, whose.
std::string head(std::uint32_t handles, std::uint32_t pid) {
  std::string text(8, '\0');
  std::memcpy(text.data(), &handles, 4);
  std::memcpy(text.data() + 4, &pid, 4);
  return text;
}

}  // namespace

TEST_CASE("what a lying peer sends is refused and leaves nothing open") {
  const auto what = GENERATE(std::string(max_message_bytes * 2, 'x'),           // oversized
                             std::string("x"),                                  // shorter than any head
                             head(400, 4),                                      // handles without end
                             head(1, 4) + std::string(8, '\x7f') + "message");  // a handle of a process that is not its own
  auto [a, b] = Channel::pair();
  const Handle pipe = a.release();
  std::vector<std::byte> m;
  REQUIRE(b.receive(m) == Received::nothing);
  const std::size_t before = handles_of(own_pid());
  {
    write_raw(pipe, what);
    std::vector<Handle> handles;
    CHECK(b.receive(m, &handles, -1) == Received::refused);
    CHECK(handles.empty());
  }
  CHECK(handles_of(own_pid()) == before);
}

TEST_CASE("shared memory that is too small is not mapped") {
  const Handle small = make_sealed_memory(4096);
  CHECK_THROWS(Mapping(small, 1 << 20, true));
}
