// From a manifest to a plugin's entry table, refusing in words before anything of the plugin runs where
// possible.
#pragma once
#include <boost/dll/shared_library.hpp>
#include <stdexcept>
#include <string>

#include "caukham/entry.h"
#include "ipc/manifest.hpp"

namespace caukham::pluginhost {

class HostTable;

// Codes with which the program ends.
enum ExitCode : int {
  exit_ok = 0,
  exit_arguments = 2,   // started wrongly
  exit_manifest = 3,    // the manifest cannot be used
  exit_library = 4,     // the library cannot be used
  exit_refused = 5,     // the plugin was loaded and refuses, or is not what its manifest says
  exit_protocol = 6,    // the application said something impossible
};

struct LoadError : std::runtime_error {
  LoadError(ExitCode exit_code, const std::string& words) : std::runtime_error(words), code(exit_code) {}
  ExitCode code;
};

// A loaded and initialised plugin; the destructor says deinit and unloads. [main]
class Plugin {
 public:
  // Checks what the manifest asks of this host, reads the exports, loads, checks abi and id, calls init.
  // `host` is what init gets; its last error line is the reason of a refusal.
  Plugin(const ipc::Manifest& manifest, HostTable& host);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  ~Plugin();
  const ck_entry& entry() const { return *entry_; }

 private:
  boost::dll::shared_library library_;
  const ck_entry* entry_ = nullptr;
};

// Throws LoadError unless the library exports the one symbol and nothing else under a C name.
void check_exports(const std::string& path);

}  // namespace caukham::pluginhost
