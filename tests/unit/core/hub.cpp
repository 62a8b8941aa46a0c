#include "core/hub.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "core/clock.hpp"

using namespace caukham::core;
using namespace std::chrono_literals;

namespace {
ChunkPtr wave(StreamId stream, std::uint64_t first) {
  auto chunk = std::make_shared<Chunk>();
  chunk->stream = stream;
  chunk->first_sample = first;
  chunk->count = 1;
  chunk->samples = {1};
  return chunk;
}
ChunkPtr picture(StreamId stream, std::uint64_t number) {
  auto chunk = std::make_shared<Chunk>();
  chunk->stream = stream;
  chunk->first_sample = number;
  chunk->count = 1;
  chunk->picture = {0xff, 0xd8, 0xff, 0xd9};
  return chunk;
}
StreamInfo info(StreamId id, DeviceId device) {
  StreamInfo s;
  s.id = id;
  s.device = device;
  return s;
}
DeviceStatus status(DeviceId id, DeviceState state) {
  DeviceStatus d;
  d.id = id;
  d.state = state;
  return d;
}
std::vector<std::uint64_t> numbers(const std::vector<Item>& items) {
  std::vector<std::uint64_t> out;
  for (const auto& item : items)
    if (const auto* c = std::get_if<ChunkPtr>(&item)) out.push_back((*c)->first_sample);
  return out;
}
}  // namespace

TEST_CASE("only a spirometer's waveform in L/s is a breath's flow") {
  StreamInfo info;
  info.device_kind = "spirometer";
  CHECK_FALSE(info.is_flow());
  info.unit = "L/s";
  CHECK(info.is_flow());
  info.kind = StreamKind::video;
  CHECK_FALSE(info.is_flow());
  info.kind = StreamKind::waveform;
  info.device_kind = "ecg";
  CHECK_FALSE(info.is_flow());
}

TEST_CASE("the hub must hand out items in the order they were published") {
  Hub hub;
  auto inbox = hub.subscribe();
  for (std::uint64_t n = 0; n < 100; ++n) {
    hub.publish(wave(1, 2 * n));
    hub.publish(picture(2, 2 * n + 1));
    if (n == 50) REQUIRE(inbox->take(0ms).size() >= 51);
  }
  const auto rest = numbers(inbox->take(0ms));
  REQUIRE(std::is_sorted(rest.begin(), rest.end()));
  REQUIRE(rest.back() == 199);
}

TEST_CASE("a new listener must first hear of all devices and streams that are present") {
  Hub hub;
  hub.publish(status(1, DeviceState::opening));
  hub.publish(StreamAdded{info(10, 1)});
  hub.publish(StreamAdded{info(11, 1)});
  hub.publish(status(1, DeviceState::live));
  hub.publish(StreamEnded{10});
  auto items = hub.subscribe()->take(0ms);
  REQUIRE(items.size() == 2);
  REQUIRE(std::get<DeviceStatus>(items[0]).state == DeviceState::live);
  REQUIRE(std::get<StreamAdded>(items[1]).info.id == 11);
  REQUIRE(hub.stream(11));
  REQUIRE_FALSE(hub.stream(10));
  REQUIRE(hub.devices().size() == 1);
}

TEST_CASE("a full inbox must count what it misses, where it misses it, one hole a stream") {
  Hub hub;
  auto inbox = hub.subscribe({.waveform_chunks = 3, .pictures = 1});
  for (std::uint64_t n = 0; n < 5; ++n) hub.publish(wave(1, n));
  hub.publish(Gap{.stream = 2});
  hub.publish(status(7, DeviceState::failed));  // what comes and goes is never dropped
  auto items = inbox->take(0ms);
  REQUIRE(items.size() == 6);
  REQUIRE(numbers(items) == std::vector<std::uint64_t>{0, 1, 2});
  REQUIRE(std::get<Overflow>(items[3]).stream == 1);
  REQUIRE(std::get<Overflow>(items[3]).chunks == 2);
  REQUIRE(std::get<Overflow>(items[4]).stream == 2);
  REQUIRE(std::get<DeviceStatus>(items[5]).id == 7);
  hub.publish(wave(1, 5));  // room again
  REQUIRE(numbers(inbox->take(0ms)) == std::vector<std::uint64_t>{5});
}

TEST_CASE("of each video stream the newest pictures must be kept") {
  Hub hub;
  auto inbox = hub.subscribe({.waveform_chunks = 10, .pictures = 2});
  auto blind = hub.subscribe({.waveform_chunks = 10, .pictures = 0});
  for (std::uint64_t n = 0; n < 20; ++n) hub.publish(picture(1 + n % 2, n));
  REQUIRE(numbers(inbox->take(0ms)) == std::vector<std::uint64_t>{16, 17, 18, 19});
  REQUIRE(blind->take(0ms).empty());
}

TEST_CASE("a listener who never takes must not keep the others from getting everything") {
  Hub hub;
  auto stuck = hub.subscribe({.waveform_chunks = 5, .pictures = 1});
  auto quick = hub.subscribe();
  std::vector<std::uint64_t> got;
  std::thread reader([&] {
    for (;;) {
      auto items = quick->take(10s);
      if (items.empty()) return;
      for (auto n : numbers(items)) got.push_back(n);
    }
  });
  for (std::uint64_t n = 0; n < 5000; ++n) hub.publish(wave(1, n));
  hub.unsubscribe(quick);
  reader.join();
  REQUIRE(got.size() == 5000);
  REQUIRE(std::is_sorted(got.begin(), got.end()));
  const auto left = stuck->take(0ms);
  REQUIRE(left.size() == 6);
  REQUIRE(std::get<Overflow>(left.back()).chunks == 4995);
}

TEST_CASE("closing must wake a waiting listener, and what was queued can still be taken") {
  Hub hub;
  auto inbox = hub.subscribe();
  std::thread closer([&] { inbox->close(); });
  REQUIRE(inbox->take(1h).empty());
  closer.join();
  auto other = hub.subscribe();
  hub.publish(wave(1, 1));
  hub.unsubscribe(other);
  hub.publish(wave(1, 2));
  REQUIRE(numbers(other->take(1h)) == std::vector<std::uint64_t>{1});
  REQUIRE(other->take(1h).empty());
}

TEST_CASE("listeners who come and go while others publish must see each stream's order without holes") {
  Hub hub;
  std::atomic<bool> done{false};
  std::thread publisher([&] {
    for (std::uint64_t n = 0; !done; ++n) hub.publish(wave(3, n));
  });
  for (int round = 0; round < 50; ++round) {
    auto inbox = hub.subscribe({.waveform_chunks = 1000000, .pictures = 1});
    auto first = numbers(inbox->take(10s));
    hub.unsubscribe(inbox);
    for (auto n : numbers(inbox->take(0ms))) first.push_back(n);
    REQUIRE_FALSE(first.empty());
    for (std::size_t i = 1; i < first.size(); ++i) REQUIRE(first[i] == first[i - 1] + 1);
  }
  done = true;
  publisher.join();
}

TEST_CASE("times must be written in the calendar of the whole world") {
  REQUIRE(iso8601_utc(0) == "1970-01-01T00:00:00.000Z");
  REQUIRE(iso8601_utc(1795269787123456789) == "2026-11-21T14:03:07.123Z");
  REQUIRE(iso8601_utc(-1) == "1969-12-31T23:59:59.999Z");
  REQUIRE(iso8601_utc(1709164799999999999) == "2024-02-28T23:59:59.999Z");
  const auto a = now_ns();
  const auto b = now_ns();
  REQUIRE(b >= a);
  REQUIRE(to_unix_ns(b) - to_unix_ns(a) == b - a);
}
