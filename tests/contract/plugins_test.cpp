// What every plugin must do, over the virtual bus: isolated and in process.
#include <catch2/catch.hpp>

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lib/plugin_session.hpp"
#include "tests/lib/footprint.hpp"
#include "virtualbus/bus.hpp"

using namespace caukham;
using tests::PluginSession;
using tests::Way;

namespace {

struct Case {
  const char* plugin;  // folder under plugins/
  const char* device;  // its name in the simulator
};
constexpr Case all_cases[] = {
    {"ecg_hackeeg", "ecg"}, {"spirometer_vernier", "spirometer"}, {"otoscope_useeplus", "otoscope"},
    {"camera_uvc", "dermatoscope"}, {"camera_uvc", "otoscope_uvc"}};

std::string manifest_of(const Case& c) { return std::string(PLUGINS) + "/" + c.plugin + "/manifest.json"; }

// One simulator for all tests: rendering its scenes takes a moment.
virtualbus::Bus& bus() {
  static virtualbus::Bus the_bus({SIMULATOR, {}, nullptr});
  return the_bus;
}

// Plugged in for the length of a scope.
class Plugged {
 public:
  explicit Plugged(const Case& c, const ipc::Manifest& manifest) : name_(c.device) {
    endpoint = bus().plug(name_);
    if (const auto* line = manifest.matching(endpoint)) ipc::put_text(endpoint.kind, line->kind);
  }
  ~Plugged() { unplug(); }
  void unplug() {
    if (!std::exchange(in_, false)) return;
    bus().unplug(name_);
  }
  ck_endpoint endpoint{};

 private:
  std::string name_;
  bool in_ = true;
};

PluginSession session(const Case& c, Way way) {
  return PluginSession({manifest_of(c), way, bus().open(c.device), {}, {}});
}

std::uint64_t enough(const PluginSession& s) {
  for (const auto& [id, seen] : s.streams)
    if (seen.info.kind == CK_STREAM_VIDEO) return 3;
  return 50;
}

std::string all(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

// Runs `body` for every plugin that is built, both ways.
template <class Body>
void for_each_plugin(Body body) {
  int ran = 0;
  for (const Case& c : all_cases) {
    if (!std::filesystem::exists(manifest_of(c))) continue;
    for (const Way way : {Way::process, Way::thread}) {
      INFO(c.plugin << " with " << c.device << (way == Way::process ? ", isolated" : ", in process"));
      body(c, way);
      ++ran;
    }
  }
  CHECK(ran > 0);
}

// Start notices that the device has left, or the stream does right after it.
void notices_gone(PluginSession& s) {
  const ck_result started = s.start();
  if (started != CK_OK) {
    CHECK(started == CK_E_GONE);
    return;
  }
  CHECK(s.until([&] { return s.saw(CK_EVENT_GONE); }, 5000));
  CHECK(s.stop() != CK_E_AGAIN);
}

}  // namespace

TEST_CASE("every plugin matches its device, opens, streams, stops and closes") {
  for_each_plugin([](const Case& c, Way way) {
    const auto manifest = ipc::read_manifest(manifest_of(c));
    Plugged device(c, manifest);
    REQUIRE(manifest.matching(device.endpoint));
    CHECK(manifest.unknown_fields.empty());
    PluginSession s = session(c, way);
    REQUIRE(s.until_hello());
    CHECK(ipc::text_of(s.hello->id) == manifest.id);
    const ck_result opened = s.open(device.endpoint);
    INFO(s.open_text << "\n" << all(s.log));
    REQUIRE(opened == CK_OK);
    REQUIRE_FALSE(s.streams.empty());
    for (const auto& [id, seen] : s.streams) CHECK((seen.info.flags & CK_STREAM_SIMULATED) != 0);
    for (const auto& [name, param] : s.params) {
      const auto& listed = manifest.recorded_params;
      INFO("parameter " << name << " belongs into the record exactly when the manifest lists it");
      CHECK(((param.info.flags & CK_PARAM_RECORD) != 0) ==
            (std::find(listed.begin(), listed.end(), name) != listed.end()));
    }
    CHECK(s.start() == CK_OK);
    CHECK(s.until([&] { return s.samples() >= enough(s); }, 10000));
    CHECK(s.stop() == CK_OK);
    const auto at_stop = s.samples();
    CHECK(s.ping());
    CHECK(s.samples() == at_stop);  // nothing may come after stop's answer
    CHECK(s.close());
    CHECK(s.quit() == 0);
    CHECK(all(s.misbehaviours) == "");
    CHECK(all(s.lies) == "");
  });
}

TEST_CASE("every plugin starts and stops twenty times and leaves nothing behind") {
  for_each_plugin([](const Case& c, Way way) {
    const auto manifest = ipc::read_manifest(manifest_of(c));
    Plugged device(c, manifest);
    PluginSession s = session(c, way);
    REQUIRE(s.open(device.endpoint) == CK_OK);
    const int pid = way == Way::process ? s.process().pid() : tests::own_pid();
    std::size_t threads = 0, descriptors = 0;
    for (int i = 0; i < 20; ++i) {
      INFO("round " << i << "\n" << all(s.log));
      REQUIRE(s.start() == CK_OK);
      const auto before = s.samples();
      REQUIRE(s.until([&] { return s.samples() > before; }, 10000));
      REQUIRE(s.stop() == CK_OK);
      if (i == 0) {
        threads = tests::threads_of(pid);
        descriptors = tests::handles_of(pid);
      }
    }
    // A joined thread is listed for a moment still: the first count may hold one that was leaving, and so may this.
    CHECK(s.until([&] { return tests::threads_of(pid) <= threads; }, 2000));
    CHECK(tests::handles_of(pid) <= descriptors);
    CHECK(s.quit() == 0);
    CHECK(all(s.misbehaviours) == "");
    CHECK(all(s.lies) == "");
  });
}

TEST_CASE("every plugin can be opened again after close, also without a stop") {
  for_each_plugin([](const Case& c, Way way) {
    const auto manifest = ipc::read_manifest(manifest_of(c));
    Plugged device(c, manifest);
    PluginSession s = session(c, way);
    for (int i = 0; i < 3; ++i) {
      INFO("round " << i << " " << s.open_text << "\n" << all(s.log));
      REQUIRE(s.open(device.endpoint) == CK_OK);
      REQUIRE(s.start() == CK_OK);
      const auto before = s.samples();
      CHECK(s.until([&] { return s.samples() > before; }, 10000));
      REQUIRE(s.close());
    }
    CHECK(s.quit() == 0);
    CHECK(all(s.misbehaviours) == "");
    CHECK(all(s.lies) == "");
  });
}

TEST_CASE("every plugin survives unplugging in every state and says so while streaming") {
  for_each_plugin([](const Case& c, Way way) {
    const auto manifest = ipc::read_manifest(manifest_of(c));
    {
      INFO("before open");
      Plugged device(c, manifest);
      PluginSession s = session(c, way);
      REQUIRE(s.until_hello());
      device.unplug();
      // A plugin whose open touches no hardware may notice later.
      const ck_result opened = s.open(device.endpoint);
      if (opened == CK_OK) notices_gone(s);
      CHECK((opened == CK_E_GONE || opened == CK_OK));
      CHECK(s.ping());
      CHECK(s.quit() == 0);
    }
    {
      INFO("while idle");
      Plugged device(c, manifest);
      PluginSession s = session(c, way);
      REQUIRE(s.open(device.endpoint) == CK_OK);
      device.unplug();
      notices_gone(s);
      CHECK(s.close());
      CHECK(s.ping());
      CHECK(s.quit() == 0);
    }
    {
      INFO("while streaming");
      Plugged device(c, manifest);
      PluginSession s = session(c, way);
      REQUIRE(s.open(device.endpoint) == CK_OK);
      REQUIRE(s.start() == CK_OK);
      REQUIRE(s.until([&] { return s.samples() >= enough(s); }, 10000));
      device.unplug();
      CHECK(s.until([&] { return s.saw(CK_EVENT_GONE); }, 5000));
      CHECK(s.ping());
      CHECK(s.stop() != CK_E_AGAIN);
      CHECK(s.close());
      CHECK(s.ping());
      CHECK(s.quit() == 0);
      CHECK(all(s.misbehaviours) == "");
      CHECK(all(s.lies) == "");
    }
  });
}

TEST_CASE("samples and losses add up to what the device produced") {
  for (const Case& c : {all_cases[0], all_cases[1]}) {
    INFO(c.plugin);
    const auto manifest = ipc::read_manifest(manifest_of(c));
    Plugged device(c, manifest);
    const auto before = bus().stats(c.device);
    PluginSession s = session(c, Way::process);
    REQUIRE(s.open(device.endpoint) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    REQUIRE(s.until([&] { return s.samples() >= 300; }, 15000));
    REQUIRE(s.stop() == CK_OK);
    const auto after = bus().stats(c.device);
    REQUIRE(after.size() == 1);
    INFO("before " << (before.empty() ? 0 : before[0].samples) << ", after " << after[0].samples << ", sent "
                   << after[0].sent);
    CHECK(s.streams.begin()->second.lost == 0);
    CHECK(s.samples() == after[0].sent - (before.empty() ? 0 : before[0].sent));
    CHECK(s.quit() == 0);
  }
}
