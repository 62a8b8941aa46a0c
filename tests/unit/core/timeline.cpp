#include "core/timeline.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>

using namespace caukham::core;

namespace {
constexpr std::int64_t ms = 1'000'000, second = 1'000'000'000;

// A device whose converter runs at rate_hz by its own µs clock, seen by a host whose clock started elsewhere.
struct Device {
  double rate_hz = 500, tick_hz = 1e6;
  double real_rate_hz = 500;  // the converter's, against its own µs clock
  std::uint64_t tick_start = 3'000'000;
  std::int64_t host_start = 77 * second;
  std::uint64_t produced = 0;
  std::uint64_t seq = 0;

  ck_chunk chunk(std::uint32_t count, std::uint64_t skip, std::int64_t jitter_ns = 0) {
    produced += skip;
    const double t = static_cast<double>(produced) / real_rate_hz;
    ck_chunk c{};
    c.size = sizeof c;
    c.seq = seq++;
    c.count = count;
    c.device_ticks = tick_hz > 0 ? tick_start + static_cast<std::uint64_t>(std::llround(t * tick_hz)) : 0;
    c.time_ns = host_start + std::llround(t * 1e9) + jitter_ns;
    c.time_error_ns = 1'000'000;
    produced += count;
    return c;
  }
};
std::int64_t arrival(const ck_chunk& c) { return c.time_ns + 40 * ms; }
}  // namespace

TEST_CASE("chunks that follow on must be numbered without holes") {
  Timeline line({500, 1e6, false});
  Device device;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const auto c = device.chunk(10, 0);
    const auto p = line.place(c, arrival(c));
    REQUIRE(p.keep);
    REQUIRE(p.first_sample == n * 10);
    REQUIRE_FALSE(p.gap);
    REQUIRE_FALSE(p.discontinuous);
    REQUIRE(p.note == nullptr);
  }
}

TEST_CASE("produced must equal delivered plus lost, whatever is lost, said or not said, over any restarts") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
    Device device;
    device.rate_hz = device.real_rate_hz = std::map<int, double>{{0, 100}, {1, 300}, {2, 500}, {3, 1000}}[pick(0, 3)];
    Timeline line({device.rate_hz, device.tick_hz, false});
    std::uint64_t delivered = 0, lost = 0, expected_next = 0;
    for (int n = 0; n < 400; ++n) {
      std::uint64_t skip = 0;
      bool restart = false, flag = false, unknown = false, say = false;
      if (n > 0 && pick(0, 9) == 0) {
        switch (pick(0, 4)) {
          case 0: skip = static_cast<std::uint64_t>(pick(1, 5)), say = true; break;
          case 1: skip = static_cast<std::uint64_t>(pick(1, 500)), unknown = true; break;
          case 2: skip = static_cast<std::uint64_t>(pick(1, 100)); break;  // nobody noticed but the clock
          case 3: skip = static_cast<std::uint64_t>(pick(0, 60000)), restart = true; break;  // minutes
          case 4: flag = true; break;
        }
      }
      if (restart) {
        device.seq = 0;
        line.interrupt("plugin restarted");
      }
      auto c = device.chunk(static_cast<std::uint32_t>(pick(1, 40)), skip, pick(-20, 20) * ms);
      if (say) c.lost = static_cast<std::uint32_t>(skip), c.flags |= CK_CHUNK_DISCONT;
      if (unknown) c.flags |= CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN;
      if (flag) c.flags |= CK_CHUNK_DISCONT;
      const auto p = line.place(c, arrival(c));
      REQUIRE(p.keep);
      REQUIRE(p.lost == skip);
      REQUIRE(p.first_sample == expected_next + skip);
      REQUIRE(p.gap.has_value() == (skip > 0));
      REQUIRE(p.discontinuous == (skip > 0 || restart || flag || unknown));
      if (p.gap) {
        REQUIRE(p.gap->exact);
        REQUIRE(p.gap->length == skip);
        REQUIRE(p.gap->first_sample == expected_next);
        REQUIRE(p.gap->reason == (restart ? "plugin restarted" : "device lost samples"));
      }
      delivered += c.count;
      lost += p.lost;
      expected_next = p.first_sample + c.count;
    }
    REQUIRE(delivered + lost == device.produced);
    REQUIRE(line.next_sample() == device.produced);
  }
}

TEST_CASE("a long outage must be exact even when converter and stamping clock are two oscillators") {
  for (const double ppm : {-8000.0, -50.0, 50.0, 8000.0}) {
    CAPTURE(ppm);
    Device device;
    device.real_rate_hz = 500 * (1 + ppm * 1e-6);
    Timeline line({500, 1e6, false});
    for (int n = 0; n < 2000; ++n) {
      const auto c = device.chunk(10, 0);
      REQUIRE(line.place(c, arrival(c)).lost == 0);
    }
    line.interrupt("plugin restarted");
    device.seq = 0;
    const auto c = device.chunk(10, 15000);  // half a minute
    const auto p = line.place(c, arrival(c));
    REQUIRE(p.gap);
    REQUIRE(p.gap->exact);
    REQUIRE(p.gap->length == 15000);
  }
}

TEST_CASE("without a clock the plugin's count must be believed, and host time where it has none") {
  Device device;
  device.tick_hz = 0;
  Timeline line({500, 0, false});
  auto c = device.chunk(10, 0);
  line.place(c, arrival(c));
  c = device.chunk(10, 7, 300 * ms);  // late by a third of a second: not lost, only late
  c.lost = 7;
  auto p = line.place(c, arrival(c));
  REQUIRE(p.gap);
  REQUIRE(p.gap->exact);
  REQUIRE(p.gap->length == 7);
  c = device.chunk(10, 0, 300 * ms);
  REQUIRE(line.place(c, arrival(c)).lost == 0);
  c = device.chunk(10, 250, 300 * ms);
  c.flags = CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN;
  p = line.place(c, arrival(c));
  REQUIRE(p.gap);
  REQUIRE_FALSE(p.gap->exact);
  REQUIRE(p.gap->length == 250);
  line.interrupt("unplugged");
  device.seq = 0;
  c = device.chunk(10, 5000, 300 * ms);
  p = line.place(c, arrival(c));
  REQUIRE(p.gap);
  REQUIRE_FALSE(p.gap->exact);
  REQUIRE(p.gap->length == 5000);
  REQUIRE(p.gap->reason == "unplugged");
}

TEST_CASE("a device that was reset must get a gap estimated from host time, marked as not exact") {
  for (const std::uint64_t restart_ticks : {0ull, 500'000ull, 400'000'000'000ull}) {
    CAPTURE(restart_ticks);
    Device device;
    Timeline line({500, 1e6, false});
    for (int n = 0; n < 500; ++n) {
      const auto c = device.chunk(10, 0);
      line.place(c, arrival(c));
    }
    line.interrupt("unplugged");
    Device again = device;
    again.seq = 0;
    again.produced += 4000;  // 8 s
    auto c = again.chunk(10, 0);
    c.device_ticks = restart_ticks;
    const auto p = line.place(c, arrival(c));
    REQUIRE(p.gap);
    REQUIRE_FALSE(p.gap->exact);
    REQUIRE(p.gap->length == 4000);
    c = again.chunk(10, 0);
    c.device_ticks = restart_ticks + 20'000;
    REQUIRE(line.place(c, arrival(c)).lost == 0);  // and goes on from there
  }
}

TEST_CASE("a jump of the device's clock must not become lost samples, and must be told") {
  for (const std::int64_t jump_s : {3600ll, -3600ll, 5ll, -5ll}) {
    for (const bool flagged : {false, true}) {
      for (const bool stamp_jumps_too : {false, true}) {
        CAPTURE(jump_s, flagged, stamp_jumps_too);
        Device device;
        device.tick_start = 10'000'000'000;
        Timeline line({500, 1e6, false});
        std::uint64_t delivered = 0;
        std::int64_t last_time = 0;
        for (int n = 0; n < 200; ++n) {
          auto c = device.chunk(10, 0);
          const auto came = arrival(c);
          if (n >= 100) {
            c.device_ticks += static_cast<std::uint64_t>(jump_s * 1'000'000);
            if (stamp_jumps_too) c.time_ns += jump_s * second;
          }
          if (n == 100 && flagged) c.flags = CK_CHUNK_DISCONT;
          const auto p = line.place(c, came);
          REQUIRE(p.keep);
          REQUIRE(p.lost <= 50);  // at most what a second's error of the clocks may hide, here nothing was lost
          if (!flagged) REQUIRE(p.lost == 0);
          if (n == 100) REQUIRE(p.note != nullptr);
          REQUIRE(p.clock_doubted == (n == 100 || (n > 100 && stamp_jumps_too && (jump_s > 1 || jump_s < -30))));  // said, and no more
          REQUIRE(p.time_ns >= last_time);
          REQUIRE(std::abs(p.time_ns - came) < 3 * second);
          last_time = p.time_ns;
          delivered += c.count;
        }
        REQUIRE(line.next_sample() >= delivered);
        REQUIRE(line.next_sample() <= delivered + 50);
      }
    }
  }
}

TEST_CASE("repeated and backward chunks must be dropped and reported") {
  Device device;
  Timeline line({500, 1e6, false});
  std::vector<ck_chunk> sent;
  for (int n = 0; n < 10; ++n) {
    sent.push_back(device.chunk(10, 0));
    line.place(sent.back(), arrival(sent.back()));
  }
  for (const auto& old : sent) {
    const auto p = line.place(old, arrival(sent.back()));  // the same number again
    REQUIRE_FALSE(p.keep);
    REQUIRE(p.note != nullptr);
  }
  auto copy = sent.back();
  copy.seq = device.seq++;  // a new number on old samples
  const auto p = line.place(copy, arrival(copy));
  REQUIRE_FALSE(p.keep);
  const auto c = device.chunk(10, 0);
  REQUIRE(line.place(c, arrival(c)).first_sample == 100);
}

TEST_CASE("a jump of the chunk numbers must be filled by the device's clock") {
  Device device;
  Timeline line({500, 1e6, false});
  auto c = device.chunk(10, 0);
  line.place(c, arrival(c));
  device.chunk(10, 0);
  device.chunk(13, 0);
  c = device.chunk(10, 0);
  const auto p = line.place(c, arrival(c));
  REQUIRE(p.gap);
  REQUIRE(p.gap->length == 23);
  REQUIRE(p.gap->reason == "samples lost on the way from the plugin");
}

TEST_CASE("what was lost because the pool was full must not be blamed on the device") {
  Device device;
  Timeline line({500, 1e6, false});
  auto c = device.chunk(10, 0);
  line.place(c, arrival(c));
  c = device.chunk(10, 40);
  c.lost = 40;
  c.flags |= CK_CHUNK_DISCONT;
  auto p = line.place(c, arrival(c), true);
  REQUIRE(p.gap);
  CHECK(p.gap->length == 40);
  CHECK(p.gap->reason == "pool full");
  c = device.chunk(10, 5);
  c.lost = 5;
  p = line.place(c, arrival(c));
  REQUIRE(p.gap);
  CHECK(p.gap->reason == "device lost samples");
  line.interrupt("unplugged");  // the longer hole names it
  c = device.chunk(10, 500);
  c.seq = 0;
  p = line.place(c, arrival(c), true);
  REQUIRE(p.gap);
  CHECK(p.gap->reason == "unplugged");
}

TEST_CASE("pictures must be numbered with the lost ones counted and never make a gap") {
  Timeline line({30, 0, true});
  ck_chunk c{};
  c.count = 1;
  c.time_ns = second;
  REQUIRE(line.place(c, second).first_sample == 0);
  c.seq = 1, c.lost = 4, c.time_ns = 2 * second;
  auto p = line.place(c, 2 * second);
  REQUIRE(p.first_sample == 5);
  REQUIRE(p.discontinuous);
  REQUIRE_FALSE(p.gap);
  line.interrupt("plugin restarted");
  c.seq = 0, c.lost = 0, c.time_ns = 12 * second;
  p = line.place(c, 12 * second);
  REQUIRE(p.first_sample == 6);
  REQUIRE(p.discontinuous);
}

TEST_CASE("no header, however mad, may bring the numbering to a stop or time to a step back") {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    Timeline line({seed % 2 ? 500.0 : 1e6, seed % 3 ? 1e6 : 0, seed % 5 == 0});
    std::uint64_t next = 0;
    std::int64_t now = 1000 * second, last = 0;
    for (int n = 0; n < 300; ++n) {
      ck_chunk c{};
      now += static_cast<std::int64_t>(random() % (100 * ms));
      c.seq = random() % 4 ? static_cast<std::uint64_t>(n) : random();
      c.count = static_cast<std::uint32_t>(1 + random() % 4096);
      c.device_ticks = random();
      c.time_ns = random() % 2 ? now : static_cast<std::int64_t>(random());
      c.time_error_ns = static_cast<std::uint32_t>(random());
      c.lost = random() % 3 ? 0 : static_cast<std::uint32_t>(random());
      c.flags = static_cast<std::uint32_t>(random());
      if (random() % 20 == 0) line.interrupt("plugin restarted");
      const auto p = line.place(c, now);
      if (!p.keep) continue;
      REQUIRE(p.first_sample >= next);
      REQUIRE(p.first_sample - next < (1ull << 33));
      REQUIRE(p.time_ns >= last);
      REQUIRE(p.time_ns <= now + 60 * second);
      next = line.next_sample();
      last = p.time_ns;
    }
  }
}
