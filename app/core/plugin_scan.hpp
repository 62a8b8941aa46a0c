// A plugin's first run, in a process that is thrown away: does it load, is it what its manifest says, and does it come to
// an end by itself? Private to Plugins.
#pragma once
#include <string>

#include "ipc/manifest.hpp"

namespace caukham::core {

struct ScanResult {
  bool good = false;
  std::string words;  // technical, English: what went wrong, or the version it says to be
  bool slow = false;  // what went wrong is that it took too long
};

// Waits at most timeout_ms, then kills. Call from a thread that stays for that long. [any thread]
ScanResult scan_plugin(const std::string& plugin_host, const ipc::Manifest& manifest, int timeout_ms);

}  // namespace caukham::core
