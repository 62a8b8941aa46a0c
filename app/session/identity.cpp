#include "session/identity.hpp"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "core/i18n.hpp"
#include "session/private_file.hpp"

namespace caukham::session {
namespace {

using core::tr;

template <auto fn> struct Free {
  template <typename T> void operator()(T* p) const { fn(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr long ten_years_s = 3653L * 24 * 3600;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(std::max(size, 0L)));
}

std::string fingerprint_of(X509* certificate) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1) return {};
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr char hex[] = "0123456789ABCDEF";
    if (i) out += ':';
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
  return out;
}

bool is_address(const std::string& name) {
  return name.find(':') != std::string::npos ||
         name.find_first_not_of("0123456789.") == std::string::npos;
}

// Only characters that cannot start another entry of the extension's little language.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return c < 128 && (std::isalnum(c) || c == '.' || c == '-' || c == ':');
         });
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw std::runtime_error(tr("The station's certificate could not be made."));
}

std::string make_pem(const std::vector<std::string>& names) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) throw std::runtime_error(tr("The station's key could not be made."));
  X509* x = certificate.get();
  X509_set_version(x, 2);
  auto serial = random_bytes(16);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7F) |
                                         0x40);  // positive and of full length (RFC 5280, 4.1.2.2)
  std::unique_ptr<BIGNUM, Free<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x));
  X509_gmtime_adj(X509_getm_notBefore(x), -24L * 3600);  // a console's clock may be a little behind
  X509_gmtime_adj(X509_getm_notAfter(x), ten_years_s);
  X509_NAME* subject = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Caukham station"), -1, -1, 0);
  X509_set_issuer_name(x, subject);
  X509_set_pubkey(x, key.get());
  std::string san = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const auto& name : names)
    if (is_plain_name(name) && san.find(":" + name) == std::string::npos)
      san += (is_address(name) ? ",IP:" : ",DNS:") + name;
  add_extension(x, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(x, NID_key_usage, "critical,digitalSignature");
  add_extension(x, NID_ext_key_usage, "serverAuth");
  add_extension(x, NID_subject_alt_name, san);
  if (X509_sign(x, key.get(), EVP_sha256()) == 0)
    throw std::runtime_error(tr("The station's certificate could not be made."));
  const Bio out(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(out.get(), x) != 1)
    throw std::runtime_error(tr("The station's key could not be made."));
  return text_of(out.get());
}

// PEM blocks are looked for by type, so that key and certificate may stand in either order. A key with a
// passphrase must not make OpenSSL ask on the terminal: the callback answers with nothing.
Identity read_pem(const std::string& pem, const std::string& path) {
  const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Key key(PEM_read_bio_PrivateKey(
      in.get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr));
  const Bio again(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Certificate certificate(PEM_read_bio_X509(again.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!key || !certificate)
    throw std::runtime_error(
        tr("The station's key file {0} is damaged. Restore it from a backup; only if there is none, "
           "move it away: the station then makes a new key and every console must trust it anew.",
           path));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    throw std::runtime_error(
        tr("Key and certificate in {0} do not belong together. Restore the file from a backup.", path));
  }
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
    throw std::runtime_error(
        tr("The station's certificate in {0} has run out. Check the computer's date; if it is right, "
           "move the file away and start again.",
           path));
  Identity identity;
  const Bio key_out(BIO_new(BIO_s_mem())), certificate_out(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate_out.get(), certificate.get());
  identity.key_pem = text_of(key_out.get());
  identity.certificate_pem = text_of(certificate_out.get());
  identity.fingerprint = fingerprint_of(certificate.get());
  return identity;
}

}  // namespace

Identity load_or_make_identity(const std::string& data_folder, const std::vector<std::string>& names) {
  const auto folder = std::filesystem::u8path(data_folder) / "session";
  const auto path = folder / "identity.pem";
  std::string pem, why;
  switch (read_private_file(path, pem, why)) {
    case FileState::read: return read_pem(pem, path.string());
    case FileState::unreadable:
      throw std::runtime_error(tr("The station's key file {0} cannot be read: {1}.", path.string(), why));
    case FileState::missing: break;
  }
  pem = make_pem(names);
  if (!make_private_folder(folder, why) || !write_private_file(path, pem, why))
    throw std::runtime_error(tr("The station's key cannot be written to {0}: {1}.", path.string(), why));
  return read_pem(pem, path.string());
}

std::vector<unsigned char> random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
    throw std::runtime_error(tr("The computer gives no random numbers; no meeting can be opened safely."));
  return bytes;
}

std::string base64url(const std::vector<unsigned char>& bytes) {
  constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int have = 0;
  for (const unsigned char byte : bytes) {
    bits = (bits << 8) | byte;
    for (have += 8; have >= 6; have -= 6) out += letters[(bits >> (have - 6)) & 63];
  }
  if (have) out += letters[(bits << (6 - have)) & 63];
  return out;
}

std::string sha256(const void* data, std::size_t size) {
  std::string digest(32, '\0');
  unsigned int length = 0;
  EVP_Digest(data, size, reinterpret_cast<unsigned char*>(digest.data()), &length, EVP_sha256(), nullptr);
  return digest;
}

bool equal_in_constant_time(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace caukham::session
