// What a vendor does with caukham-sign: make a key, sign a folder.

#include <algorithm>
#include <cstring>
#include <ctime>
#include <set>

#include "json/json_text.hpp"
#include "trust/bytes.hpp"
#include "trust/private_file.hpp"
#include "trust/trust.hpp"

namespace caukham::trust {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
constexpr const char* secret_head = "caukham secret key 1\n";

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

void write_new(const fs::path& file, const std::string& text) {
  std::error_code error;
  if (fs::exists(file, error)) throw std::runtime_error(file.string() + " exists already; it is not overwritten");
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(file.string() + " cannot be written");
}

std::string read_secret(const fs::path& file) {
  if (const auto wrong = wrong_with_private_file(file); !wrong.empty()) throw std::runtime_error(wrong);
  const auto text = read_text(file);
  if (!text) throw std::runtime_error("the secret key " + file.string() + " cannot be read");
  std::string line = *text;
  if (!line.starts_with(secret_head)) throw std::runtime_error(file.string() + " is not a secret key of caukham-sign");
  line = line.substr(std::strlen(secret_head));
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
  const auto bytes = from_base64(line, crypto_sign_SECRETKEYBYTES);
  if (!bytes) throw std::runtime_error("the secret key " + file.string() + " is damaged");
  return *bytes;
}
}  // namespace

void make_key(const fs::path& secret, const fs::path& key, const std::string& vendor, bool station) {
  ready();
  std::error_code error;
  for (const auto& file : {secret, key})
    if (fs::exists(file, error)) throw std::runtime_error(file.string() + " exists already; it is not overwritten");
  if (vendor.empty() || vendor.size() > 100) throw std::runtime_error("the vendor's name must be 1 to 100 bytes long");
  unsigned char public_bytes[crypto_sign_PUBLICKEYBYTES], secret_bytes[crypto_sign_SECRETKEYBYTES];
  crypto_sign_keypair(public_bytes, secret_bytes);
  write_private_file(secret, secret_head + to_base64(secret_bytes, sizeof secret_bytes) + "\n");
  sodium_memzero(secret_bytes, sizeof secret_bytes);
  const std::string bytes(reinterpret_cast<const char*>(public_bytes), sizeof public_bytes);
  json object{{"format", "caukham-key-1"},
              {"key", key_id(bytes)},
              {"vendor", vendor},
              {"public", to_base64(public_bytes, sizeof public_bytes)},
              {"from", utc_now().substr(0, 10)}};
  if (station) object["station"] = true;
  write_new(key, json_text(object, 2) + "\n");
}

Subject subject_of(const fs::path& folder) {
  const auto text = read_text(folder / "manifest.json");
  if (!text) throw std::runtime_error((folder / "manifest.json").string() + " cannot be read");
  const auto manifest = json_of(*text);
  Subject subject;
  subject.folder = folder;
  const auto field = [&](const char* name) {
    if (!manifest.is_object() || !manifest.contains(name) || !manifest[name].is_string() ||
        manifest[name].get_ref<const std::string&>().empty() ||
        manifest[name].get_ref<const std::string&>().find_first_of("\r\n") != std::string::npos)
      throw std::runtime_error((folder / "manifest.json").string() + " has no \"" + name + "\"");
    return manifest[name].get<std::string>();
  };
  subject.id = field("id");
  subject.version = field("version");
  const auto library = field("library");
  if (library.find_first_of("/\\:") != std::string::npos)
    throw std::runtime_error("the manifest's \"library\" must be a file name without a folder");
  for (const auto& name : {library, library + ".so", "lib" + library + ".so", library + ".dll", "lib" + library + ".dll"})
    if (fs::is_regular_file(folder / name)) {
      subject.library = name;
      return subject;
    }
  throw std::runtime_error("the library \"" + library + "\" that the manifest names is not in " + folder.string());
}

fs::path sign(const Subject& subject, const fs::path& secret_file, const std::vector<std::string>& further) {
  ready();
  const auto secret = read_secret(secret_file);
  std::string public_bytes(crypto_sign_PUBLICKEYBYTES, '\0');
  crypto_sign_ed25519_sk_to_pk(reinterpret_cast<unsigned char*>(public_bytes.data()), bytes_of(secret));
  std::set<std::string> names{"manifest.json", subject.library};
  for (const auto& entry : fs::directory_iterator(subject.folder))
    if (entry.is_regular_file() && could_be_loaded(entry.path().filename().string()))
      names.insert(entry.path().filename().string());
  names.insert(further.begin(), further.end());
  std::string text = std::string(first_line) + "\nplugin " + subject.id + "\nversion " + subject.version + "\nkey " +
                     key_id(public_bytes) + "\nsigned " + utc_now() + "\n";
  for (const auto& name : names) {
    if (name.find_first_of(" /\\:") != std::string::npos || name.empty() || name.front() == '.')
      throw std::runtime_error("'" + name + "' cannot be signed: a plain file name without spaces and folders is needed");
    const auto path = subject.folder / name;
    text += "file " + sha256_of(path) + " " + std::to_string(fs::file_size(path)) + " " + name + "\n";
  }
  unsigned char signature[crypto_sign_BYTES];
  crypto_sign_detached(signature, nullptr, bytes_of(text), text.size(), bytes_of(secret));
  text += "signature " + to_base64(signature, sizeof signature) + "\n";
  const auto at = subject.folder / signature_file;
  std::ofstream out(at, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error(at.string() + " cannot be written");
  return at;
}

}  // namespace caukham::trust
