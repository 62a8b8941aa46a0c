// Digests: the chain over a stream's records that station and specialist compare, and content names of files.
// SHA-256 is OpenSSL's, CRC-32 is zlib's (polynomial 0xEDB88320, the one of PNG and Ethernet).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace caukham::record {

using Digest = std::array<std::byte, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::span<const std::byte>);
  Digest finish();  // and starts anew

 private:
  struct Free { void operator()(void*) const; };
  std::unique_ptr<void, Free> context_;
};

Digest sha256(std::span<const std::byte>);
Digest sha256_of_file(const std::filesystem::path&, std::uint64_t* size = nullptr);  // throws RecordError
std::uint32_t crc32_of(std::span<const std::byte>);
std::string hex(std::span<const std::byte>);
std::string new_uuid();  // UUIDv4 text from the system's randomness

// digest(0) = 32 zero bytes, digest(k + 1) = SHA-256(digest(k) || bytes of record k).
class EvidenceChain {
 public:
  void add(std::span<const std::byte> record_bytes);
  std::uint64_t records() const { return records_; }
  const Digest& digest() const { return digest_; }

 private:
  Digest digest_{};
  std::uint64_t records_ = 0;
};

}  // namespace caukham::record
