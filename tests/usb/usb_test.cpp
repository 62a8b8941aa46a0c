// The real plugin in the real plugin host over real libusb, hidapi and tty code; only the kernel's side is
// played.
#include <catch2/catch.hpp>

#include <csignal>

#include <chrono>
#include <filesystem>
#include <memory>

#include "devices/ecg_hackeeg/model.hpp"
#include "devices/otoscope_useeplus/model.hpp"
#include "devices/signals/files.hpp"
#include "devices/spirometer_vernier/model.hpp"
#include "lib/plugin_session.hpp"
#include "rig.hpp"

using namespace caukham;
using tests::PluginSession;
using tests::Rig;
using tests::Way;

namespace {

struct Case {
  std::string plugin;
  std::unique_ptr<devices::DeviceModel> model;
  std::uint64_t enough;  // samples or pictures that show that it streams
};

Case ecg() {
  return {"ecg_hackeeg", std::make_unique<devices::hackeeg::Model>(devices::synthetic_source(1)), 300};
}
Case spirometer() { return {"spirometer_vernier", std::make_unique<devices::vernier::Model>(), 100}; }
Case otoscope() { return {"otoscope_useeplus", std::make_unique<devices::useeplus::Model>(), 5}; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  cases.push_back(ecg());
  cases.push_back(spirometer());
  cases.push_back(otoscope());
  return cases;
}

PluginSession session(const Rig& rig, const Case& c) {
  return PluginSession(
      {std::string(PLUGINS) + "/" + c.plugin + "/manifest.json", Way::process, {}, rig.arguments(), rig.environment()});
}

std::string all(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

double ms_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("every vendor protocol streams, survives unplugging, and streams again after replugging") {
  for (const Case& c : all_cases()) {
    Rig rig;
    PluginSession s = session(rig, c);
    INFO(c.plugin);
    REQUIRE(s.until_hello());
    for (int round = 0; round < 2; ++round) {
      const ck_endpoint endpoint = rig.plug(*c.model);
      REQUIRE(s.manifest().matching(endpoint));
      s.events.clear();
      const ck_result opened = s.open(endpoint);
      INFO("round " << round << ": " << s.open_text << "\n" << all(s.log));
      REQUIRE(opened == CK_OK);
      REQUIRE(s.start() == CK_OK);
      const auto before = s.samples();
      CHECK(s.until([&] { return s.samples() >= before + c.enough; }, 20000));
      rig.unplug();
      CHECK(s.until([&] { return s.saw(CK_EVENT_GONE); }, 5000));
      CHECK(s.ping());
      CHECK(s.stop() != CK_E_AGAIN);
      CHECK(s.close());
      CHECK(s.ping());
    }
    const ck_result third = s.open(rig.plug(*c.model));  // to be closed in order
    INFO(s.open_text << "\n" << all(s.log));
    CHECK(third == CK_OK);
    CHECK(s.close());
    CHECK(s.quit() == 0);
    CHECK(all(s.misbehaviours) == "");
    CHECK(all(s.lies) == "");
  }
}

TEST_CASE("samples and losses add up to what the device produced") {
  std::vector<Case> cases;
  cases.push_back(ecg());
  cases.push_back(spirometer());
  for (const Case& c : cases) {
    INFO(c.plugin);
    Rig rig;
    PluginSession s = session(rig, c);
    REQUIRE(s.open(rig.plug(*c.model)) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    REQUIRE(s.until([&] { return s.samples() >= 3 * c.enough; }, 30000));
    REQUIRE(s.stop() == CK_OK);
    const auto produced = rig.with_model([&] { return c.model->produced(); });
    REQUIRE(produced.size() == 1);
    const auto& seen = s.streams.begin()->second;
    INFO("samples " << seen.samples << " lost " << seen.lost << "; produced " << produced[0].samples
                    << " sent " << produced[0].sent);
    CHECK(seen.samples + seen.lost == produced[0].samples);
    CHECK(s.quit() == 0);
    CHECK(all(s.lies) == "");
  }
}

TEST_CASE("a device held by nobody is said to be gone or denied, not waited for") {
  const Case c = otoscope();
  Rig rig;
  PluginSession s = session(rig, c);
  const ck_endpoint endpoint = rig.plug(*c.model);
  rig.unplug();
  CHECK(s.open(endpoint) == CK_E_GONE);
  CHECK_THAT(s.open_text, Catch::Contains("1-1"));
  CHECK(s.ping());
}

TEST_CASE("the death of a host is seen as end-of-file within 100 ms") {
  for (const Case& c : all_cases()) {
    INFO(c.plugin);
    Rig rig;
    PluginSession s = session(rig, c);
    REQUIRE(s.open(rig.plug(*c.model)) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    REQUIRE(s.until([&] { return s.samples() >= c.enough / 3; }, 20000));
    const auto begin = std::chrono::steady_clock::now();
    ::kill(s.process().pid(), SIGKILL);
    s.until([] { return false; }, 5000);
    CHECK(s.ended);
    CHECK(ms_since(begin) < 100);
    CHECK(s.process().wait(5000)->words() == "was killed by signal 9 (Killed)");
  }
}

TEST_CASE("a hanging host is noticed by its missing heartbeat, and one that wakes up goes on") {
  const Case c = ecg();
  Rig rig;
  PluginSession s = session(rig, c);
  REQUIRE(s.open(rig.plug(*c.model)) == CK_OK);
  REQUIRE(s.start() == CK_OK);
  REQUIRE(s.ping(1000));
  ::kill(s.process().pid(), SIGSTOP);
  CHECK_FALSE(s.ping(1000));
  CHECK_FALSE(s.ended);
  ::kill(s.process().pid(), SIGCONT);
  CHECK(s.ping(5000));
  const auto before = s.samples();
  CHECK(s.until([&] { return s.samples() > before; }, 5000));
  CHECK(s.stop() == CK_OK);
  CHECK(s.quit() == 0);
  CHECK(all(s.lies) == "");
}
