// The devices of a station: the system's, or device models on the virtual bus, under one supervisor.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/hub.hpp"
#include "core/recording_source.hpp"
#include "core/supervisor.hpp"
#include "ipc/faults.hpp"
#include "station/station.hpp"

namespace caukham::station {

// Where this installation has its plugins, and which of them may run with these options.
core::PluginsSettings plugins_settings(const Installation& installation, const Options& options);

class Devices {
 public:
  // Throws std::runtime_error in words when the plugin host or the simulator cannot be started.
  Devices(core::Hub& hub, const Installation& installation, const Options& options);
  ~Devices();

  core::Supervisor& supervisor() { return *supervisor_; }

  // Drains and stops all devices: what they have already sent is published before `paused` is called, on another thread
  // and within about 3 s. They stay known, with their stream numbers; resume() starts them again.
  void pause(std::function<void()> paused);
  void resume();

  // "plug ecg", "unplug ecg", "ecg lead_off LA", "otoscope button", and any fault of ipc/faults.hpp: "ecg STALL". Throws
  // std::runtime_error in words.
  void simulate(const std::string& command);

  // Samples that the simulated device itself counted between the first and the last it sent; nothing for hardware.
  std::optional<std::uint64_t> produced(const core::StreamInfo& stream);
  // Of each process of the station so far, by name.
  std::map<std::string, double> cpu_seconds() const;

 private:
  class Simulated;
  void fail(const std::string& device, const ipc::FaultCommand& fault);
  void fail_replayed(const std::string& kind, const ipc::FaultCommand& fault);
  const core::DeviceStatus* replayed(const std::string& kind, const std::vector<core::DeviceStatus>& devices) const;
  std::shared_ptr<Simulated> simulated_;              // null with hardware
  std::shared_ptr<core::RecordingSource> recordings_;  // null without a replay
  std::unique_ptr<core::Supervisor> supervisor_;
};

}  // namespace caukham::station
