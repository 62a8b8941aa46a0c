#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "session/evidence_frame.hpp"

using namespace caukham::session;

namespace {
std::vector<std::byte> bytes(const std::string& text) {
  std::vector<std::byte> out(text.size());
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}
}  // namespace

TEST_CASE("crc32 must be zlib's") {
  CHECK(crc32(0, bytes("123456789")) == 0xCBF43926U);
  CHECK(crc32(crc32(0, bytes("1234")), bytes("56789")) == 0xCBF43926U);
  CHECK(crc32(0, {}) == 0);
}

TEST_CASE("a frame must lie byte for byte as the protocol says") {
  const auto payload = bytes("abc");
  const auto frame = encode_frame({FrameKind::still_piece, 0x01020304, 0x1122334455667788, payload});
  REQUIRE(frame.size() == 31);
  const unsigned char head[20] = {0x43, 0x4B, 1,    2,    4,    3,    2, 1, 0x88, 0x77,
                                  0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 3, 0, 0,    0};
  CHECK(std::memcmp(frame.data(), head, sizeof head) == 0);
  CHECK(std::memcmp(frame.data() + 28, "abc", 3) == 0);
  std::vector<std::byte> zeroed = frame;
  for (int i = 20; i < 24; ++i) zeroed[static_cast<std::size_t>(i)] = std::byte{0};
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < 4; ++i) crc |= std::to_integer<std::uint32_t>(frame[20 + i]) << (8 * i);
  CHECK(crc == crc32(0, zeroed));
}

TEST_CASE("what was encoded must come out again, empty and full") {
  const auto size = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{4500}, frame_max_payload);
  const std::vector<std::byte> payload(size, std::byte{0x5A});
  const auto wire = encode_frame({FrameKind::record, 7, 123456789012, payload});
  EvidenceFrame frame;
  std::string why;
  REQUIRE(decode_frame(wire, frame, why));
  CHECK(frame.kind == FrameKind::record);
  CHECK(frame.number == 7);
  CHECK(frame.index == 123456789012);
  CHECK(std::equal(frame.payload.begin(), frame.payload.end(), payload.begin(), payload.end()));
}

TEST_CASE("a payload that is too long must not be sent") {
  const std::vector<std::byte> payload(frame_max_payload + 1);
  CHECK(encode_frame({FrameKind::record, 1, 0, payload}).empty());
}

TEST_CASE("every single damaged bit, and every missing end, must be noticed") {
  const auto wire = encode_frame({FrameKind::record, 7, 3, bytes("a data record of twelve leads")});
  EvidenceFrame frame;
  std::string why;
  for (std::size_t bit = 0; bit < wire.size() * 8; ++bit) {
    auto bad = wire;
    bad[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    why.clear();
    CHECK_FALSE(decode_frame(bad, frame, why));
    CHECK_FALSE(why.empty());
  }
  for (std::size_t size = 0; size < wire.size(); ++size)
    CHECK_FALSE(decode_frame({wire.data(), size}, frame, why));
}

TEST_CASE("random bytes must never be taken for a frame") {
  std::mt19937 random(20260101);
  EvidenceFrame frame;
  std::string why;
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> noise(random() % 80);
    for (auto& b : noise) b = static_cast<std::byte>(random());
    if (noise.size() > 4 && i % 2) {  // half of them with a right beginning
      noise[0] = std::byte{0x43};
      noise[1] = std::byte{0x4B};
      noise[2] = std::byte{1};
      noise[3] = std::byte{1};
    }
    REQUIRE_FALSE(decode_frame(noise, frame, why));
  }
}

TEST_CASE("the chain must be SHA-256 over digest and record, starting from zeros") {
  EvidenceChain chain;
  CHECK(chain.hex() == std::string(64, '0'));
  chain.add({});  // SHA-256 of 32 zero bytes, a well-known value
  CHECK(chain.hex() == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
  CHECK(chain.records() == 1);
  EvidenceChain a, b;
  a.add(bytes("ab")); a.add(bytes("c"));
  b.add(bytes("a")); b.add(bytes("bc"));
  CHECK(a.hex() != b.hex());
}
