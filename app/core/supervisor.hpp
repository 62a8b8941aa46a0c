// Keeps one plugin host process a device alive and carries what it says to the hub. A plugin that crashes, hangs or
// lies costs its own device a gap, and nobody else anything.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/hotplug.hpp"
#include "core/hub.hpp"
#include "core/plugins.hpp"
#include "core/registry.hpp"

namespace caukham::core {

struct SupervisorSettings {
  std::string plugin_host;    // path of caukham-pluginhost
  bool allow_faults = false;  // plugin hosts obey inject_fault: tests and demonstrations only
  // Takes the other end of the channel on which a plugin host writes its device's traffic down as a transcript
  // (pluginhost/transport/traffic.hpp); for whoever develops a plugin. On the supervisor's thread.
  std::function<void(ipc::Channel)> record_traffic;
  // Who may run; null: everything in the registry may, and nothing is kept (tests).
  std::shared_ptr<Plugins> plugins;
  // Time a plugin has for a command before it is killed (sdk/include/caukham/device.h), ms.
  int hello_ms = 5000, open_ms = 10000, start_ms = 3000, command_ms = 1000;
  // So often that a plugin that hangs is noticed within 1.6 s and back within three.
  int ping_ms = 400, missed_pings = 3;
  // What it may use in RAM beyond its manifest's memory, for libraries, and how often that is looked at.
  int usage_ms = 200;
  std::uint64_t library_bytes = std::uint64_t{128} << 20;
  int cpu_window_ms = 10'000;  // over which the manifest's cpu_percent is averaged
  int gone_ms = 2000;  // a device that says it is gone and is not unplugged within this time is opened anew
  // Restarts allowed within a time, and how long to wait before the first, second, … of them. One that has delivered
  // for settled_ms is not going round in circles: its next failure is taken for a first one.
  int restarts = 3, restart_window_ms = 600'000, settled_ms = 1000;
  std::vector<int> backoff_ms = {100, 1000, 5000};
  // A plugin that says more than this in a second is out of its mind (12-lead ECG and two cameras: below 200).
  unsigned messages_per_second = 5000;
};

// A setting of a device, as it stands.
struct ParamStatus {
  std::uint32_t id = 0;
  std::string name, label, unit;
  double value = 0, minimum = 0, maximum = 0, step = 0;
  std::vector<double> values;  // when only these are allowed
  std::vector<std::string> words;  // of each of them, English; empty: number and unit say it all
  std::string text;                // of a parameter that is only text to show
  bool settable = false, live = false, recorded = false;
};

// One plugin host process, running or past.
struct ProcessUse {
  DeviceId device = 0;
  int pid = 0;
  std::string plugin_id;
  bool running = false;
  double cpu_seconds = 0;  // user + system; of a past one what was last seen, at most one ping old
};

class Supervisor {
 public:
  // `hub` must outlive it.
  Supervisor(Hub& hub, Registry registry, SupervisorSettings settings);
  ~Supervisor();  // as stop()

  // Before start(). The same source object must not be given to two supervisors.
  void add_source(std::shared_ptr<HotplugSource> source);

  // Begins to watch the sources and to open what they report. Once. Throws std::system_error.
  void start();
  // Drains and closes every device and ends every plugin host; returns when none runs, within about 3 s in the worst
  // case. Devices stay known to the hub, those plugged in as `paused`.
  void stop();

  // Between two examinations: drains and closes every device as stop() does, keeps watching the sources, and starts
  // what is plugged in again on resume(). Both wait: pause() until the last sample is published, within about 3 s.
  // Not from the supervisor's own callbacks.
  void pause();
  // The same without waiting: `paused` is called on the supervisor's thread when the last sample is published.
  void pause(std::function<void()> paused);
  void resume();

  // What follows returns at once and may be called from any thread.

  std::vector<DeviceStatus> devices() const;
  std::vector<ParamStatus> params(DeviceId device) const;
  std::vector<ProcessUse> processes() const;

  // Ends the device's plugin host and starts it anew, also after `failed`; its history of failures is forgotten.
  void restart(DeviceId device);

  // Sets a device's parameter; `done` is called on the supervisor's thread with CK_OK and the value now in force, or
  // with an error: CK_E_INVALID (no such device or parameter, out of range), CK_E_STATE (not live), CK_E_GONE (the
  // plugin ended before it answered). A change is also published as Event `param` with the parameter's id in value[0]
  // and its name in text.
  using ParamDone = std::function<void(ck_result result, double value)>;
  void set_param(DeviceId device, const std::string& name, double value, ParamDone done = {});

  // The plugins of the station; empty without SupervisorSettings::plugins.
  std::vector<PluginInfo> plugins() const;
  // As Plugins::enable, disable and remove, and starts or ends the devices of that plugin. remove_plugin and
  // enable_plugin may take Plugins' time (a scan, deleting files): not from the window's thread.
  void enable_plugin(const std::string& id);
  void disable_plugin(const std::string& id);
  void remove_plugin(const std::string& id);
  // As Plugins::set_safe, and ends or starts the devices of other makers' plugins; takes its time.
  void allow_third_party(bool allowed);
  bool third_party_allowed() const;

  enum class Fault { crash, hang, flood, lie };
  void inject_fault(DeviceId device, Fault fault);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace caukham::core
