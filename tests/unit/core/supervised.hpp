// A supervisor over scripted plugin hosts, and everything it publishes.
#pragma once
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/supervisor.hpp"
#include "ipc/messages.hpp"
#include "tests/lib/ports.hpp"
#include "tests/lib/test_folder.hpp"

namespace caukham::core::test {

using tests::Ports;

// One plugin for each script given; plugin n drives pid n.
class Bench {
 public:
  explicit Bench(const std::vector<std::string>& scripts, bool simulated = false) {
    open_log({"", LogLevel::off, std::getenv("TEST_LOG") ? LogLevel::debug : LogLevel::off});
    for (std::size_t n = 0; n < scripts.size(); ++n) {
      const auto at = folder_.path / ("plugin" + std::to_string(n));
      std::filesystem::create_directories(at);
      std::ofstream(at / "script") << scripts[n];
      for (const char* library : {"libfake.so", "fake.dll"}) std::ofstream(at / library) << "not loaded by the fake host";
      std::ofstream(at / "manifest.json")
          << R"({"id":"test.plugin)" << n << R"(","name":"Fake","vendor":"Test","version":"0.1","abi":"1.0",)"
          << R"("kind":"ecg","library":"fake","licence":"Apache-2.0","simulated":)" << (simulated ? "true" : "false")
          << R"(,"match":[{"link":"serial","vid":"2341","pid":)" << n << R"(}],"pool":{"slots":4,"slot_bytes":4096}})";
    }
    settings.plugin_host = FAKE_PLUGINHOST;
    settings.backoff_ms = {1, 1, 1};
  }
  ~Bench() {
    if (supervisor) supervisor->stop();
  }

  void run() {
    inbox = hub.subscribe({.waveform_chunks = 1000000, .pictures = 1000});
    supervisor.emplace(hub, Registry::scan({folder_.path.string()}), settings);
    supervisor->add_source(ports);
    supervisor->start();
  }

  // Takes what is published into `seen` until `enough(item)`; false after 30 s without.
  template <class Enough>
  bool await(Enough enough) {
    const auto until = now_ns() + 30'000'000'000;
    for (;;) {
      for (; looked_at < seen.size(); ++looked_at)
        if (enough(seen[looked_at])) return ++looked_at, true;
      if (now_ns() > until) return false;
      for (auto& item : inbox->take(std::chrono::milliseconds(1000))) seen.push_back(std::move(item));
    }
  }
  bool await_state(DeviceId id, DeviceState state) {
    return await([&](const Item& item) {
      const auto* status = std::get_if<DeviceStatus>(&item);
      if (status && status->id == id) last = *status;
      return status && status->id == id && status->state == state;
    });
  }
  bool await_chunks(StreamId stream, int count) {
    return await([&](const Item& item) {
      const auto* chunk = std::get_if<ChunkPtr>(&item);
      return chunk && (*chunk)->stream == stream && --count <= 0;
    });
  }
  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const auto& item : seen)
      if (const auto* t = std::get_if<T>(&item)) out.push_back(*t);
    return out;
  }
  std::vector<ChunkPtr> chunks(StreamId stream) const {
    auto out = all<ChunkPtr>();
    std::erase_if(out, [&](const ChunkPtr& c) { return c->stream != stream; });
    return out;
  }
  StreamId stream(DeviceId device, const std::string& name) const {
    StreamId id = 0;
    for (const auto& added : all<StreamAdded>())
      if (added.info.device == device && added.info.name == name) id = added.info.id;
    return id;
  }
  // The scripted device numbers its samples: the grid must agree with them, gaps included, and the gaps must fill
  // exactly what chunks leave open.
  void require_exact_grid(StreamId stream) const {
    std::uint64_t next = 0, gaps = 0;
    std::int32_t origin = -1;
    for (const auto& item : seen) {
      if (const auto* gap = std::get_if<Gap>(&item); gap && gap->stream == stream) {
        REQUIRE(gap->first_sample == next);
        next += gap->length;
        ++gaps;
      }
      const auto* chunk = std::get_if<ChunkPtr>(&item);
      if (!chunk || (*chunk)->stream != stream) continue;
      const auto& c = **chunk;
      REQUIRE(c.first_sample == next);
      REQUIRE(c.samples.size() == c.count * 2);
      if (origin < 0) origin = c.samples[0];
      REQUIRE(c.samples[0] == ((origin + static_cast<std::int32_t>(c.first_sample & 0x7fff)) & 0x7fff));
      REQUIRE(c.samples[1] == -7);
      next += c.count;
    }
    REQUIRE(origin >= 0);
    CAPTURE(gaps);
  }

  Hub hub;
  std::shared_ptr<Ports> ports = std::make_shared<Ports>();
  SupervisorSettings settings;
  std::optional<Supervisor> supervisor;
  std::shared_ptr<Inbox> inbox;
  std::vector<Item> seen;
  std::size_t looked_at = 0;
  DeviceStatus last;

 private:
  const tests::TestFolder folder_{"core"};
};

}  // namespace caukham::core::test
