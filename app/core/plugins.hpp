// The plugins of this station: what is installed, who signed it, whether it may run and how it did. The supervisor asks
// here before it starts one and reports here what became of it; window and command line show list().
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/registry.hpp"
#include "trust/trust.hpp"

namespace caukham::core {

enum class PluginState : std::uint8_t {
  idle,      // may run; no device of its is plugged in
  running,   // drives at least one device
  failing,   // a device of its was given up; see its reason
  disabled,  // may not run: `reason` says why
  broken,    // its manifest or library cannot be used: `reason` says why
};

struct PluginInfo {
  std::string id, name, version, vendor, kind, licence, folder;
  // Trust, decided before anything of the plugin was loaded.
  trust::State signature = trust::State::no_signature;
  std::string signature_words;  // one English sentence
  std::string signer;           // vendor of the key, "" when unknown
  bool third_party = true;      // not signed with the station's own key
  // Whether it may run.
  bool enabled = true;          // by a person; false after disable()
  std::string reason;           // for a person, translated: why it is disabled, broken or failing; "" when it is well
  PluginState state = PluginState::idle;
  // How it does; sums over its processes of this run of the station.
  std::uint32_t processes = 0;  // running now
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;  // of those running now, at most one heartbeat old
  std::uint32_t restarts = 0, crashes = 0;
  std::vector<std::string> log_tail;  // its newest lines, at most 50, oldest first; English, for the technician
  std::string sandbox;          // "full", "partial (reason)", "none (reason)"; "" before it first ran
};

struct PluginsSettings {
  std::vector<std::string> folders;  // as Registry::scan
  std::string keys_folder;           // vendor keys (trust/trust.hpp)
  // plugins.json (what a person decided), scans.json (what scans found), plugins/<id>/ (each plugin's own state),
  // crashes/ (reports). "": nothing is kept.
  std::string data_folder;
  std::string plugin_host;           // for the scan
  bool developer = false;            // plugins without a trusted signature may run, marked
  bool safe = false;                 // only plugins signed with the station's own key may run
  int scan_ms = 5000;                // what a plugin may take to load and describe itself
};

// An id, of a plugin or a device, as a file name: they may call themselves anything.
std::string file_name_of(const std::string& id);

// [any thread] All functions; list() is a copy.
class Plugins {
 public:
  // Reads manifests and signatures, then scans what is new in throw-away processes, all at once: returns within
  // about scan_ms. Writes scans.json.
  explicit Plugins(PluginsSettings settings);

  const PluginsSettings& settings() const { return settings_; }
  const Registry& registry() const { return registry_; }
  std::vector<PluginInfo> list() const;

  // Why `id` may not be started, translated, a whole sentence; "" when it may. Looks at the signature again when a file
  // of the plugin has changed since.
  std::string refusal(const std::string& id);
  bool unsigned_plugin(const std::string& id) const;  // runs by developer mode only: to be marked
  std::string state_folder(const std::string& id) const;  // created; "" when nothing is kept
  std::string crash_folder() const;                       // created; "" when nothing is kept

  // What a person decides; kept in plugins.json. enable() also forgets what the last scan found and scans again (up to
  // scan_ms). remove() deletes the plugin's folder from disk and what it kept; throws std::runtime_error in words. Use
  // Supervisor::enable_plugin and its sisters while devices are driven: they start and stop the devices as well.
  void enable(const std::string& id);
  void disable(const std::string& id);
  void remove(const std::string& id);
  // Only plugins signed with the station's own key may run, from now on and at every start until it is taken back. Taking
  // it back scans the others (up to scan_ms each). PluginsSettings::safe holds for one start, whatever was decided.
  void set_safe(bool safe);
  bool safe() const;
  // What another program has decided since (plugins.json, a folder that is gone): the plugins it is about.
  std::vector<std::string> take_up_decisions();

  // The supervisor's reports.
  void note_process(const std::string& id, int pid, bool running, double cpu_seconds, std::uint64_t resident_bytes);
  void note_log(const std::string& id, const std::string& line);
  void note_sandbox(const std::string& id, const std::string& words);
  void note_restart(const std::string& id);
  void note_crash(const std::string& id);
  void note_trouble(const std::string& id, const std::string& words);  // given up; "": well again
  std::vector<std::string> log_tail(const std::string& id) const;

 private:
  struct Use {
    double cpu_seconds = 0;
    std::uint64_t resident_bytes = 0;
    bool running = false;
  };
  struct Entry {
    PluginInfo info;
    trust::Verdict verdict;
    std::string stamp;        // of its files when they were judged
    std::string scan_failed;  // translated; "" when the scan went well
    std::string trouble;
    std::map<int, Use> uses;  // by pid
    bool removed = false;
    int looked_for = 0;       // in vain, so many times
  };
  Entry* find(const std::string& id);
  const Entry* find(const std::string& id) const;
  std::string refusal_of(const Entry& entry) const;
  void judge(Entry& entry, const ipc::Manifest& manifest) const;
  void scan_all(const std::vector<const ipc::Manifest*>& which);
  std::vector<std::string> load_decisions();  // those that differ from what was known
  void scan_again(const ipc::Manifest& manifest);
  void save_decisions();

  const PluginsSettings settings_;
  const trust::Keys keys_;
  const Registry registry_;
  mutable std::mutex mutex_;
  std::string decisions_stamp_;  // of plugins.json as it was last read or written
  bool safe_ = false;            // decided by a person
  std::vector<Entry> entries_;  // in the registry's order
};

}  // namespace caukham::core
