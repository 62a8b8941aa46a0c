#include "core/plugins.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <utility>

#include "core/i18n.hpp"
#include "core/log.hpp"
#include "core/plugin_scan.hpp"
#include "core/settings_file.hpp"
#include "ipc/confined_folder.hpp"
#include "ipc/process.hpp"

namespace caukham::core {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

std::string folder_under(const std::string& root, const fs::path& name) {
  if (root.empty()) return "";
  const auto folder = fs::path(root) / name;
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? "" : folder.string();
}

// What the last scan of the plugin in `folder` found wrong, as scans.json keeps it; "" nothing, or no such scan.
std::string failed_scan(const json& scans, const std::string& folder) {
  if (!scans.is_object() || !scans.contains(folder) || !scans[folder].is_object()) return "";
  const auto& scan = scans[folder];
  if (!scan.contains("good") || scan["good"] != json(false) || !scan.contains("words") || !scan["words"].is_string()) return "";
  return scan["words"].get<std::string>();
}

std::string stamp_of(const ipc::Manifest& manifest) {
  std::string stamp;
  for (const auto& file : {manifest.library_path(), manifest.folder + "/manifest.json", manifest.folder + "/plugin.sig"})
    stamp += ipc::file_stamp(file) + "|";
  return stamp;
}
}  // namespace

std::string file_name_of(const std::string& id) {
  std::string name = id.substr(0, 100);
  for (char& c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
      c = '_';
  if (!name.empty() && name.front() == '.') name.front() = '_';
  return name;
}

Plugins::Plugins(PluginsSettings settings)
    : settings_(std::move(settings)), keys_(trust::Keys::read(settings_.keys_folder)),
      registry_(Registry::scan(settings_.folders)) {
  for (const auto& problem : keys_.problems()) log_warning("plugins", problem);
  if (settings_.safe) log_warning("plugins", "safe start: only plugins signed with the station's own key may run");
  if (settings_.developer) log_warning("plugins", "developer mode: unsigned plugins may run");
  std::vector<const ipc::Manifest*> to_scan;
  for (const auto& manifest : registry_.plugins()) {
    Entry entry;
    auto& info = entry.info;
    info.id = manifest.id;
    info.name = manifest.name;
    info.version = manifest.version;
    info.vendor = manifest.vendor;
    info.kind = manifest.kind;
    info.licence = manifest.licence;
    info.folder = manifest.folder;
    judge(entry, manifest);
    log_info("plugins", manifest.id + " " + manifest.version + ": " + std::string(trust::name_of(info.signature)) + ". " +
                            info.signature_words);
    entries_.push_back(std::move(entry));
  }
  load_decisions();
  // Trust comes before the scan, since the scan is the first time that anything of a plugin runs.
  for (std::size_t n = 0; n < entries_.size(); ++n)
    if (refusal_of(entries_[n]).empty()) to_scan.push_back(&registry_.plugins()[n]);
  scan_all(to_scan);
}

void Plugins::judge(Entry& entry, const ipc::Manifest& manifest) const {
  try {
    entry.stamp = stamp_of(manifest);
    entry.verdict = trust::judge({manifest.folder, manifest.id, manifest.version,
                                  fs::path(manifest.library_path()).filename().string()},
                                 keys_);
  } catch (const std::exception& e) {
    entry.verdict = {trust::State::tampered, e.what(), "", "", false};
  }
  entry.info.signature = entry.verdict.state;
  entry.info.signature_words = entry.verdict.words;
  entry.info.signer = entry.verdict.vendor;
  entry.info.third_party = !entry.verdict.station;
}

std::string Plugins::refusal_of(const Entry& entry) const {
  const auto& name = entry.info.name;
  if (entry.removed) return tr("The driver program {0} was removed.", name);
  switch (entry.info.signature) {
    case trust::State::trusted: break;
    case trust::State::tampered:
      return tr("The driver program {0} was changed after it was signed, so it is not used. Call the technician.", name);
    case trust::State::revoked:
      return tr("The signature of the driver program {0} is not valid any more, so it is not used. Call the technician.",
                name);
    case trust::State::no_signature:
    case trust::State::unknown_key:
      if (settings_.developer) break;
      return tr("The driver program {0} is not signed by anyone this station knows, so it is not used. Call the "
                "technician.", name);
  }
  if (safe_ && entry.info.third_party)
    return tr("Other makers' driver programs are switched off on this station, so {0} is not used.", name);
  if (settings_.safe && entry.info.third_party)
    return tr("Caukham was started without other makers' driver programs, so {0} is not used.", name);
  if (!entry.info.enabled) return tr("The driver program {0} is switched off on this station.", name);
  if (!entry.scan_failed.empty())
    return tr("The driver program {0} failed its first test, so it is not used: {1}", name, entry.scan_failed);
  return "";
}

std::vector<std::string> Plugins::load_decisions() {
  std::vector<std::string> changed;
  if (settings_.data_folder.empty()) return changed;
  const auto path = settings_.data_folder + "/plugins.json";
  decisions_stamp_ = ipc::file_stamp(path);
  const json file = read_settings(path);
  if (!file.is_object() || !file.contains("disabled") || !file["disabled"].is_array()) return changed;
  const bool was_safe = std::exchange(safe_, file.contains("safe") && file["safe"] == true);
  for (auto& entry : entries_) {
    const bool enabled = std::find(file["disabled"].begin(), file["disabled"].end(), entry.info.id) == file["disabled"].end();
    const bool other = std::exchange(entry.info.enabled, enabled) != enabled;
    if (other || (safe_ != was_safe && entry.info.third_party)) changed.push_back(entry.info.id);
  }
  return changed;
}

std::vector<std::string> Plugins::take_up_decisions() {
  std::vector<std::string> changed;
  if (settings_.data_folder.empty()) return changed;
  const std::lock_guard lock(mutex_);
  if (ipc::file_stamp(settings_.data_folder + "/plugins.json") != decisions_stamp_) {
    changed = load_decisions();
    const json scans = changed.empty() ? json() : read_settings(settings_.data_folder + "/scans.json");
    for (const auto& id : changed) {
      auto* entry = find(id);
      log_info("plugins", id + (entry->info.enabled ? " was allowed" : " was switched off") + " by another program");
      if (!entry->info.enabled) continue;
      entry->trouble.clear();
      entry->scan_failed = failed_scan(scans, entry->info.folder);
    }
  }
  for (auto& entry : entries_) {
    std::error_code error;
    const bool there = fs::exists(fs::path(entry.info.folder) / "manifest.json", error) || error;
    entry.looked_for = there ? 0 : entry.looked_for + 1;
    if (entry.removed || entry.looked_for < 3) continue;  // an installer may be at work
    entry.removed = true;
    log_info("plugins", entry.info.id + " was removed by another program");
    changed.push_back(entry.info.id);
  }
  return changed;
}

void Plugins::save_decisions() {
  if (settings_.data_folder.empty()) return;
  json disabled = json::array();
  for (const auto& entry : entries_)
    if (!entry.info.enabled) disabled.push_back(entry.info.id);
  const auto path = settings_.data_folder + "/plugins.json";
  if (!write_settings(path, {{"disabled", disabled}, {"safe", safe_}}))
    log_warning("plugins", "which plugins are disabled cannot be kept: " + settings_.data_folder + " cannot be written");
  decisions_stamp_ = ipc::file_stamp(path);
}

Plugins::Entry* Plugins::find(const std::string& id) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.info.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}
const Plugins::Entry* Plugins::find(const std::string& id) const { return const_cast<Plugins*>(this)->find(id); }

std::vector<PluginInfo> Plugins::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<PluginInfo> list;
  for (const auto& entry : entries_) {
    auto info = entry.info;
    for (const auto& [pid, use] : entry.uses) {
      info.cpu_seconds += use.cpu_seconds;
      if (!use.running) continue;
      ++info.processes;
      info.resident_bytes += use.resident_bytes;
    }
    info.reason = refusal_of(entry);
    info.state = !info.reason.empty()     ? PluginState::disabled
                 : !entry.trouble.empty() ? PluginState::failing
                 : info.processes > 0     ? PluginState::running
                                          : PluginState::idle;
    if (info.reason.empty()) info.reason = entry.trouble;
    list.push_back(std::move(info));
  }
  for (const auto& broken : registry_.broken()) {
    PluginInfo info;
    info.name = fs::path(broken.folder).filename().string();
    info.folder = broken.folder;
    info.state = PluginState::broken;
    info.signature_words = "Not looked at: the plugin cannot be used in any case.";
    info.reason = broken.reason;
    list.push_back(std::move(info));
  }
  return list;
}

std::string Plugins::refusal(const std::string& id) {
  const std::lock_guard lock(mutex_);
  auto* entry = find(id);
  if (!entry) return tr("The driver program {0} was removed.", id);
  const auto& manifests = registry_.plugins();
  const auto& manifest = manifests[static_cast<std::size_t>(entry - entries_.data())];
  try {
    if (!entry->removed && stamp_of(manifest) != entry->stamp) {
      const auto before = entry->info.signature;
      judge(*entry, manifest);
      if (entry->info.signature != before)
        log_warning("plugins", id + " has changed on disk: " + entry->info.signature_words);
    }
  } catch (const std::exception& e) {
    return tr("The driver program {0} was removed.", entry->info.name);
  }
  return refusal_of(*entry);
}

bool Plugins::unsigned_plugin(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto* entry = find(id);
  return entry && entry->info.signature != trust::State::trusted;
}

std::string Plugins::state_folder(const std::string& id) const {
  if (settings_.data_folder.empty()) return "";
  const auto folder = (fs::path(settings_.data_folder) / "plugins" / file_name_of(id)).string();
  return ipc::make_confined_folder(folder) ? folder : "";
}
std::string Plugins::crash_folder() const { return folder_under(settings_.data_folder, "crashes"); }

void Plugins::enable(const std::string& id) {
  const ipc::Manifest* manifest = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto* entry = find(id);
    if (!entry) throw std::runtime_error("There is no plugin " + id + ".");
    entry->info.enabled = true;
    entry->trouble.clear();
    manifest = &registry_.plugins()[static_cast<std::size_t>(entry - entries_.data())];
    judge(*entry, *manifest);
    save_decisions();
    entry->scan_failed.clear();
    if (!refusal_of(*entry).empty()) return;
  }
  scan_again(*manifest);
}

void Plugins::scan_again(const ipc::Manifest& manifest) {
  if (settings_.plugin_host.empty()) return;
  const auto result = scan_plugin(settings_.plugin_host, manifest, settings_.scan_ms);  // not under the lock: it takes its time
  const std::lock_guard lock(mutex_);
  if (!result.good) find(manifest.id)->scan_failed = result.words;
  if (settings_.data_folder.empty()) return;
  const auto file = settings_.data_folder + "/scans.json";
  auto known = read_settings(file);
  if (!known.is_object() || !known.contains(manifest.folder) || !known[manifest.folder].is_object()) return;
  known[manifest.folder]["good"] = result.good;
  known[manifest.folder]["words"] = result.words;
  write_settings(file, known);
}

bool Plugins::safe() const {
  const std::lock_guard lock(mutex_);
  return settings_.safe || safe_;
}

void Plugins::set_safe(bool safe) {
  std::vector<const ipc::Manifest*> back;  // not looked at while they were not allowed to run
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(safe_, safe) == safe) return;
    save_decisions();
    log_warning("plugins", safe ? "from now on only plugins signed with the station's own key may run"
                                : "other makers' plugins may run again");
    if (safe) return;
    for (std::size_t n = 0; n < entries_.size(); ++n)
      if (entries_[n].info.third_party && refusal_of(entries_[n]).empty()) back.push_back(&registry_.plugins()[n]);
  }
  for (const auto* manifest : back) scan_again(*manifest);
}

void Plugins::disable(const std::string& id) {
  const std::lock_guard lock(mutex_);
  auto* entry = find(id);
  if (!entry) throw std::runtime_error("There is no plugin " + id + ".");
  entry->info.enabled = false;
  save_decisions();
}

void Plugins::remove(const std::string& id) {
  PluginInfo info;
  {
    const std::lock_guard lock(mutex_);
    const auto* entry = find(id);
    if (!entry) throw std::runtime_error("There is no plugin " + id + ".");
    info = entry->info;
  }
  // Windows holds a library as long as a process that has it loaded is not quite gone.
  std::error_code error;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (fs::remove_all(info.folder, error), error && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  if (error)
    throw std::runtime_error(tr("The driver program {0} cannot be removed: {1}. It is switched off instead; remove its "
                                "folder as administrator.", info.name, error.message()));
  const std::lock_guard lock(mutex_);
  if (auto* entry = find(id)) {
    entry->removed = true;
    entry->info.enabled = true;  // should it be installed again
  }
  save_decisions();
  if (!settings_.data_folder.empty())
    fs::remove_all(fs::path(settings_.data_folder) / "plugins" / file_name_of(id), error);
  log_info("plugins", id + " was removed");
}

}  // namespace caukham::core
