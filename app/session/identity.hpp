// The station's own key and certificate: made at its first start, kept for ten years, never silently
// replaced, because every console that has once trusted the fingerprint would have to be told.
#pragma once
#include <string>
#include <vector>

namespace caukham::session {

struct Identity {
  std::string key_pem, certificate_pem;
  std::string fingerprint;  // SHA-256 of the certificate (DER), "AB:CD:…", 95 characters
};

// Reads <data_folder>/session/identity.pem, or makes it (ECDSA P-256, self-signed, names and addresses as
// subject alternative names; file mode 0600, folder 0700). Throws std::runtime_error with a sentence for the
// nurse when the file is damaged, does not fit together, has run out, or cannot be written; what lies there
// is left as it is. [any thread; blocks for a file and a few milliseconds of arithmetic]
Identity load_or_make_identity(const std::string& data_folder, const std::vector<std::string>& names);

// `count` bytes from the system's generator; throws when the system has none. [any thread]
std::vector<unsigned char> random_bytes(std::size_t count);

// RFC 4648 section 5 without padding. [any thread]
std::string base64url(const std::vector<unsigned char>& bytes);

// SHA-256 as 32 raw bytes. [any thread]
std::string sha256(const void* data, std::size_t size);

// Takes the same time wherever the difference is; different lengths are different. [any thread]
bool equal_in_constant_time(const std::string& a, const std::string& b);

}  // namespace caukham::session
