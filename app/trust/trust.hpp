// Who made a plugin: a detached Ed25519 signature beside the manifest, judged against the vendor keys of the
// installation before a byte of the plugin is loaded. Needs nothing of the other rooms.
//
// plugin.sig is text; the signature covers every byte before its own line:
//   caukham plugin signature 1
//   plugin org.example.heart
//   version 1.2.0
//   key 8c1f0a2b3c4d5e6f
//   signed 2026-01-31T08:00:00Z
//   file 1f3d…(SHA-256, 64 digits) 812 manifest.json
//   file 77ab… 91224 heart.so
//   signature BASE64
// A file beside the manifest that the system could load (*.so, *.dll, …) must be among them, so that nothing
// unsigned slips in beside what is signed.
//
// A vendor's key in the installation is NAME.key, JSON:
//   { "format": "caukham-key-1", "key": "8c1f…", "vendor": "Example", "public": "BASE64",
//     "from": "2026-01-01", "until": "2036-01-01", "plugins": ["org.example."], "station": false,
//     "revoked": "why", }
// "plugins": what ids must begin with (absent: any). "station": our own key: such a plugin is no third party's.
// "revoked": nothing signed with it is accepted, whenever it says that it was signed.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::trust {

enum class State : std::uint8_t {
  trusted,
  no_signature,  // there is no plugin.sig
  unknown_key,   // signed by nobody this installation knows
  revoked,       // its key was withdrawn, had ended, or may not sign this plugin
  tampered,      // a file was changed since, or the signature is not one
};
// "trusted", "unsigned", "unknown key", "revoked", "tampered": for lists, English, not translated.
std::string_view name_of(State state);

struct Verdict {
  State state = State::no_signature;
  std::string words;       // one English sentence for the technician: what was found and what to do
  std::string key, vendor; // of the signature; vendor is "" unless the key is known
  bool station = false;    // signed with the station's own key
};

// What a plugin's manifest says about itself; the caller has read it.
struct Subject {
  std::filesystem::path folder;
  std::string id, version;
  std::string library;  // file name in the folder
};

struct Key {
  std::string id, vendor, public_bytes;  // 32 bytes
  std::string from, until, revoked;      // dates as YYYY-MM-DD, "" where not given
  std::vector<std::string> plugins;
  bool station = false;
};

// The keys of an installation. Immutable once read. [any thread]
class Keys {
 public:
  // Every *.key of the folder; what cannot be read is left out with a sentence in `problems`. A folder that is not
  // there holds none.
  static Keys read(const std::filesystem::path& folder);
  const Key* find(std::string_view id) const;
  const std::vector<Key>& all() const { return keys_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<Key> keys_;
  std::vector<std::string> problems_;
};

// Reads every signed file once. Never throws for what lies in the folder.
Verdict judge(const Subject& subject, const Keys& keys);

// ---- what caukham-sign does. All throw std::runtime_error in words.

// A new key pair: `secret` (readable by its owner only) and the public `key` file. Neither may exist.
void make_key(const std::filesystem::path& secret, const std::filesystem::path& key, const std::string& vendor,
              bool station);
// Signs manifest.json, the library, every other file that could be loaded, and `further` (names in the folder).
// Returns the path of the plugin.sig it wrote.
std::filesystem::path sign(const Subject& subject, const std::filesystem::path& secret,
                           const std::vector<std::string>& further);
// Id, version and library as the folder's manifest.json names them.
Subject subject_of(const std::filesystem::path& folder);

// SHA-256 of a file, 64 hexadecimal digits. Throws std::runtime_error when it cannot be read.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace caukham::trust
