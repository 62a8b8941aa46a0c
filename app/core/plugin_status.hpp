// How the plugins of a running station do, for other programs on this computer (`caukham-cli plugins`) and for whoever
// asks after it has ended: plugins-status.json in the data folder.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/plugins.hpp"

namespace caukham::core {

enum class StationSeen : std::uint8_t { never, ended, running };

// False: the folder cannot be written. `running` tells the reader whether the figures are of now.
bool write_plugin_status(const std::string& data_folder, const std::vector<PluginInfo>& plugins, bool running);

// Fills in what the station running now, or the one before, told of each plugin: processes, processor time, memory,
// restarts, crashes, sandbox, log, and what failed. Of one that has ended without saying so nothing is believed to run.
StationSeen read_plugin_status(const std::string& data_folder, std::vector<PluginInfo>& plugins);

// Looks after the files a station and other programs share, once a second on a thread of its own: writes the status, and
// takes up what others decided about plugins. Until it is destroyed; then the last status is written.
class PluginKeeper {
 public:
  // `changed` is called on its thread with the plugin that was enabled, disabled or removed by another program.
  // `plugins` must outlive it and keep something (PluginsSettings::data_folder).
  PluginKeeper(Plugins& plugins, std::function<void(const std::string& id)> changed);
  ~PluginKeeper();
  PluginKeeper(const PluginKeeper&) = delete;
  PluginKeeper& operator=(const PluginKeeper&) = delete;

 private:
  void run();
  Plugins& plugins_;
  std::function<void(const std::string&)> changed_;
  std::mutex mutex_;
  std::condition_variable end_;
  bool ending_ = false;
  std::thread thread_;  // last: uses all of the above
};

}  // namespace caukham::core
