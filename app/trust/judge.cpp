// From a plugin's folder to a verdict.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "trust/bytes.hpp"
#include "trust/trust.hpp"

namespace caukham::trust {
namespace {
namespace fs = std::filesystem;

struct SignedFile {
  std::string sha256, name;
  std::uint64_t bytes = 0;
};
struct Document {
  std::string text;  // what the signature covers
  std::string plugin, version, key, time, signature;
  std::vector<SignedFile> files;
};

// The rest of `line` behind "word ", nothing when it begins otherwise.
std::optional<std::string> after(const std::string& line, std::string_view word) {
  if (line.size() <= word.size() || !line.starts_with(word) || line[word.size()] != ' ') return std::nullopt;
  return line.substr(word.size() + 1);
}

bool plain_name(const std::string& name) {
  return !name.empty() && name.size() < 256 && name.front() != '.' &&
         std::none_of(name.begin(), name.end(), [](unsigned char c) { return c <= 0x20 || c == '/' || c == '\\' || c == ':'; });
}

std::optional<SignedFile> parse_file(const std::string& line) {
  const auto first = line.find(' '), second = line.find(' ', first == std::string::npos ? first : first + 1);
  if (second == std::string::npos) return std::nullopt;
  SignedFile file{line.substr(0, first), line.substr(second + 1), 0};
  const char* const end = line.data() + second;
  const auto [at, error] = std::from_chars(line.data() + first + 1, end, file.bytes);
  const bool digits = file.sha256.size() == 64 && std::all_of(file.sha256.begin(), file.sha256.end(), [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                      });
  if (error != std::errc() || at != end || !digits || !plain_name(file.name)) return std::nullopt;
  return file;
}

std::optional<Document> parse(const std::string& text) {
  Document d;
  std::vector<std::string> lines;
  std::size_t begin = 0, end = 0, signature_at = 0;
  while ((end = text.find('\n', begin)) != std::string::npos) {
    lines.push_back(text.substr(begin, end - begin));
    signature_at = begin;
    begin = end + 1;
    if (lines.size() > 200) return std::nullopt;
  }
  if (begin != text.size() || lines.size() < 7 || lines[0] != first_line) return std::nullopt;
  d.text = text.substr(0, signature_at);
  std::string* const heads[] = {&d.plugin, &d.version, &d.key, &d.time};
  const char* const names[] = {"plugin", "version", "key", "signed"};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto value = after(lines[i + 1], names[i]);
    if (!value) return std::nullopt;
    *heads[i] = *value;
  }
  const auto signature = after(lines.back(), "signature");
  if (!signature || d.time.size() != 20) return std::nullopt;
  d.signature = *signature;
  for (std::size_t i = 5; i + 1 < lines.size(); ++i) {
    const auto value = after(lines[i], "file");
    const auto file = value ? parse_file(*value) : std::nullopt;
    if (!file) return std::nullopt;
    d.files.push_back(*file);
  }
  return d;
}

bool covers(const Document& d, const std::string& name) {
  return std::any_of(d.files.begin(), d.files.end(), [&](const SignedFile& f) { return f.name == name; });
}

// What is wrong with the files on disk, "" when nothing is.
std::string files_wrong(const Subject& subject, const Document& d) {
  for (const std::string& name : {std::string("manifest.json"), subject.library})
    if (!covers(d, name)) return name + " is not among the signed files";
  for (const auto& file : d.files) {
    std::error_code error;
    const auto path = subject.folder / file.name;
    const auto bytes = fs::file_size(path, error);
    if (error) return file.name + " is missing or cannot be read";
    try {
      if (bytes != file.bytes || sha256_of(path) != file.sha256) return file.name + " was changed after it was signed";
    } catch (const std::exception& e) {
      return e.what();
    }
  }
  std::error_code error;
  for (fs::directory_iterator it(subject.folder, error), end; !error && it != end; it.increment(error)) {
    const auto name = it->path().filename().string();
    if (could_be_loaded(name) && fs::is_regular_file(it->path()) && !covers(d, name))
      return name + " lies beside the plugin and was not signed with it";
  }
  return "";
}

Verdict with(State state, const std::string& words, const Document* d = nullptr, const Key* key = nullptr) {
  Verdict verdict;
  verdict.state = state;
  verdict.words = words;
  if (d) verdict.key = d->key.substr(0, 64);
  if (key) {
    verdict.vendor = key->vendor;
    verdict.station = key->station && state == State::trusted;
  }
  return verdict;
}

Verdict judged(const Subject& subject, const Keys& keys) {
  std::error_code error;
  const auto at = subject.folder / signature_file;
  if (!fs::exists(at, error)) return with(State::no_signature, "The plugin is not signed: there is no plugin.sig.");
  const auto text = read_text(at);
  const auto d = text ? parse(*text) : std::nullopt;
  if (!d) return with(State::tampered, "The plugin's signature cannot be read: plugin.sig is damaged.");
  const auto signature = from_base64(d->signature, crypto_sign_BYTES);
  if (!signature) return with(State::tampered, "The plugin's signature is damaged.", &*d);
  const Key* key = keys.find(d->key);
  if (!key)
    return with(State::unknown_key, "The plugin is signed with a key that this installation does not know (" +
                                        d->key.substr(0, 64) + "); install the vendor's key if you trust the vendor.",
                &*d);
  if (crypto_sign_verify_detached(bytes_of(*signature), bytes_of(d->text), d->text.size(),
                                  bytes_of(key->public_bytes)) != 0)
    return with(State::tampered, "The plugin's signature is not that of " + key->vendor + ": plugin.sig was changed.",
                &*d, key);
  if (!key->revoked.empty())
    return with(State::revoked, "The key of " + key->vendor + " was withdrawn: " + key->revoked, &*d, key);
  const auto day = d->time.substr(0, 10);
  if ((!key->from.empty() && day < key->from) || (!key->until.empty() && day > key->until))
    return with(State::revoked, "The key of " + key->vendor + " was not valid on " + day + ", when the plugin was signed.",
                &*d, key);
  if (!key->plugins.empty() && std::none_of(key->plugins.begin(), key->plugins.end(),
                                            [&](const std::string& p) { return subject.id.starts_with(p); }))
    return with(State::revoked, "The key of " + key->vendor + " may not sign a plugin called " + subject.id + ".", &*d, key);
  if (d->plugin != subject.id || d->version != subject.version)
    return with(State::tampered, "The signature is that of another plugin or version (" + d->plugin.substr(0, 128) + ").",
                &*d, key);
  if (const auto wrong = files_wrong(subject, *d); !wrong.empty())
    return with(State::tampered, "The plugin is not as " + key->vendor + " signed it: " + wrong + ".", &*d, key);
  return with(State::trusted, "Signed by " + key->vendor + " on " + day + ".", &*d, key);
}
}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::trusted: return "trusted";
    case State::no_signature: return "unsigned";
    case State::unknown_key: return "unknown key";
    case State::revoked: return "revoked";
    case State::tampered: return "tampered";
  }
  return "tampered";
}

bool could_be_loaded(const std::string& name) {
  return name.ends_with(".so") || name.find(".so.") != std::string::npos || name.ends_with(".dll") ||
         name.ends_with(".DLL") || name.ends_with(".dylib");
}

Verdict judge(const Subject& subject, const Keys& keys) {
  try {
    ready();
    return judged(subject, keys);
  } catch (const std::exception& e) {
    return with(State::tampered, std::string("The plugin's signature cannot be looked at: ") + e.what() + ".");
  }
}

std::string sha256_of(const fs::path& file) {
  ready();
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.filename().string() + " cannot be read");
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::string block(1 << 16, '\0');
  while (in) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    crypto_hash_sha256_update(&state, bytes_of(block), static_cast<unsigned long long>(in.gcount()));
  }
  if (in.bad()) throw std::runtime_error(file.filename().string() + " cannot be read to its end");
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&state, digest);
  return hex(digest, sizeof digest);
}

}  // namespace caukham::trust
