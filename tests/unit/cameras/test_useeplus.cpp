#include <catch2/catch.hpp>

#include "devices/otoscope_useeplus/decoder.hpp"
#include "devices/otoscope_useeplus/model.hpp"
#include "help.hpp"

using namespace caukham::devices;
using namespace caukham::devices::useeplus;

namespace {

constexpr std::int64_t ms = 1'000'000;

// A picture that is one by its ends only: decoders above this layer look inside.
Bytes mock(std::size_t size, std::uint8_t fill = 0x42) {
  Bytes b(size, fill);
  b[0] = 0xFF;
  b[1] = 0xD8;
  b[size - 2] = 0xFF;
  b[size - 1] = 0xD9;
  return b;
}

void fragment(Bytes& to, std::uint8_t cid, std::uint8_t fid, std::uint8_t lens, std::uint8_t flags, ByteView data) {
  const std::size_t n = 7 + data.size();
  to.insert(to.end(), {0xAA, 0xBB, cid, static_cast<std::uint8_t>(n), static_cast<std::uint8_t>(n >> 8), fid, lens, flags, 0x60, 0x33, 0x30, 0x24});
  to.insert(to.end(), data.begin(), data.end());
}

void picture(Bytes& to, std::uint8_t fid, const Bytes& jpeg, std::uint8_t flags = 0, std::size_t skip = SIZE_MAX) {
  std::size_t i = 0;
  for (std::size_t at = 0; at < jpeg.size(); at += fragment_data, ++i)
    if (i != skip) fragment(to, cid_video, fid, 0, flags, ByteView(jpeg).subspan(at, std::min(fragment_data, jpeg.size() - at)));
}

Output decode(ByteView stream) {
  Decoder d;
  Output out;
  d.feed(stream, 0, out);
  return out;
}

void start(Model& m, std::int64_t now) {
  m.set_alternate(1, 1);
  REQUIRE(m.out(0x02, wake_app, now) == Io::ok);
  REQUIRE(m.out(0x01, start_video, now) == Io::ok);
}

}  // namespace

TEST_CASE("useeplus: a picture must be whole with its last byte, without waiting for the next one") {
  for (const std::size_t size : {4UL, 100UL, 932UL, 933UL, 940UL, 1000UL, 1864UL, 20'000UL}) {
    Bytes stream;
    picture(stream, 9, mock(size));
    const Output out = decode(stream);
    CAPTURE(size);
    REQUIRE(out.pictures.size() == 1);
    CHECK(out.pictures[0].jpeg == mock(size));
    CHECK(out.pictures[0].number == 0);
    CHECK(out.pictures[0].lost == 0);
  }
}

TEST_CASE("useeplus: the header captured from a real scope must be understood") {
  // as printed in a public capture: aa bb 0b ab 03 08 00 00 60 33 30 24 ff d8
  Bytes stream{0xAA, 0xBB, 0x0B, 0xAB, 0x03, 0x08, 0x00, 0x00, 0x60, 0x33, 0x30, 0x24};
  const Bytes jpeg = mock(932);
  stream.insert(stream.end(), jpeg.begin(), jpeg.end());
  const Output out = decode(stream);
  REQUIRE(out.pictures.size() == 1);
  CHECK(out.pictures[0].jpeg == jpeg);
}

TEST_CASE("useeplus: ghost headers in the padding must not cost a picture") {
  const Bytes a = mock(932 * 3 + 200, 0x11);
  for (std::size_t gap = 13; gap <= 160; gap += 7) {
    for (const std::size_t ghost_at : {std::size_t{0}, (gap - 13) / 2, gap - 13}) {
      Bytes stream;
      for (std::size_t at = 0; at < a.size(); at += fragment_data) {
        fragment(stream, cid_video, 5, 0, 0, ByteView(a).subspan(at, std::min(fragment_data, a.size() - at)));
        Bytes padding(gap, 0x77);
        const Bytes ghost{0xAA, 0xBB, 0x0B, 0xAB, 0x03, 0x04, 0x00, 0x00, 0x60, 0x33, 0x30, 0x24};
        std::copy(ghost.begin(), ghost.end(), padding.begin() + static_cast<std::ptrdiff_t>(ghost_at));
        stream.insert(stream.end(), padding.begin(), padding.end());
      }
      picture(stream, 6, mock(2000));
      const Output out = decode(stream);
      CAPTURE(gap);
      REQUIRE(out.pictures.size() == 2);
      CHECK(out.pictures[0].jpeg == a);
      CHECK(out.pictures[1].lost == 0);
    }
  }
}

TEST_CASE("useeplus: gravity data must not get into a picture") {
  Bytes stream;
  const Bytes a = mock(2500);
  fragment(stream, cid_video, 1, 0, 0, ByteView(a).first(932));
  fragment(stream, cid_gravity, 1, 0, flag_gravity, Bytes(420, 0x99));
  fragment(stream, cid_video, 1, 0, 0, ByteView(a).subspan(932, 932));
  fragment(stream, cid_video, 1, 0, flag_gravity, Bytes(400, 0x98));
  fragment(stream, cid_video, 1, 0, 0, ByteView(a).subspan(1864));
  Decoder d;
  Output out;
  d.feed(stream, 0, out);
  REQUIRE(out.pictures.size() == 1);
  CHECK(out.pictures[0].jpeg == a);
  CHECK(d.counters().gravity == 2);
}

TEST_CASE("useeplus: a picture without its beginning or end must be dropped and counted as lost") {
  Bytes stream;
  picture(stream, 250, mock(3000));
  picture(stream, 251, mock(3000), 0, 0);       // beginning missing
  picture(stream, 252, mock(3000), 0, 3);       // end missing
  picture(stream, 255, mock(3000));             // 253 and 254 never came
  picture(stream, 0, mock(3000));               // the counter wraps
  const Output out = decode(stream);
  REQUIRE(out.pictures.size() == 3);
  CHECK(out.pictures[1].number == 5);
  CHECK(out.pictures[1].lost == 4);
  CHECK(out.pictures[2].number == 6);
  CHECK(out.pictures[2].lost == 0);
}

TEST_CASE("useeplus: a damaged length must cost one fragment, and noise in front none") {
  Bytes stream{0xDE, 0xAD, 0xBE, 0xAA, 0xBB};
  picture(stream, 1, mock(3000));
  const std::size_t second = stream.size();
  picture(stream, 2, mock(3000));
  stream[second + 3] = stream[second + 4] = 0xFF;
  picture(stream, 3, mock(3000));
  const Output out = decode(stream);
  REQUIRE(out.pictures.size() == 2);
  CHECK(out.pictures[1].lost == 1);
}

TEST_CASE("useeplus: a picture that never ends must be given up at the bound") {
  Bytes stream;
  Bytes endless(max_picture + 5000, 0x42);
  endless[0] = 0xFF;
  endless[1] = 0xD8;
  picture(stream, 1, endless);
  picture(stream, 2, mock(1000));
  Decoder d;
  Output out;
  d.feed(stream, 0, out);
  REQUIRE(out.pictures.size() == 1);
  CHECK(out.pictures[0].lost == 1);
  CHECK(d.counters().damaged == 1);
}

TEST_CASE("useeplus: a scope that starts over must be followed after a moment") {
  Bytes stream;
  picture(stream, 200, mock(1000));
  for (std::uint8_t fid = 0; fid < 12; ++fid) picture(stream, fid, mock(1000));
  const Output out = decode(stream);
  REQUIRE(out.pictures.size() >= 8);
  for (std::size_t i = 1; i < out.pictures.size(); ++i) CHECK(out.pictures[i].number > out.pictures[i - 1].number);
}

TEST_CASE("useeplus: a short press must be told from a long one and from bouncing contacts") {
  Button b;
  std::vector<Press> presses;
  const auto hold = [&](bool down, int from_ms, int to_ms) {
    for (int t = from_ms; t < to_ms; t += 5)
      if (auto p = b.level(down, t * ms)) presses.push_back(*p);
  };
  hold(false, 0, 100);
  hold(true, 100, 115);   // bounce
  hold(false, 115, 120);
  hold(true, 120, 320);
  hold(false, 320, 330);  // bounce
  hold(true, 330, 340);
  hold(false, 340, 1000);
  REQUIRE(presses.size() == 1);
  CHECK(presses[0].is_short);
  CHECK(presses[0].pressed_ns == 120 * ms);
  CHECK(presses[0].released_ns == 340 * ms);
  hold(true, 1000, 2200);
  hold(false, 2200, 2300);
  REQUIRE(presses.size() == 2);
  CHECK_FALSE(presses[1].is_short);
}

TEST_CASE("useeplus: the model's descriptors must be the real scope's") {
  const Bytes d = Model().descriptors();
  REQUIRE(d.size() == 18 + 64);
  CHECK((d[8] == 0xE3 && d[9] == 0x2C && d[10] == 0x28 && d[11] == 0x38));
  std::size_t at = 18, interfaces = 0, endpoints = 0;
  while (at < d.size()) {
    REQUIRE(d[at] >= 2);
    interfaces += d[at + 1] == 4;
    endpoints += d[at + 1] == 5;
    at += d[at];
  }
  CHECK(at == d.size());
  CHECK(interfaces == 3);
  CHECK(endpoints == 4);
  CHECK(Model().identity().product.ends_with("SIMULATED"));
  CHECK(Model().identity().serial.starts_with("SIM"));
}

TEST_CASE("useeplus: the model must stay silent until it was started as the real scope wants it") {
  Model m;
  Bytes b;
  CHECK(m.in(0x81, 4096, 0, b) == Io::stall);  // alternate 0 has no such endpoint
  m.set_alternate(1, 1);
  CHECK(m.out(0x01, start_video, 0) == Io::ok);
  CHECK(m.in(0x81, 4096, 0, b) == Io::later);  // not woken
  CHECK(m.out(0x02, wake_app, 0) == Io::ok);
  CHECK(m.in(0x81, 4096, 0, b) == Io::later);
  CHECK(m.out(0x01, start_video, 0) == Io::ok);
  CHECK(m.in(0x81, 4096, 0, b) == Io::ok);
  CHECK(b.size() == 4096);
}

TEST_CASE("useeplus: what the model sends must arrive whole however the reads are cut") {
  const std::uint32_t seed = test::seed();
  INFO("seed " << seed << " (CAUKHAM_SEED)");
  std::mt19937 random(seed);
  Model m;
  start(m, 0);
  Decoder d;
  Output out;
  std::int64_t now = 0;
  for (int shots = 0; shots < 30; ++shots, now += 50 * ms) {
    Bytes b;
    while (m.in(0x81, 1 + random() % (shots < 3 ? 7 : 5000), now, b) == Io::ok) d.feed(b, now, out);
    if (shots == 10) CHECK(m.act("button", now));
    if (shots == 20) CHECK(m.act("button long", now));
  }
  REQUIRE(out.pictures.size() == 30);
  for (std::size_t i = 0; i < 30; ++i) {
    CHECK(out.pictures[i].number == i);
    CHECK(out.pictures[i].lost == 0);
    CHECK(test::counter_of(out.pictures[i].jpeg) == static_cast<std::uint16_t>(i));
  }
  CHECK(d.counters().ghosts > 50);
  CHECK(d.counters().gravity > 0);
  CHECK(out.pictures.back().lens == 1);
  REQUIRE(out.presses.size() == 1);  // the long one is still held
  CHECK(out.presses[0].is_short);
  CHECK(out.presses[0].pressed_ns == 550 * ms);
  const auto produced = m.produced();
  CHECK(produced[0].samples == 30);
  CHECK(produced[0].sent == 30);
}

TEST_CASE("useeplus: recorded plus lost must equal what the model took, through every fault") {
  Model m;
  start(m, 0);
  Decoder d;
  Output out;
  for (int shot = 0; shot < 60; ++shot) {
    const std::int64_t now = shot * 50 * ms;
    if (shot == 5 || shot == 9) m.act("corrupt", now);
    if (shot == 15) m.act("stall", now);
    if (shot == 30) m.act("slow 3", now);
    if (shot == 45) m.act("slow 1", now);
    Bytes b;
    Io io;
    while ((io = m.in(0x81, 65536, now, b)) == Io::ok) d.feed(b, now, out);
    if (io == Io::stall && shot == 22) {
      m.clear_halt(0x81);
      d.resync();
    }
  }
  std::uint64_t lost = 0;
  for (const Picture& p : out.pictures) {
    lost += p.lost;
    CHECK(test::counter_of(p.jpeg) == static_cast<std::uint16_t>(p.number));
  }
  const auto produced = m.produced()[0];
  CHECK(produced.sent == out.pictures.size());
  CHECK(produced.samples == out.pictures.size() + lost);
  CHECK(lost > 2 + 7 + 8);
}

TEST_CASE("useeplus: random and mutated bytes must neither crash nor make memory grow, and the next picture must come") {
  const std::uint32_t seed = test::seed();
  INFO("seed " << seed << " (CAUKHAM_SEED)");
  std::mt19937 random(seed);
  Bytes good;
  for (std::uint8_t fid = 1; fid < 5; ++fid) picture(good, fid, mock(3000, fid));
  for (int round = 0; round < 300; ++round) {
    Decoder d;
    Output out;
    Bytes b = good;
    if (round % 3 == 0)
      for (auto& x : b) x = static_cast<std::uint8_t>(random());
    else
      for (unsigned i = 0; i < 1 + random() % 40; ++i) b[random() % b.size()] = random() % 4 == 0 ? 0xAA : static_cast<std::uint8_t>(random());
    for (std::size_t at = 0; at < b.size();) {
      const std::size_t n = std::min<std::size_t>(1 + random() % 700, b.size() - at);
      d.feed(ByteView(b).subspan(at, n), 0, out);
      at += n;
    }
    for (const Picture& p : out.pictures) REQUIRE(p.jpeg.size() <= max_picture);
    // Two pictures: one may be swallowed by a half-received fragment that claims to be up to 944 bytes long.
    const std::size_t before = out.pictures.size();
    Bytes after;
    for (int i = 0; i < 20; ++i) picture(after, static_cast<std::uint8_t>(100 + i), mock(3000));
    d.feed(after, 0, out);
    CHECK(out.pictures.size() >= before + 1);
  }
}
