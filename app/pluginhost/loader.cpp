#include "pluginhost/loader.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "caukham/ext/transport.h"
#include "ipc/messages.hpp"
#include "pluginhost/exports.hpp"
#include "pluginhost/host_table.hpp"

namespace caukham::pluginhost {
namespace {

void check_required(const ipc::Manifest& manifest) {
  for (const std::string& id : manifest.required)
    if (id != CK_EXT_TRANSPORT)
      throw LoadError(exit_manifest,
                      "The plugin " + manifest.name + " needs \"" + ipc::clean_text(id) +
                          "\", which this version of Caukham does not offer; install a newer Caukham.");
}

}  // namespace

void check_exports(const std::string& path) {
  Exports exports;
  try {
    exports = read_exports(path);
  } catch (const std::exception& e) {
    throw LoadError(exit_library, "The plugin's library cannot be used: " + std::string(e.what()) + ".");
  }
  const auto begin = exports.plain.begin(), end = exports.plain.end();
  const auto is_entry = [](const std::string& name) { return name.starts_with("ck_plugin_entry_"); };
  if (std::find(begin, end, CK_ENTRY_SYMBOL) == end) {
    const auto other = std::find_if(begin, end, is_entry);
    if (other != end)
      throw LoadError(exit_library,
                      "The plugin was made for another version of Caukham (it exports " + *other + ").");
    throw LoadError(exit_library, path + " is not a Caukham plugin: it does not export " CK_ENTRY_SYMBOL ".");
  }
  if (exports.plain.size() != 1) {
    const auto other =
        std::find_if(begin, end, [](const std::string& name) { return name != CK_ENTRY_SYMBOL; });
    throw LoadError(exit_library, path + " must export " CK_ENTRY_SYMBOL " alone, and also exports " +
                                      (other == end ? std::string("it twice") : ipc::clean_text(*other)) +
                                      ".");
  }
}

Plugin::Plugin(const ipc::Manifest& manifest, HostTable& host) {
  check_required(manifest);
  std::string path;
  try {
    // With backslashes on Windows: LoadLibrary takes no other path.
    path = std::filesystem::absolute(manifest.library_path()).make_preferred().string();
  } catch (const ipc::ManifestError& e) {
    throw LoadError(exit_library, e.what());
  }
  check_exports(path);
  try {
    library_.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    entry_ = &library_.get<const ck_entry>(CK_ENTRY_SYMBOL);
  } catch (const std::exception& e) {
    throw LoadError(exit_library, "The plugin's library cannot be loaded: " + ipc::clean_text(e.what()));
  }
  if (entry_->abi_major != CK_ABI_MAJOR)
    throw LoadError(exit_refused,
                    "The plugin was made for version " + std::to_string(entry_->abi_major) + " of the ABI.");
  if (!entry_->id || manifest.id != entry_->id)
    throw LoadError(exit_refused, "The library is not the plugin its manifest names (" + manifest.id + ").");
  if (!entry_->version || !entry_->init || !entry_->deinit || !entry_->probe || !entry_->open ||
      !entry_->get_extension)
    throw LoadError(exit_refused, "The plugin's entry table has holes.");
  host.take_last_error();
  const ck_result result = entry_->init(host.table(), manifest.folder.c_str());
  if (result < 0) {
    const std::string reason = host.take_last_error();
    throw LoadError(exit_refused, "The plugin refuses to begin: " +
                                      (reason.empty() ? std::string(ipc::name_of(result)) + "." : reason));
  }
}

Plugin::~Plugin() {
  if (entry_) entry_->deinit();
#ifdef __SANITIZE_ADDRESS__
  // The leak checker looks when the process ends: what a library under the plugin keeps in its globals (libx265 does)
  // would be a leak without a name once that library is unloaded.
  static auto& kept = *new std::vector<boost::dll::shared_library>;
  kept.push_back(std::move(library_));
#endif
}

}  // namespace caukham::pluginhost
