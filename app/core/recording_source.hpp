// Recorded examinations as hot plug: each file is a device that the replay plugin (plugins/replay) drives. Everything is
// marked SIMULATED and called REPLAY.
#pragma once
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/hotplug.hpp"

namespace caukham::core {

// A waveform file (.edf, .bdf), a film (.mkv) or a picture (.jpg); what kind of device it came from tells the name an
// exported exam gives it (002-ecg-ecg-ecg.bdf). Throws std::runtime_error in words.
ck_endpoint recording_endpoint(const std::filesystem::path& file);

class RecordingSource final : public HotplugSource {
 public:
  // A file, or the folder of an exported exam: then the longest recording of each device. Throws std::runtime_error in
  // words when there is nothing to play.
  explicit RecordingSource(const std::filesystem::path& file_or_folder);

  const std::vector<ck_endpoint>& endpoints() const { return endpoints_; }
  // By the kind of device: "ecg". false: there is none, or it is so already. [any thread]
  bool plug(const std::string& kind, bool in);
  // "" when the endpoint is none of these.
  static std::string kind_of(const ck_endpoint& endpoint);

  std::vector<HotplugChange> poll() override;
  void watch(std::function<void()> changed) override;

 private:
  std::vector<ck_endpoint> endpoints_;
  std::mutex mutex_;
  std::vector<bool> plugged_;
  std::vector<HotplugChange> changes_;
  std::function<void()> changed_;
};

}  // namespace caukham::core
