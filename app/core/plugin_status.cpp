#include "core/plugin_status.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/settings_file.hpp"

namespace caukham::core {
namespace {
using nlohmann::json;
constexpr auto period = std::chrono::seconds(1);
// Written once a second; a station that has not done so for this long has ended, or the disk hangs.
constexpr std::int64_t stale_ns = 10'000'000'000;

std::string file_in(const std::string& folder) { return folder + "/plugins-status.json"; }

// A field of a file that anybody may have edited.
template <class T>
void take(const json& from, const char* name, T& into) {
  const auto found = from.find(name);
  if (found == from.end()) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (found->is_string()) into = found->template get<std::string>().substr(0, 4096);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (found->is_number() && found->template get<double>() >= 0) into = found->template get<double>();
  } else {
    if (found->is_number_unsigned()) into = static_cast<T>(found->template get<std::uint64_t>());
  }
}
}  // namespace

bool write_plugin_status(const std::string& data_folder, const std::vector<PluginInfo>& plugins, bool running) {
  json list = json::object();
  for (const auto& p : plugins) {
    if (p.id.empty()) continue;
    list[p.id] = {{"processes", p.processes}, {"cpu_seconds", p.cpu_seconds}, {"resident_bytes", p.resident_bytes},
                  {"restarts", p.restarts},   {"crashes", p.crashes},         {"sandbox", p.sandbox},
                  {"log", p.log_tail},        {"trouble", p.state == PluginState::failing ? p.reason : ""}};
  }
  return write_settings(file_in(data_folder),
                        {{"running", running}, {"written_unix_ns", to_unix_ns(now_ns())}, {"plugins", list}});
}

StationSeen read_plugin_status(const std::string& data_folder, std::vector<PluginInfo>& plugins) {
  const auto file = read_settings(file_in(data_folder));
  if (!file.is_object() || !file.contains("plugins") || !file["plugins"].is_object()) return StationSeen::never;
  std::int64_t written_ns = 0;
  if (const auto at = file.find("written_unix_ns"); at != file.end() && at->is_number_integer())
    written_ns = at->get<std::int64_t>();
  const auto age_ns = to_unix_ns(now_ns()) - written_ns;
  const bool running = file.value("running", json(false)) == json(true) && age_ns < stale_ns && age_ns > -stale_ns;
  for (auto& p : plugins) {
    const auto found = file["plugins"].find(p.id);
    if (p.id.empty() || found == file["plugins"].end() || !found->is_object()) continue;
    take(*found, "cpu_seconds", p.cpu_seconds);
    take(*found, "restarts", p.restarts);
    take(*found, "crashes", p.crashes);
    take(*found, "sandbox", p.sandbox);
    if (const auto log = found->find("log"); log != found->end() && log->is_array())
      for (const auto& line : *log)
        if (line.is_string() && p.log_tail.size() < 50) p.log_tail.push_back(line.get<std::string>().substr(0, 400));
    if (!running) continue;
    take(*found, "processes", p.processes);
    take(*found, "resident_bytes", p.resident_bytes);
    std::string trouble;
    take(*found, "trouble", trouble);
    if (p.state != PluginState::idle) continue;  // what stands in the way now comes first
    if (p.processes > 0) p.state = PluginState::running;
    if (!trouble.empty()) p.state = PluginState::failing, p.reason = trouble;
  }
  return running ? StationSeen::running : StationSeen::ended;
}

PluginKeeper::PluginKeeper(Plugins& plugins, std::function<void(const std::string&)> changed)
    : plugins_(plugins), changed_(std::move(changed)), thread_([this] { run(); }) {}

PluginKeeper::~PluginKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  end_.notify_all();
  thread_.join();
  write_plugin_status(plugins_.settings().data_folder, plugins_.list(), false);
}

void PluginKeeper::run() {
  bool told = false;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    for (const auto& id : plugins_.take_up_decisions()) changed_(id);
    if (!write_plugin_status(plugins_.settings().data_folder, plugins_.list(), true) && !std::exchange(told, true))
      log_warning("plugins", "how the plugins do cannot be kept: " + plugins_.settings().data_folder + " cannot be written");
    lock.lock();
    end_.wait_for(lock, period, [this] { return ending_; });
  }
}

}  // namespace caukham::core
