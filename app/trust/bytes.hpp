// Small helpers of this room: files read whole and bounded, hexadecimal, base64.
#pragma once
#include <sodium.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>

namespace caukham::trust {

inline constexpr std::size_t max_text_bytes = 64 * 1024;  // of a key, a manifest or a signature file

// libsodium wants to be told once; it may be told often.
inline void ready() {
  if (sodium_init() < 0) throw std::runtime_error("the cryptographic library cannot be started");
}

// Nothing when it cannot be read or is larger than a text of this room may be.
inline std::optional<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(max_text_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_text_bytes) return std::nullopt;
  return text;
}

inline std::string hex(const unsigned char* bytes, std::size_t count) {
  std::string out(count * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes, count);
  out.pop_back();
  return out;
}

inline std::string to_base64(const unsigned char* bytes, std::size_t count) {
  std::string out(sodium_base64_encoded_len(count, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes, count, sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

// Nothing unless the text is exactly `count` bytes of base64, spelt the one way there is: libsodium 1.0.18 takes bytes
// over 127 for letters of the alphabet.
inline std::optional<std::string> from_base64(const std::string& text, std::size_t count) {
  std::string out(count + 1, '\0');
  std::size_t got = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr,
                        &got, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0 ||
      got != count)
    return std::nullopt;
  out.resize(count);
  if (to_base64(reinterpret_cast<const unsigned char*>(out.data()), count) != text) return std::nullopt;
  return out;
}

inline const unsigned char* bytes_of(const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); }

// The first eight bytes of the public key's SHA-256.
inline std::string key_id(const std::string& public_bytes) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(digest, bytes_of(public_bytes), public_bytes.size());
  return hex(digest, 8);
}

// What a system's loader could take for code when it lies beside the plugin.
bool could_be_loaded(const std::string& name);

inline constexpr const char* first_line = "caukham plugin signature 1";
inline constexpr const char* signature_file = "plugin.sig";

}  // namespace caukham::trust
