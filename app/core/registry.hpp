// The plugins installed on this station, and which of them drives a device.
#pragma once
#include <caukham/entry.h>

#include <functional>
#include <string>
#include <vector>

#include "ipc/manifest.hpp"

namespace caukham::core {

// A folder with a manifest that cannot be used.
struct BrokenPlugin {
  std::string folder;
  std::string reason;  // one English sentence for the technician: what is wrong and what is expected
};

// Immutable once scanned. [any thread]
class Registry {
 public:
  // Each folder of each of `folders` that holds a manifest.json is a plugin; a missing folder holds none. Of two
  // plugins with one id the first counts, so that a technician's folder can go before the installation's.
  static Registry scan(const std::vector<std::string>& folders);

  // One plugin alone, by its folder: for whoever develops it. Throws ipc::ManifestError, std::runtime_error in words.
  static Registry of(const std::string& folder);

  const std::vector<ipc::Manifest>& plugins() const { return plugins_; }
  const std::vector<BrokenPlugin>& broken() const { return broken_; }

  struct Choice {
    const ipc::Manifest* manifest = nullptr;  // null: nothing installed drives this device
    std::string kind;                         // of the device, as the matching line says
  };
  // The plugin whose matching line names most of the endpoint; of equals the first found.
  Choice choose(const ck_endpoint& endpoint) const;
  // The same among those that `may` allows.
  Choice choose(const ck_endpoint& endpoint, const std::function<bool(const ipc::Manifest&)>& may) const;

 private:
  std::vector<ipc::Manifest> plugins_;
  std::vector<BrokenPlugin> broken_;
};

}  // namespace caukham::core
