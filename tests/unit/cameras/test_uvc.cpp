#include <catch2/catch.hpp>

#include "devices/camera_uvc/jpeg_repair.hpp"
#include "devices/camera_uvc/model.hpp"
#include "help.hpp"

using namespace caukham::devices;
using namespace caukham::devices::uvc;

namespace {

constexpr std::int64_t ms = 1'000'000;

const Bytes& plain() {
  static const Bytes jpeg = [] { return Phantom(PhantomOptions{}).jpeg(77); }();
  return jpeg;
}
const Bytes& bare() {
  static const Bytes jpeg = [] {
    PhantomOptions o;
    o.jfif_header = o.huffman_tables = false;
    return Phantom(o).jpeg(78);
  }();
  return jpeg;
}
Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes part(const Bytes& b, std::size_t n) { return Bytes(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n)); }

struct Result {
  Repair repair;
  Bytes jpeg;
  std::uint32_t lost;
};
Result repair(const Bytes& b) {
  JpegRepair r;
  Result out{};
  out.repair = r.run(b, out.jpeg, out.lost);
  return out;
}

}  // namespace

TEST_CASE("uvc: a whole picture must pass byte for byte") {
  const Result r = repair(plain());
  CHECK(r.repair == Repair::whole);
  CHECK(r.jpeg == plain());
  CHECK(r.lost == 0);
}

TEST_CASE("uvc: fill bytes behind the end and noise before the start must be cut off") {
  CHECK(repair(plain() + Bytes{0}).jpeg == plain());
  CHECK(repair(plain() + Bytes(300, 0xFF)).jpeg == plain());
  CHECK(repair(Bytes{0, 1, 0xFF} + plain()).jpeg == plain());
  CHECK(repair(plain() + part(plain(), 5000)).jpeg == plain());
}

TEST_CASE("uvc: a truncated picture must be dropped wherever it was cut") {
  for (std::size_t n = 0; n < plain().size(); n += 97) {
    const Result r = repair(part(plain(), n));
    CAPTURE(n);
    CHECK(r.repair != Repair::whole);
    CHECK(r.jpeg.empty());
  }
}

TEST_CASE("uvc: the second picture of a spliced buffer must be taken when it is whole, and the first counted") {
  for (std::size_t n = 3; n < plain().size(); n += 211) {
    const Result r = repair(part(plain(), n) + plain());
    CAPTURE(n);
    REQUIRE(r.repair == Repair::whole);
    CHECK(r.jpeg == plain());
    CHECK(r.lost == 1);
    CHECK(repair(part(plain(), n) + part(plain(), 9000)).repair == Repair::truncated);
  }
}

TEST_CASE("uvc: missing Huffman tables must be put in so that any viewer opens the picture") {
  const Result r = repair(bare());
  REQUIRE(r.repair == Repair::whole);
  CHECK(r.jpeg.size() == bare().size() + standard_huffman_segment().size());
  const auto luma = test::decode_luma(r.jpeg);
  REQUIRE(luma);
  CHECK(luma->warnings == 0);
  CHECK(test::counter_of(r.jpeg) == 78);
  // and the inserted tables are the ones an encoder writes by default
  const ByteView dht = standard_huffman_segment();
  Bytes tables;
  for (std::size_t at = 2; plain()[at + 1] != 0xDA;) {
    const std::size_t length = static_cast<std::size_t>(plain()[at + 2] << 8 | plain()[at + 3]);
    if (plain()[at + 1] == 0xC4) tables.insert(tables.end(), plain().begin() + static_cast<std::ptrdiff_t>(at + 4), plain().begin() + static_cast<std::ptrdiff_t>(at + 2 + length));
    at += 2 + length;
  }
  CHECK(tables.size() == dht.size() - 4);
  std::sort(tables.begin(), tables.end());
  Bytes ours(dht.begin() + 4, dht.end());
  std::sort(ours.begin(), ours.end());
  CHECK(tables == ours);
}

TEST_CASE("uvc: a thumbnail inside an APP segment must not be taken for a second picture") {
  const Bytes thumb = part(plain(), 2) + Bytes{0xFF, 0xC0, 0, 4, 1, 2, 0xFF, 0xD9};
  Bytes app{0xFF, 0xE1, 0, static_cast<std::uint8_t>(thumb.size() + 2)};
  const Bytes with = part(plain(), 2) + app + thumb + Bytes(plain().begin() + 2, plain().end());
  const Result r = repair(with);
  CHECK(r.repair == Repair::whole);
  CHECK(r.jpeg == with);
}

TEST_CASE("uvc: random and mutated buffers must be bounded work and never give an endless picture") {
  const std::uint32_t seed = test::seed();
  INFO("seed " << seed << " (CAUKHAM_SEED)");
  std::mt19937 random(seed);
  for (int round = 0; round < 400; ++round) {
    Bytes b = part(plain(), 6000) + plain();
    for (unsigned i = 0; i < 1 + random() % 60; ++i) b[random() % b.size()] = random() % 3 == 0 ? 0xFF : static_cast<std::uint8_t>(random());
    const Result r = repair(b);
    if (r.repair != Repair::whole) continue;
    REQUIRE(r.jpeg.size() <= b.size() + standard_huffman_segment().size());
    CHECK((r.jpeg[0] == 0xFF && r.jpeg[1] == 0xD8));
    CHECK((r.jpeg[r.jpeg.size() - 2] == 0xFF && r.jpeg.back() == 0xD9));
  }
  Bytes starts;
  for (int i = 0; i < 300'000; ++i) starts.push_back(i % 2 == 0 ? 0xFF : 0xD8);
  CHECK(repair(starts).repair == Repair::truncated);
}

TEST_CASE("uvc: one press must give one event, the right way round for each camera") {
  const Bytes zero{2, 1, 0, 0}, one{2, 1, 0, 1};
  StatusButton standard(quirks_of(0x0c45, 0x6341)), inverted(quirks_of(0xab02, 0xab01));
  CHECK_FALSE(standard.packet(zero, 0));
  CHECK(standard.packet(one, 5 * ms) == 5 * ms);
  CHECK_FALSE(standard.packet(one, 520 * ms));
  CHECK(standard.packet(one, 900 * ms));
  CHECK(inverted.packet(zero, 0) == 0);
  CHECK_FALSE(inverted.packet(one, 900 * ms));
  CHECK(inverted.packet(zero, 1000 * ms));
  for (const Bytes& other : {Bytes{}, Bytes{2, 1, 0}, Bytes{1, 1, 0, 1}, Bytes{2, 1, 1, 1}}) CHECK_FALSE(standard.packet(other, 9000 * ms));
}

TEST_CASE("uvc: recorded plus lost must equal what the camera took as far as a buffer can tell") {
  Model m(dermatoscope());
  JpegRepair repair;
  std::uint64_t whole = 0, lost = 0;
  std::vector<std::uint16_t> numbers;
  for (int t = 0; t < 4000; t += 10) {
    if (t == 1000) CHECK(m.act("truncate", t * ms));
    if (t == 2000) CHECK(m.act("splice", t * ms));
    Bytes b, jpeg;
    std::uint32_t before = 0;
    while (m.in(ep_picture, 1 << 20, t * ms, b) == Io::ok) {
      if (repair.run(b, jpeg, before) == Repair::whole) {
        ++whole;
        lost += before;
        const auto n = test::counter_of(jpeg);
        REQUIRE(n);
        numbers.push_back(*n);
      } else {
        ++lost;
      }
    }
  }
  CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  const auto produced = m.produced()[0];
  CHECK(produced.sent == whole);
  CHECK(produced.samples == whole + lost);
  CHECK(lost == 2);
  CHECK(produced.samples == 60);
  CHECK(repair.counters().trimmed >= 15);
  CHECK(repair.counters().spliced == 1);
  CHECK(repair.counters().tables_added == whole);
}

TEST_CASE("uvc: a camera that is not read must keep four buffers and lose the rest; stall and slow must do as named") {
  Model m(teslong());
  Bytes b;
  REQUIRE(m.in(ep_picture, 1 << 20, 0, b) == Io::ok);
  int buffers = 0;
  while (m.in(ep_picture, 1 << 20, 2000 * ms, b) == Io::ok) ++buffers;
  CHECK(buffers == 4);
  CHECK(m.produced()[0].samples == 5);
  CHECK(m.act("stall", 2000 * ms));
  CHECK(m.in(ep_picture, 1 << 20, 2500 * ms, b) == Io::later);
  CHECK(m.act("resume", 2500 * ms));
  CHECK(m.act("slow 10", 2500 * ms));
  buffers = 0;
  for (int t = 2500; t < 4500; t += 20)
    while (m.in(ep_picture, 1 << 20, t * ms, b) == Io::ok) ++buffers;
  CHECK(buffers == 6);
  CHECK_FALSE(m.act("slow x", 0));
  CHECK_FALSE(m.act("blow", 0));
}

TEST_CASE("uvc: the simulated dermatoscope's press must come out as one event") {
  Model m(dermatoscope());
  StatusButton button(quirks_of(m.identity().vid, m.identity().pid));
  CHECK(m.act("button", 100 * ms));
  int presses = 0;
  for (int t = 0; t < 2000; t += 5) {
    Bytes b;
    while (m.in(ep_status, 64, t * ms, b) == Io::ok) presses += button.packet(b, t * ms).has_value();
  }
  CHECK(presses == 1);
}
