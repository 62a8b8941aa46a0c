#include "record/evidence.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <vector>
#include <zlib.h>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/file.hpp"

namespace caukham::record {
namespace {

void check(int ok) {
  if (ok != 1)
    throw RecordError(Fault::io,
                      core::tr("The computer's cryptography library failed. Restart the program."));
}

template <class Deleter>  // clang 14 knows no "auto" there
EVP_MD_CTX* ctx(const std::unique_ptr<void, Deleter>& p) { return static_cast<EVP_MD_CTX*>(p.get()); }

}  // namespace

void Sha256::Free::operator()(void* p) const { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(p)); }

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ ? 1 : 0);
  check(EVP_DigestInit_ex(ctx(context_), EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(ctx(context_), bytes.data(), bytes.size()));
}

Digest Sha256::finish() {
  Digest digest;
  check(EVP_DigestFinal_ex(ctx(context_), reinterpret_cast<unsigned char*>(digest.data()), nullptr));
  check(EVP_DigestInit_ex(ctx(context_), EVP_sha256(), nullptr));
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.finish();
}

Digest sha256_of_file(const std::filesystem::path& path, std::uint64_t* size) {
  const File file = File::open(path, File::Mode::read);
  Sha256 sum;
  std::vector<std::byte> block(1 << 18);
  std::uint64_t at = 0;
  while (const std::size_t n = file.read_at(at, block)) {
    sum.add(std::span(block).first(n));
    at += n;
  }
  if (size) *size = at;
  return sum.finish();
}

std::uint32_t crc32_of(std::span<const std::byte> bytes) {
  uLong crc = 0;
  while (!bytes.empty()) {  // zlib counts in uInt
    const std::size_t n = std::min<std::size_t>(bytes.size(), 1u << 30);
    crc = ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(n));
    bytes = bytes.subspan(n);
  }
  return static_cast<std::uint32_t>(crc);
}

std::string hex(std::span<const std::byte> bytes) {
  static const char digit[] = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digit[std::to_integer<unsigned>(b) >> 4];
    text += digit[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

std::string new_uuid() {
  std::array<std::byte, 16> b;
  check(RAND_bytes(reinterpret_cast<unsigned char*>(b.data()), static_cast<int>(b.size())));
  b[6] = (b[6] & std::byte{0x0f}) | std::byte{0x40};  // RFC 4122, 4.4: version 4, variant 10
  b[8] = (b[8] & std::byte{0x3f}) | std::byte{0x80};
  std::string text = hex(b);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

void EvidenceChain::add(std::span<const std::byte> record_bytes) {
  Sha256 sum;
  sum.add(digest_);
  sum.add(record_bytes);
  digest_ = sum.finish();
  ++records_;
}

}  // namespace caukham::record
