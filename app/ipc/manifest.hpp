// A plugin's manifest.json: read before a byte of the plugin is loaded. Example:
//   { "id": "org.caukham.ecg-hackeeg", "name": "HackEEG ECG", "vendor": "Caukham", "version": "0.1.0",
//     "abi": "1.0", "kind": "ecg", "library": "ecg_hackeeg", "licence": "Apache-2.0",
//     "match": [ { "link": "serial", "vid": "2341", "pid": "003e", "kind": "ecg" } ],
//     "requires": ["ck.host.transport/1"], "pool": { "slots": 64, "slot_bytes": 16384 },
//     "params": ["rate_hz"], "simulated": false, "direct_hardware": false,
//     "limits": { "memory_mb": 512, "cpu_percent": 200 } }
// vid and pid are hexadecimal text ("2341" or "0x2341") or numbers.
#pragma once
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "caukham/entry.h"
#include "ipc/pool.hpp"

namespace caukham::ipc {

// A manifest that cannot be used; what() names the file, the field, and what is expected, in one sentence.
struct ManifestError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One line of the match table. Everything named must agree.
struct Match {
  ck_link link = 0;
  std::optional<std::uint16_t> vid, pid;
  std::string serial;  // the endpoint's serial number begins with this
  std::string name;    // the endpoint's product name contains this
  std::string kind;    // of the device when this line matches; the manifest's own when the line names none
};

struct Manifest {
  std::string id, name, vendor, version, kind, licence;
  std::uint32_t abi_major = 0, abi_minor = 0;
  std::string library;  // file name without folder; resolved by library_path()
  std::vector<Match> match;
  std::vector<std::string> required;  // extensions the host must offer
  std::vector<std::string> recorded_params;
  PoolShape pool;
  // What it may use: memory of its own in MiB (64..4096), and of one processor in per cent (10..800), averaged over ten
  // seconds. Above that it is ended.
  std::uint32_t memory_mb = 512, cpu_percent = 200;
  bool simulated = false;        // everything it delivers is SIMULATED
  bool direct_hardware = false;  // reaches hardware past the transport (a class camera, a vendor's library)
  std::string folder;            // where the manifest lies
  std::vector<std::string> unknown_fields;  // tolerated; for the log

  // The line that matches best (most is named), or null.
  const Match* matching(const ck_endpoint& endpoint) const;
  // The library beside the manifest, with the system's prefix and suffix where the manifest leaves them out.
  // Throws ManifestError when there is none.
  std::string library_path() const;
};

inline constexpr std::size_t max_manifest_bytes = 64 * 1024;

// Throws ManifestError.
Manifest read_manifest(const std::string& path);
// The same from text; `path` is for the messages and the folder.
Manifest parse_manifest(std::string_view text, const std::string& path);

}  // namespace caukham::ipc
