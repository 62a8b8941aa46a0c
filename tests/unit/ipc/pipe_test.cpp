// Pipe, pool and poller. What a lying peer can do is the platform's own: posix/ and win32/hostile_test.cpp.
#include <catch2/catch.hpp>

#include <cstring>
#include <string>
#include <thread>

#include "ipc/channel.hpp"
#include "ipc/poller.hpp"
#include "ipc/pool.hpp"
#include "tests/lib/footprint.hpp"

using namespace caukham::ipc;
using caukham::tests::handles_of;
using caukham::tests::own_pid;

namespace {

std::span<const std::byte> bytes_of(const std::string& s) { return std::as_bytes(std::span(s)); }
std::string text(const std::vector<std::byte>& b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

}  // namespace

TEST_CASE("a channel keeps messages apart and in order") {
  auto [a, b] = Channel::pair();
  REQUIRE(a.send(bytes_of("one")) == Sent::ok);
  REQUIRE(a.send(bytes_of("two two")) == Sent::ok);
  std::vector<std::byte> m;
  REQUIRE(b.receive(m) == Received::message);
  CHECK(text(m) == "one");
  REQUIRE(b.receive(m) == Received::message);
  CHECK(text(m) == "two two");
  CHECK(b.receive(m) == Received::nothing);
  CHECK(m.empty());
}

TEST_CASE("a channel carries the largest message and refuses to send a larger or an empty one") {
  auto [a, b] = Channel::pair();
  const std::string large(max_message_bytes, 'x');
  REQUIRE(a.send(bytes_of(large)) == Sent::ok);
  std::vector<std::byte> m;
  REQUIRE(b.receive(m) == Received::message);
  CHECK(text(m) == large);
  CHECK(a.send(bytes_of(large + "x")) == Sent::refused);
  CHECK(a.send({}) == Sent::refused);
}

TEST_CASE("a peer that does not read makes the sender say so instead of waiting") {
  auto [a, b] = Channel::pair();
  const std::string message(4096, 'x');
  Sent last = Sent::ok;
  int sent = 0;
  while ((last = a.send(bytes_of(message))) == Sent::ok && sent < 100000) ++sent;
  CHECK(last == Sent::would_block);
  CHECK(sent > 16);
  std::vector<std::byte> m;
  REQUIRE(b.receive(m) == Received::message);
}

TEST_CASE("what a peer said before it ended is still heard, and then the end") {
  auto [a, b] = Channel::pair();
  // b leaves something of a's unread: the system then reports a reset before the last words.
  REQUIRE(a.send(bytes_of("never read")) == Sent::ok);
  REQUIRE(b.send(bytes_of("last words")) == Sent::ok);
  b.close();
  std::vector<std::byte> m;
  REQUIRE(a.receive(m, nullptr, -1) == Received::message);
  CHECK(text(m) == "last words");
  CHECK(a.receive(m, nullptr, -1) == Received::closed);
  CHECK(a.send(bytes_of("x")) == Sent::closed);
}

TEST_CASE("handles travel with a message, and come only where they are asked for") {
  auto [a, b] = Channel::pair();
  std::vector<std::byte> first;
  for (Channel* end : {&a, &b}) REQUIRE(end->receive(first) == Received::nothing);  // what an end needs it has from here on
  const std::size_t before = handles_of(own_pid());
  {
    auto [c, d] = Channel::pair();
    const Handle given[1] = {d.release()};
    REQUIRE(a.send(bytes_of("take"), given) == Sent::ok);
    std::vector<std::byte> m;
    std::vector<Handle> handles;
    REQUIRE(b.receive(m, &handles) == Received::message);
    REQUIRE(handles.size() == 1);
    Channel e = Channel::adopt(std::move(handles[0]));
    REQUIRE(c.send(bytes_of("through")) == Sent::ok);
    REQUIRE(e.receive(m) == Received::message);
    CHECK(text(m) == "through");

    REQUIRE(a.send(bytes_of("unasked"), given) == Sent::ok);
    CHECK(b.receive(m) == Received::refused);
  }
  CHECK(handles_of(own_pid()) == before);
}

TEST_CASE("the application sees what the plugin host wrote, and cannot be lied to about slots") {
  PoolReader reader({4, 1000});
  PoolWriter writer(reader.handle().duplicate(), {4, 1000});
  REQUIRE(writer.slot(3).size() == 1000);
  CHECK(writer.slot(4).empty());
  std::memcpy(writer.slot(3).data(), "hello", 5);
  const auto seen = reader.take(3, 5);
  REQUIRE(seen);
  CHECK(std::memcmp(seen->data(), "hello", 5) == 0);
  CHECK_FALSE(reader.take(3, 5));     // already the application's
  CHECK_FALSE(reader.take(4, 5));     // no such slot
  CHECK_FALSE(reader.take(2, 1001));  // does not fit
  CHECK(reader.taken() == 1);
  CHECK(reader.give_back(3));
  CHECK_FALSE(reader.give_back(3));
  CHECK_FALSE(reader.give_back(400));
  CHECK(reader.take(3, 1000));
  reader.reset();
  CHECK(reader.taken() == 0);
}

TEST_CASE("a pool of impossible shape is not made") {
  CHECK_THROWS(PoolReader({0, 100}));
  CHECK_THROWS(PoolReader({100, 0}));
  CHECK_THROWS(PoolReader({PoolShape::max_slots, PoolShape::max_slot_bytes}));
}

TEST_CASE("a poller names who is ready, notices an end, and is woken from another thread") {
  auto [a, b] = Channel::pair();
  auto [c, d] = Channel::pair();
  Poller poller;
  poller.add(b.native(), 7);
  poller.add(d.native(), 9);
  CHECK(poller.wait(0).empty());
  REQUIRE(a.send(bytes_of("x")) == Sent::ok);
  CHECK(poller.wait(-1) == std::vector<std::uint64_t>{7});
  c.close();
  CHECK(poller.wait(-1) == std::vector<std::uint64_t>{7, 9});
  poller.remove(b.native());
  poller.remove(d.native());
  std::thread other([&] { poller.wake(); });
  CHECK(poller.wait(-1).empty());
  other.join();
}

TEST_CASE("a channel must go on when the thread that listened last has ended") {
  auto [ours, theirs] = Channel::pair();
  std::vector<std::byte> message;
  const std::byte word[] = {std::byte{7}};
  for (int i = 0; i < 3; ++i) {
    std::thread([&] { CHECK(ours.receive(message, nullptr, 1) == Received::nothing); }).join();
    REQUIRE(theirs.send(word) == Sent::ok);
    CHECK(ours.receive(message, nullptr, 5000) == Received::message);
    REQUIRE(ours.send(word) == Sent::ok);
    CHECK(theirs.receive(message, nullptr, 5000) == Received::message);
  }
}
