#include <catch2/catch.hpp>
#include <random>

#include "session/evidence_frame.hpp"
#include "session/evidence_sender.hpp"

using namespace caukham::session;

namespace {
constexpr std::int64_t ms = 1'000'000;

// A station's files, a line that carries what it is told to, and a console that checks.
struct Bench {
  Bench() : sender(source(), pipe()) {}
  EvidenceSource source() {
    EvidenceSource s;
    s.record = [this](StreamNumber stream, std::uint64_t index) -> std::optional<std::vector<std::byte>> {
      if (index >= readable[stream]) return std::nullopt;
      ++reads;
      return std::vector<std::byte>(record_bytes, static_cast<std::byte>(index));
    };
    s.record_count = [this](StreamNumber stream) { return readable[stream]; };
    return s;
  }
  EvidenceSender::Pipe pipe() {
    return {[this](std::vector<std::byte> frame) {
              sent += frame.size();
              EvidenceFrame f;
              std::string why;
              REQUIRE(decode_frame(frame, f, why));
              order.push_back(f.kind == FrameKind::record ? 'r' : 's');
              auto& next = f.kind == FrameKind::record ? records[f.number] : stills[f.number];
              REQUIRE(f.index == next);  // in order, without a hole
              next += f.kind == FrameKind::record ? 1 : f.payload.size();
              largest = std::max(largest, f.payload.size());
            },
            [this] { return queued; }};
  }
  // Everything so far has arrived `delay` after it was sent.
  void receipt() { REQUIRE(sender.got(sent, now += 20 * ms)); }
  void pump() {
    while (sender.pump(now)) {
    }
  }

  std::map<StreamNumber, std::uint64_t> readable, records;
  std::map<std::uint32_t, std::uint64_t> stills;
  std::size_t record_bytes = 2460, queued = 0, largest = 0, reads = 0;
  std::uint64_t sent = 0;
  std::int64_t now = 1000 * ms;
  std::string order;
  EvidenceSender sender;
};

std::function<EvidenceSender::Still()> bytes(std::size_t size) {
  return [size] { return std::make_shared<const std::vector<std::uint8_t>>(size, std::uint8_t{7}); };
}
}  // namespace

TEST_CASE("nothing must be sent before the console said what it has") {
  Bench b;
  b.readable[1] = 10;
  b.sender.available(1, 10);
  b.pump();
  CHECK(b.order.empty());
  REQUIRE(b.sender.have(1, 0));
  b.pump();
  CHECK(b.records[1] == 10);
}

TEST_CASE("a console that came late or came back must get the rest and then the live records") {
  Bench b;
  b.readable[1] = 40;
  b.records[1] = 25;  // it has these
  REQUIRE(b.sender.have(1, 25));
  b.pump();
  CHECK(b.records[1] == 40);
  b.readable[1] = 41;
  b.sender.available(1, 41);
  b.pump();
  CHECK(b.records[1] == 41);
  CHECK(b.reads == 16);
}

TEST_CASE("a console that says to have more than there is must be refused") {
  Bench b;
  b.readable[1] = 4;
  CHECK_FALSE(b.sender.have(1, 5));
  CHECK(b.sender.have(1, 4));
  CHECK_FALSE(b.sender.got(1, 0));
}

TEST_CASE("a long absence must not put more under way than the window, however much is missing") {
  Bench b;
  b.readable[1] = 100000;
  REQUIRE(b.sender.have(1, 0));
  b.pump();
  CHECK(b.sent < EvidenceSender::record_window + 3000);
  const auto first = b.sent;
  b.pump();
  CHECK(b.sent == first);  // nothing receipted, nothing more
  for (int i = 0; i < 10; ++i) {
    b.receipt();
    b.pump();
    CHECK(b.sender.under_way() < EvidenceSender::record_window + 3000);
  }
  CHECK(b.sent > 9 * first);
}

TEST_CASE("one turn must end after its share although the line would carry more") {
  Bench b;
  b.record_bytes = 10;
  b.readable[1] = 1000;
  REQUIRE(b.sender.have(1, 0));
  CHECK(b.sender.pump(b.now));
  CHECK(b.records[1] == EvidenceSender::max_records_a_turn);
}

TEST_CASE("two streams must share the line") {
  Bench b;
  b.readable[1] = b.readable[2] = 10000;
  REQUIRE(b.sender.have(1, 0));
  REQUIRE(b.sender.have(2, 0));
  b.pump();
  CHECK(b.records[1] > 0);
  CHECK(std::max(b.records[1], b.records[2]) - std::min(b.records[1], b.records[2]) <= 1);
}

TEST_CASE("a still must wait behind every record and then come whole") {
  Bench b;
  b.readable[1] = 30;
  REQUIRE(b.sender.have(1, 0));
  b.sender.still(5, 100000, bytes(100000));
  for (int i = 0; i < 60; ++i) {
    b.pump();
    b.receipt();
  }
  CHECK(b.order.find('s') == 30);
  CHECK(b.stills[5] == 100000);
  CHECK(b.largest <= still_max_piece);
}

TEST_CASE("a live record must not find much of a still before it") {
  Bench b;
  b.readable[1] = 1;
  REQUIRE(b.sender.have(1, 0));
  b.sender.still(5, 2'000'000, bytes(2'000'000));
  b.pump();
  CHECK(b.sender.under_way() <= 32 * 1024);
  // The line turns out to be slow: pieces take seconds. The window shrinks to what a live record can live
  // with.
  for (int i = 0; i < 20; ++i) {
    b.now += 2000 * ms;
    REQUIRE(b.sender.got(b.sent, b.now));
    b.pump();
    if (i == 0) b.now += 1;
  }
  b.now += 20 * ms;  // one quick piece tells what the line can do when it is empty
  REQUIRE(b.sender.got(b.sent, b.now));
  for (int i = 0; i < 12; ++i) {
    b.pump();
    b.now += 1500 * ms;
    REQUIRE(b.sender.got(b.sent, b.now));
  }
  CHECK(b.sender.still_window() <= 4096);
  b.pump();
  CHECK(b.sender.under_way() <= 4096);
}

TEST_CASE(
    "a still that is partly there must go on where it was, and one that is gone must not block the next") {
  Bench b;
  b.stills[1] = 30000;
  b.sender.still(1, 50000, bytes(50000));
  b.sender.still(2, 50000, [] { return EvidenceSender::Still(); });
  b.sender.still(3, 20000, bytes(20000));
  b.sender.have_still(1, 30000);
  for (int i = 0; i < 20; ++i) {
    b.pump();
    b.receipt();
  }
  CHECK(b.stills[1] == 50000);
  CHECK(b.stills[2] == 0);
  CHECK(b.stills[3] == 20000);
}

TEST_CASE("a console without receipts must get everything, stills at a pace") {
  Bench b;
  b.readable[1] = 500;
  REQUIRE(b.sender.have(1, 0));
  b.sender.still(1, 100000, bytes(100000));
  for (int i = 0; i < 200; ++i, b.now += 100 * ms) b.pump();
  CHECK(b.records[1] == 500);
  CHECK(b.stills[1] == 100000);
}

TEST_CASE("a full transport must stop everything until it has room") {
  Bench b;
  b.readable[1] = 10;
  REQUIRE(b.sender.have(1, 0));
  b.queued = EvidenceSender::record_window;
  b.pump();
  CHECK(b.order.empty());
  b.queued = 0;
  b.pump();
  CHECK(b.records[1] == 10);
}

TEST_CASE("a record that cannot be read yet must be waited for, not skipped") {
  Bench b;
  b.readable[1] = 3;
  REQUIRE(b.sender.have(1, 0));
  b.sender.available(1, 5);  // announced before it is readable
  b.pump();
  CHECK(b.records[1] == 3);
  b.readable[1] = 6;
  b.sender.available(1, 6);
  b.pump();
  CHECK(b.records[1] == 6);
}

TEST_CASE("the end of a stream must be told once, after its last record, and again after a reconnection") {
  Bench b;
  b.readable[1] = 3;
  REQUIRE(b.sender.have(1, 0));
  CHECK(b.sender.complete().empty());
  b.sender.ended(1);
  CHECK(b.sender.complete().empty());
  b.pump();
  CHECK(b.sender.complete() == std::vector<StreamNumber>{1});
  CHECK(b.sender.complete().empty());
  REQUIRE(b.sender.have(1, 3));
  CHECK(b.sender.complete() == std::vector<StreamNumber>{1});
}
