// The binary frame of protocol.md, section 3: 28 bytes of header, a payload, one CRC over both. Pure
// functions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace caukham::session {

enum class FrameKind : std::uint8_t { record = 1, still_piece = 2 };

inline constexpr std::size_t frame_header_bytes = 28;
inline constexpr std::size_t frame_max_payload = 32768;
inline constexpr std::size_t still_max_piece = 16384;

struct EvidenceFrame {
  FrameKind kind = FrameKind::record;
  std::uint32_t number = 0;   // stream id, or the still's number
  std::uint64_t index = 0;    // record number, or byte offset
  std::span<const std::byte> payload;
};

// Empty when the payload is longer than frame_max_payload. [any thread]
std::vector<std::byte> encode_frame(const EvidenceFrame& frame);

// The frame's payload points into `bytes`. False: `why` says in English (for the log) what is wrong. [any
// thread]
bool decode_frame(std::span<const std::byte> bytes, EvidenceFrame& frame, std::string& why);

// CRC-32 as zlib computes it (ISO-HDLC: reflected 0xEDB88320, all ones before and after); `crc` of what came
// before, 0 at first. [any thread]
std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> bytes);

// The chain of one stream: digest₀ = 32 zero bytes, digestₖ₊₁ = SHA-256(digestₖ ‖ payloadₖ).
class EvidenceChain {
 public:
  void add(std::span<const std::byte> record);
  std::string hex() const;  // 64 lower-case digits
  std::uint64_t records() const { return records_; }

 private:
  std::string digest_ = std::string(32, '\0');
  std::uint64_t records_ = 0;
};

}  // namespace caukham::session
