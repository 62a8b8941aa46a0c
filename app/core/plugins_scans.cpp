// The scans of what is installed: kept beside the decisions, done again only when something has changed.
#include <algorithm>
#include <future>

#include "core/log.hpp"
#include "core/plugin_scan.hpp"
#include "core/plugins.hpp"
#include "core/settings_file.hpp"
#include "ipc/process.hpp"
#include "json/json_text.hpp"

namespace caukham::core {

using nlohmann::json;

void Plugins::scan_all(const std::vector<const ipc::Manifest*>& which) {
  if (settings_.plugin_host.empty()) return;
  const auto file = settings_.data_folder.empty() ? std::string() : settings_.data_folder + "/scans.json";
  json known = read_settings(file);
  struct Running {
    const ipc::Manifest* manifest;
    json entry;
    std::future<ScanResult> result;
  };
  std::vector<Running> running;
  for (const auto* manifest : which) {
    json entry{{"id", manifest->id}};
    try {
      entry["library"] = trust::sha256_of(manifest->library_path());
      entry["library_stamp"] = ipc::file_stamp(manifest->library_path());
      entry["manifest"] = trust::sha256_of(manifest->folder + "/manifest.json");
      entry["host"] = ipc::file_stamp(settings_.plugin_host);
    } catch (const std::exception& e) {
      find(manifest->id)->scan_failed = e.what();
      continue;
    }
    const auto& before = known.is_object() && known.contains(manifest->folder) ? known[manifest->folder] : json();
    const bool same = before.is_object() && std::all_of(entry.items().begin(), entry.items().end(), [&](const auto& item) {
                        return before.contains(item.key()) && before[item.key()] == item.value();
                      });
    if (same && before.contains("good") && before["good"].is_boolean() && before.contains("words") &&
        before["words"].is_string()) {
      if (!before["good"].get<bool>()) find(manifest->id)->scan_failed = before["words"].get<std::string>();
      continue;
    }
    running.push_back({manifest, std::move(entry), std::async(std::launch::async, [this, manifest] {
                         return scan_plugin(settings_.plugin_host, *manifest, settings_.scan_ms);
                       })});
  }
  if (running.empty()) return;
  if (!known.is_object()) known = json::object();
  std::vector<ScanResult> results;
  for (auto& scan : running) results.push_back(scan.result.get());
  for (std::size_t n = 0; n < running.size(); ++n) {
    auto& scan = running[n];
    auto& result = results[n];
    // At the first start after an installation all of them load at once from a slow disk: only who is late again, by
    // itself, is too slow.
    if (result.slow && running.size() > 1) result = scan_plugin(settings_.plugin_host, *scan.manifest, settings_.scan_ms);
    scan.entry["good"] = result.good;
    scan.entry["words"] = result.words;
    known[scan.manifest->folder] = scan.entry;
    if (result.good) {
      log_info("plugins", scan.manifest->id + " was scanned: version " + result.words);
      continue;
    }
    log_error("plugins", scan.manifest->id + " failed its scan and is disabled: " + result.words);
    find(scan.manifest->id)->scan_failed = result.words;
  }
  if (!file.empty() && !write_settings(file, known)) log_warning("plugins", file + " cannot be written");
}

}  // namespace caukham::core
