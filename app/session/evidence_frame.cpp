#include "session/evidence_frame.hpp"

#include <array>
#include <cstring>

#include "session/identity.hpp"

namespace caukham::session {
namespace {

constexpr std::uint16_t magic = 0x4B43;
constexpr std::uint8_t version = 1;
constexpr std::size_t crc_at = 20;

template <typename T> void put(std::byte* at, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::byte>((value >> (8 * i)) & 0xFF);
}
template <typename T> T get(const std::byte* at) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    value = static_cast<T>(value | static_cast<T>(std::to_integer<std::uint8_t>(at[i])) << (8 * i));
  return value;
}

constexpr auto crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int k = 0; k < 8; ++k) c = (c & 1) ? 0xEDB88320U ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  return table;
}();

std::uint32_t frame_crc(std::span<const std::byte> bytes) {
  std::array<std::byte, frame_header_bytes> header;
  std::memcpy(header.data(), bytes.data(), header.size());
  put<std::uint32_t>(header.data() + crc_at, 0);
  return crc32(crc32(0, header), bytes.subspan(frame_header_bytes));
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> bytes) {
  crc = ~crc;
  for (const std::byte b : bytes)
    crc = crc_table[(crc ^ std::to_integer<std::uint32_t>(b)) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

std::vector<std::byte> encode_frame(const EvidenceFrame& frame) {
  if (frame.payload.size() > frame_max_payload) return {};
  std::vector<std::byte> out(frame_header_bytes + frame.payload.size());
  put<std::uint16_t>(out.data(), magic);
  put<std::uint8_t>(out.data() + 2, version);
  put<std::uint8_t>(out.data() + 3, static_cast<std::uint8_t>(frame.kind));
  put<std::uint32_t>(out.data() + 4, frame.number);
  put<std::uint64_t>(out.data() + 8, frame.index);
  put<std::uint32_t>(out.data() + 16, static_cast<std::uint32_t>(frame.payload.size()));
  if (!frame.payload.empty())
    std::memcpy(out.data() + frame_header_bytes, frame.payload.data(), frame.payload.size());
  put<std::uint32_t>(out.data() + crc_at, frame_crc(out));
  return out;
}

bool decode_frame(std::span<const std::byte> bytes, EvidenceFrame& frame, std::string& why) {
  const auto no = [&](const char* text) {
    why = text;
    return false;
  };
  if (bytes.size() < frame_header_bytes) return no("the evidence frame is shorter than its header");
  if (get<std::uint16_t>(bytes.data()) != magic) return no("not an evidence frame");
  if (get<std::uint8_t>(bytes.data() + 2) != version) return no("an evidence frame of another version");
  const auto kind = get<std::uint8_t>(bytes.data() + 3);
  if (kind != 1 && kind != 2) return no("an evidence frame of an unknown kind");
  const auto size = get<std::uint32_t>(bytes.data() + 16);
  if (size > frame_max_payload) return no("an evidence frame that says it is too large");
  if (size != bytes.size() - frame_header_bytes) return no("an evidence frame cut short or too long");
  if (get<std::uint32_t>(bytes.data() + 24) != 0) return no("an evidence frame with a reserved field in use");
  if (get<std::uint32_t>(bytes.data() + crc_at) != frame_crc(bytes))
    return no("an evidence frame damaged on its way");
  frame.kind = static_cast<FrameKind>(kind);
  frame.number = get<std::uint32_t>(bytes.data() + 4);
  frame.index = get<std::uint64_t>(bytes.data() + 8);
  frame.payload = bytes.subspan(frame_header_bytes);
  return true;
}

void EvidenceChain::add(std::span<const std::byte> record) {
  std::string joined = digest_;
  joined.append(reinterpret_cast<const char*>(record.data()), record.size());
  digest_ = sha256(joined.data(), joined.size());
  ++records_;
}

std::string EvidenceChain::hex() const {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : digest_) {
    const auto b = static_cast<unsigned char>(c);
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

}  // namespace caukham::session
