// A station's supervisor with real plugin hosts: a good device that must not miss a sample, and a hostile one beside it.
#pragma once
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/supervisor.hpp"
#include "json/json_text.hpp"
#include "lib/ports.hpp"
#include "tests/lib/test_folder.hpp"
#include "trust/trust.hpp"

namespace caukham::tests {

namespace fs = std::filesystem;
using core::DeviceState;

inline std::string library_file(const std::string& name) { return name + LIBRARY_ENDING; }

// A folder of plugins and a folder of keys.
class Installed {
 public:
  Installed() {
    fs::create_directories(root / "keys");
    trust::make_key(root / "vendor.secret", root / "keys" / "vendor.key", "Hostile Ltd", false);
  }
  // Copies a fixture in, with a manifest that matches product number `pid`.
  fs::path add(const std::string& library, const std::string& id, int pid, bool sign = true,
               const nlohmann::json& changes = nlohmann::json::object()) {
    const auto at = root / "plugins" / (library + std::to_string(pid));
    fs::create_directories(at);
    fs::copy_file(fs::path(FIXTURES) / library_file(library), at / library_file(library));
    nlohmann::json m = {{"id", id}, {"name", "Hostile"}, {"vendor", "Hostile Ltd"}, {"version", "1"}, {"abi", "1.0"},
                        {"kind", "ecg"}, {"library", library}, {"pool", {{"slots", 256}, {"slot_bytes", 64}}},
                        {"limits", {{"memory_mb", 256}}},
                        {"match", {{{"link", "serial"}, {"vid", "2341"}, {"pid", hex(pid)}}}}};
    m.update(changes);
    std::ofstream(at / "manifest.json") << json_text(m);
    if (sign) trust::sign(trust::subject_of(at), root / "vendor.secret", {});
    return at;
  }
  core::PluginsSettings settings() const {
    core::PluginsSettings s;
    s.folders = {(root / "plugins").string()};
    s.keys_folder = (root / "keys").string();
    s.data_folder = (root / "data").string();
    s.plugin_host = PLUGINHOST;
    return s;
  }
  const TestFolder folder{"isolation"};
  const fs::path root = folder.path;

 private:
  static std::string hex(int n) {
    char text[8];
    std::snprintf(text, sizeof text, "%04x", static_cast<unsigned>(n));
    return text;
  }
};

class Isolation {
 public:
  explicit Isolation(const nlohmann::json& changes = nlohmann::json::object()) {
    core::open_log({"", core::LogLevel::off, std::getenv("TEST_LOG") ? core::LogLevel::debug : core::LogLevel::off});
    installed.add("hostile", "org.caukham.test.hostile", 1, true, changes);
    settings.plugin_host = PLUGINHOST;
  }
  ~Isolation() {
    if (supervisor) supervisor->stop();
  }

  // The good device runs, and then the hostile one is plugged in.
  void run(const std::string& deed) {
    settings.plugins = std::make_shared<core::Plugins>(installed.settings());
    inbox = hub.subscribe({.waveform_chunks = 10'000'000, .pictures = 1});
    supervisor.emplace(hub, settings.plugins->registry(), settings);
    supervisor->add_source(ports);
    supervisor->start();
    ports->plug(1, "steady", "good");
    REQUIRE(await_state(1, DeviceState::live));
    ports->plug(1, deed, "bad");
    REQUIRE(await_state(2, DeviceState::live));
  }

  template <class Enough>
  bool await(Enough enough, int seconds = 60) {
    const auto until = core::now_ns() + seconds * std::int64_t{1'000'000'000};
    for (;;) {
      for (; looked_at < seen.size(); ++looked_at)
        if (enough(seen[looked_at])) return ++looked_at, true;
      if (core::now_ns() > until) return false;
      for (auto& item : inbox->take(std::chrono::milliseconds(200))) seen.push_back(std::move(item));
    }
  }
  bool await_state(core::DeviceId id, DeviceState state) {
    return await([&](const core::Item& item) {
      const auto* status = std::get_if<core::DeviceStatus>(&item);
      if (!status || status->id != id) return false;
      last = *status;
      return status->state == state;
    });
  }
  bool await_line(const std::string& part) {
    return await([&](const core::Item&) { return has_line(part); });
  }
  core::PluginInfo info() const { return supervisor->plugins().at(0); }
  bool has_line(const std::string& part) const {
    for (const auto& line : info().log_tail)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }
  core::StreamId stream_of(core::DeviceId device) const {
    core::StreamId id = 0;
    for (const auto& item : seen)
      if (const auto* added = std::get_if<core::StreamAdded>(&item); added && added->info.device == device)
        id = added->info.id;
    return id;
  }
  // Further samples of a device come in.
  bool goes_on(core::DeviceId device, int chunks = 20) {
    const auto stream = stream_of(device);
    return await([&](const core::Item& item) {
      const auto* chunk = std::get_if<core::ChunkPtr>(&item);
      return chunk && (*chunk)->stream == stream && --chunks <= 0;
    });
  }
  // Every number that the good device counted has arrived, in order and once, and nobody speaks of a gap.
  void require_every_sample() const {
    const auto stream = stream_of(1);
    std::int32_t next = -1;
    std::uint64_t at = 0, count = 0;
    for (const auto& item : seen) {
      if (const auto* gap = std::get_if<core::Gap>(&item)) REQUIRE(gap->stream != stream);
      if (const auto* overflow = std::get_if<core::Overflow>(&item)) REQUIRE(overflow->stream != stream);
      const auto* chunk = std::get_if<core::ChunkPtr>(&item);
      if (!chunk || (*chunk)->stream != stream) continue;
      if (next < 0) next = (*chunk)->samples.at(0), at = (*chunk)->first_sample;
      REQUIRE((*chunk)->lost == 0);
      REQUIRE((*chunk)->first_sample == at);
      for (const auto sample : (*chunk)->samples) {
        REQUIRE(sample == next);
        next = (next + 1) & 0xFFFFF;
      }
      at += (*chunk)->count;
      count += (*chunk)->count;
    }
    REQUIRE(count > 100);
    for (const auto& item : seen)
      if (const auto* status = std::get_if<core::DeviceStatus>(&item); status && status->id == 1)
        REQUIRE(status->restarts == 0);
  }
  // How long the hostile device delivered nothing, at the most, ms.
  double longest_silence_ms() const {
    const auto stream = stream_of(2);
    std::int64_t before = 0, longest = 0;
    for (const auto& item : seen)
      if (const auto* chunk = std::get_if<core::ChunkPtr>(&item); chunk && (*chunk)->stream == stream) {
        if (before) longest = std::max(longest, (*chunk)->time_ns - before);
        before = (*chunk)->time_ns;
      }
    return static_cast<double>(longest) / 1e6;
  }
  std::vector<std::string> crash_reports() const {
    std::vector<std::string> texts;
    for (const auto& file : fs::directory_iterator(installed.root / "data" / "crashes")) {
      std::ifstream in(file.path());
      texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return texts;
  }

  Installed installed;
  core::Hub hub;
  std::shared_ptr<Ports> ports = std::make_shared<Ports>();
  core::SupervisorSettings settings;
  std::optional<core::Supervisor> supervisor;
  std::shared_ptr<core::Inbox> inbox;
  std::vector<core::Item> seen;
  std::size_t looked_at = 0;
  core::DeviceStatus last;
};

}  // namespace caukham::tests
