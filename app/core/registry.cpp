#include "core/registry.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "core/log.hpp"

namespace caukham::core {
namespace {
namespace fs = std::filesystem;

// What a plugin may ask of this station's plugin host.
constexpr const char* offered[] = {"ck.host.transport/1"};

std::string unusable(const ipc::Manifest& manifest, const std::vector<ipc::Manifest>& known) {
  if (manifest.abi_major != CK_ABI_MAJOR)
    return "it is made for plugin interface " + std::to_string(manifest.abi_major) + ", this station offers " +
           std::to_string(CK_ABI_MAJOR) + "; install the plugin's version for this station";
  for (const auto& wanted : manifest.required)
    if (std::find(std::begin(offered), std::end(offered), wanted) == std::end(offered))
      return "it requires '" + wanted + "', which this station does not offer; update the station";
  for (const auto& other : known)
    if (other.id == manifest.id)
      return "a plugin with its id '" + manifest.id + "' is already found in " + other.folder + "; remove one of them";
  manifest.library_path();  // throws in words
  return "";
}

// The more of a device a line names, the better it is made for it.
int score(const ipc::Match& match) {
  return (match.serial.empty() ? 0 : 8) + (match.pid ? 4 : 0) + (match.vid ? 2 : 0) + (match.name.empty() ? 0 : 2) +
         (match.link ? 1 : 0);
}

std::vector<fs::path> candidates(const std::string& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (fs::is_regular_file(it->path() / "manifest.json", error)) found.push_back(it->path());
  std::sort(found.begin(), found.end());  // the same choice on every start
  return found;
}
}  // namespace

Registry Registry::of(const std::string& folder) {
  Registry registry;
  auto manifest = ipc::read_manifest((fs::path(folder) / "manifest.json").string());
  const std::string reason = unusable(manifest, {});
  if (!reason.empty()) throw std::runtime_error(folder + ": " + reason);
  registry.plugins_.push_back(std::move(manifest));
  return registry;
}

Registry Registry::scan(const std::vector<std::string>& folders) {
  Registry registry;
  for (const auto& folder : folders)
    for (const auto& plugin : candidates(folder)) {
      std::string reason;
      try {
        auto manifest = ipc::read_manifest((plugin / "manifest.json").string());
        reason = unusable(manifest, registry.plugins_);
        if (reason.empty()) registry.plugins_.push_back(std::move(manifest));
      } catch (const std::exception& e) {
        reason = e.what();
      }
      if (reason.empty()) continue;
      log_warning("registry", plugin.string() + " is not used: " + reason);
      registry.broken_.push_back({plugin.string(), reason});
    }
  return registry;
}

Registry::Choice Registry::choose(const ck_endpoint& endpoint) const {
  return choose(endpoint, [](const ipc::Manifest&) { return true; });
}

Registry::Choice Registry::choose(const ck_endpoint& endpoint,
                                  const std::function<bool(const ipc::Manifest&)>& may) const {
  Choice best;
  int best_score = -1;
  for (const auto& manifest : plugins_) {
    const auto* match = manifest.matching(endpoint);
    if (!match || score(*match) <= best_score || !may(manifest)) continue;
    best_score = score(*match);
    best = {&manifest, match->kind.empty() ? manifest.kind : match->kind};
  }
  return best;
}

}  // namespace caukham::core
