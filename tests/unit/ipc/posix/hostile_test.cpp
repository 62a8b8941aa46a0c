// A peer that lies, with the system's own calls: messages that Channel would never send, memory it was not given.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "ipc/channel.hpp"
#include "ipc/pool.hpp"
#include "tests/lib/footprint.hpp"

using namespace caukham::ipc;
using caukham::tests::handles_of;
using caukham::tests::own_pid;

TEST_CASE("an oversized message and too many handles are refused and leave nothing open") {
  auto [a, b] = Channel::pair();
  const std::size_t before = handles_of(own_pid());
  const std::string large(max_message_bytes + 1, 'x');
  REQUIRE(::send(a.native(), large.data(), large.size(), 0) == static_cast<ssize_t>(large.size()));
  std::vector<std::byte> m;
  std::vector<Handle> handles;
  CHECK(b.receive(m, &handles) == Received::refused);
  CHECK(m.empty());

  int fds[8];
  for (int& fd : fds) fd = a.native();
  char byte = 'x';
  iovec part{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof fds)] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  cmsghdr* c = CMSG_FIRSTHDR(&header);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(sizeof fds);
  std::memcpy(CMSG_DATA(c), fds, sizeof fds);
  REQUIRE(::sendmsg(a.native(), &header, 0) == 1);
  CHECK(b.receive(m, &handles) == Received::refused);
  CHECK(handles.empty());
  CHECK(handles_of(own_pid()) == before);
}

TEST_CASE("the pool's memory cannot be shrunk, grown or unsealed by the peer") {
  PoolReader reader({2, 4096});
  CHECK(::ftruncate(reader.handle().native(), 0) != 0);
  CHECK(::ftruncate(reader.handle().native(), 1 << 20) != 0);
  CHECK(::fcntl(reader.handle().native(), F_ADD_SEALS, F_SEAL_WRITE) != 0);
}

TEST_CASE("shared memory that is not sealed or too small is not mapped") {
  const Handle open_memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  REQUIRE(::ftruncate(open_memory.native(), 8192) == 0);
  CHECK_THROWS_WITH(Mapping(open_memory, 8192, true), Catch::Contains("not sealed"));
  const Handle small = make_sealed_memory(4096);
  CHECK_THROWS_WITH(Mapping(small, 8192, true), Catch::Contains("smaller"));
}
