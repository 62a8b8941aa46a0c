// What a hostile or broken plugin can do to others: nothing. Real processes, one deed a test.
#include <cstdio>

#include "isolation_deeds.hpp"

#include "json/json_text.hpp"

using namespace caukham;
using namespace caukham::tests;
using core::PluginState;

TEST_CASE("a plugin that segfaults must be back, and no other device may miss a sample", "[segv]") {
  Isolation bench;
  dies_and_comes_back(bench, "segv", segfault_words, "plugin crashed");
}
TEST_CASE("a plugin that hangs must be back, and no other device may miss a sample", "[hang]") {
  Isolation bench;
  dies_and_comes_back(bench, "hang", "what: the plugin hangs", "plugin hung");
}
TEST_CASE("a plugin that floods at full speed must be back, and no other device may miss a sample", "[flood]") {
  Isolation bench;
  dies_and_comes_back(bench, "flood", "it floods", "plugin flooded");
}
TEST_CASE("a plugin that takes 10 GB of shared memory must be ended for what lies in RAM", "[allocate_shared]") {
  Isolation bench;
  dies_and_comes_back(bench, "allocate_shared", "MiB of memory", "plugin over its limits", false);
}
TEST_CASE("a plugin that keeps a processor busy beyond its limit must be ended", "[spin]") {
  Isolation bench(nlohmann::json{{"limits", {{"cpu_percent", 10}}}});
  bench.settings.cpu_window_ms = 1000;  // ten seconds in life; a busy machine may give it less than its share for a while
  dies_and_comes_back(bench, "spin", "% of a processor", "plugin over its limits", false);
}
TEST_CASE("a plugin that closes every descriptor must be back, and no other device may miss a sample", "[close_all]") {
  Isolation bench;
  dies_and_comes_back(bench, "close_all", no_handles_words, "plugin crashed");
}
TEST_CASE("a plugin that writes lies past its host must be ended, and no other device may miss a sample", "[lies]") {
  for (const char* deed : {"lie_slot", "lie_bytes", "lie_count", "lie_garbage", "lie_out_of_turn"}) {
    Isolation bench;
    dies_and_comes_back(bench, deed, "broke the protocol", "plugin sent wrong data");
  }
}
TEST_CASE("a plugin that scribbles over its whole pool must harm nobody's samples but its own", "[scribble]") {
  tries_in_vain("scribble", {});
}
TEST_CASE("the sandbox must say how much of it stands", "[sandbox]") {
  Isolation bench;
  bench.run("nothing");
  const auto words = bench.info().sandbox;
  INFO(words);
  std::printf("sandbox: %s\n", words.c_str());
  const bool known = words == "full" || words.starts_with("partial (") || words.starts_with("none (");
  CHECK(known);
}

TEST_CASE("a plugin that crashes or hangs when it is scanned must be disabled with a reason, and remembered", "[scan]") {
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});
  Installed installed;
  installed.add("scan_crashes", "org.caukham.test.scan-crashes", 1);
  installed.add("scan_hangs", "org.caukham.test.scan-hangs", 2);
  installed.add("hostile", "org.caukham.test.hostile", 3);
  auto settings = installed.settings();
  settings.scan_ms = 2000;
  const auto check = [](const core::Plugins& plugins, const std::string& hang_words) {
    for (const auto& info : plugins.list()) {
      INFO(info.id << ": " << info.reason);
      if (info.id == "org.caukham.test.hostile") {
        CHECK(info.state == PluginState::idle);
        CHECK(info.signer == "Hostile Ltd");
        continue;
      }
      CHECK(info.state == PluginState::disabled);
      CHECK_THAT(info.reason, Catch::Contains("failed its first test") &&
                                  Catch::Contains(info.id.ends_with("hangs") ? hang_words : "its process"));
    }
  };
  check(core::Plugins(settings), "within 2 s");
  // What was found is kept: it is read from the file, not tried again.
  const auto file = installed.root / "data" / "scans.json";
  auto kept = nlohmann::json::parse(std::ifstream(file));
  for (auto& [folder, entry] : kept.items())
    if (!entry["good"].get<bool>() && folder.find("hangs") != std::string::npos) entry["words"] = "read from the file";
  std::ofstream(file) << json_text(kept);
  core::Plugins again(settings);
  check(again, "read from the file");
  again.enable("org.caukham.test.scan-hangs");  // a person wants it tried again
  check(again, "within 2 s");
}

TEST_CASE("a plugin that is not signed, tampered with or switched off must not run, and say why", "[trust]") {
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});
  Isolation bench;
  const auto unsigned_at = bench.installed.add("hostile", "org.caukham.test.unsigned", 2, false);
  const auto tampered_at = bench.installed.add("hostile", "org.caukham.test.tampered", 3);
  std::ofstream(tampered_at / library_file("hostile"), std::ios::app) << "x";
  bench.run("nothing");
  bench.ports->plug(2, "a", "unsigned");
  REQUIRE(bench.await_state(3, DeviceState::failed));
  CHECK_THAT(bench.last.problem, Catch::Contains("is not signed by anyone"));
  bench.ports->plug(3, "b", "tampered");
  REQUIRE(bench.await_state(4, DeviceState::failed));
  CHECK_THAT(bench.last.problem, Catch::Contains("was changed after it was signed"));
  for (const auto& info : bench.supervisor->plugins())
    if (info.id != "org.caukham.test.hostile") {
      CHECK(info.state == PluginState::disabled);
      CHECK(info.processes == 0);
      CHECK(info.sandbox.empty());  // nothing of it ever ran
    } else {
      CHECK(info.state == PluginState::running);
      CHECK(info.processes == 2);
      CHECK(info.resident_bytes > 0);
    }
  // Switched off while it runs, and on again.
  bench.supervisor->disable_plugin("org.caukham.test.hostile");
  REQUIRE(bench.await_state(2, DeviceState::failed));
  CHECK_THAT(bench.last.problem, Catch::Contains("switched off"));
  CHECK(bench.info().state == PluginState::disabled);
  CHECK_FALSE(core::Plugins(bench.installed.settings()).list().at(0).enabled);  // also in the next run
  bench.supervisor->enable_plugin("org.caukham.test.hostile");
  REQUIRE(bench.await_state(2, DeviceState::live));
  // All other makers' at once, for this start and the next ones, until a person takes it back.
  bench.supervisor->allow_third_party(false);
  REQUIRE(bench.await_state(2, DeviceState::failed));
  CHECK_THAT(bench.last.problem, Catch::Contains("Other makers' driver programs are switched off"));
  CHECK_FALSE(bench.supervisor->third_party_allowed());
  CHECK(core::Plugins(bench.installed.settings()).safe());
  bench.supervisor->allow_third_party(true);
  REQUIRE(bench.await_state(2, DeviceState::live));
  CHECK_FALSE(core::Plugins(bench.installed.settings()).safe());
  // Changed while it runs: not at the next start.
  std::ofstream(bench.installed.root / "plugins" / "hostile1" / "manifest.json", std::ios::app) << " ";
  bench.supervisor->restart(2);
  REQUIRE(bench.await_state(2, DeviceState::failed));
  CHECK_THAT(bench.last.problem, Catch::Contains("was changed after it was signed"));
  bench.supervisor->remove_plugin("org.caukham.test.hostile");
  CHECK_FALSE(std::filesystem::exists(bench.installed.root / "plugins" / "hostile1"));
  CHECK_FALSE(std::filesystem::exists(bench.installed.root / "data" / "plugins" / "org.caukham.test.hostile"));
}

TEST_CASE("an unsigned plugin may run for a developer, marked; a safe start runs nobody else's", "[trust]") {
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});
  Installed installed;
  installed.add("hostile", "org.caukham.test.hostile", 1, false);
  auto settings = installed.settings();
  settings.developer = true;
  core::SupervisorSettings supervised;
  supervised.plugin_host = PLUGINHOST;
  supervised.plugins = std::make_shared<core::Plugins>(settings);
  core::Hub hub;
  const auto inbox = hub.subscribe();
  {
    core::Supervisor supervisor(hub, supervised.plugins->registry(), supervised);
    const auto ports = std::make_shared<Ports>();
    supervisor.add_source(ports);
    supervisor.start();
    ports->plug(1, "nothing", "x");
    bool marked = false;
    for (int n = 0; n < 100 && !marked; ++n)
      for (const auto& item : inbox->take(std::chrono::milliseconds(300)))
        if (const auto* added = std::get_if<core::StreamAdded>(&item)) {
          CHECK(added->info.unsigned_plugin);
          CHECK_THAT(added->info.device_name, Catch::Contains("(unsigned driver program)"));
          marked = true;
        }
    CHECK(marked);
    CHECK(hub.devices().at(0).unsigned_plugin);
  }
  Installed vendor;
  vendor.add("hostile", "org.caukham.test.hostile", 1);
  auto safe = vendor.settings();
  safe.safe = true;
  const auto info = core::Plugins(safe).list().at(0);
  CHECK(info.signature == trust::State::trusted);
  CHECK(info.third_party);
  CHECK(info.state == PluginState::disabled);
  CHECK_THAT(info.reason, Catch::Contains("without other makers' driver programs"));
  CHECK_FALSE(std::filesystem::exists(vendor.root / "data" / "scans.json"));  // not even scanned
}

TEST_CASE("what a device wants kept must be there when it comes again, each device its own, and damage must do no harm", "[state]") {
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});
  Installed installed;
  installed.add("keeps", "org.caukham.test.keeps", 1);
  const auto opened = [&](const std::string& serial, const std::string& words) {
    core::SupervisorSettings settings;
    settings.plugin_host = PLUGINHOST;
    settings.plugins = std::make_shared<core::Plugins>(installed.settings());
    core::Hub hub;
    const auto inbox = hub.subscribe();
    core::Supervisor supervisor(hub, settings.plugins->registry(), settings);
    const auto ports = std::make_shared<Ports>();
    supervisor.add_source(ports);
    supervisor.start();
    ports->plug(1, serial, "port");
    bool live = false;
    for (int n = 0; n < 200 && !live; ++n)
      for (const auto& item : inbox->take(std::chrono::milliseconds(100)))
        if (const auto* status = std::get_if<core::DeviceStatus>(&item)) live = live || status->state == DeviceState::live;
    REQUIRE(live);
    supervisor.stop();
    const auto info = supervisor.plugins().at(0);
    std::string all;
    for (const auto& line : info.log_tail) all += line + "\n";
    INFO(serial << ": " << all);
    CHECK(all.find(words) != std::string::npos);
  };
  const auto put_into_all = [&](const char* text) {
    int files = 0;
    for (const auto& file : fs::directory_iterator(installed.root / "data" / "plugins" / "org.caukham.test.keeps")) {
      if (file.path().extension() != ".state") continue;
      ++files;
      std::ofstream(file.path(), std::ios::trunc) << text;
    }
    return files;
  };
  opened("A/1", "opened 1 times");
  opened("A/1", "opened 2 times");
  opened("A_1", "opened 1 times");  // another one, though a file cannot be called like the first
  opened("A/1", "opened 3 times");
  CHECK(put_into_all("damaged") == 2);
  opened("A/1", "does not take what it once wanted kept (CK_E_INVALID)");
  opened("A/1", "opened 2 times");  // it began anew
  opened("A/1", "opened 3 times");
  opened("A/1", "opened 4 times");
  opened("A/1", "opened 1 times");  // it wanted nothing kept any more
  CHECK(put_into_all("!") == 2);
  opened("A/1", "the plugin failed while it read it");  // died of it once, not for ever
}

TEST_CASE("every plugin of this build is signed with its own key", "[trust]") {
  core::open_log({"", core::LogLevel::off, core::LogLevel::off});
  core::PluginsSettings settings;
  settings.folders = {PLUGINS};
  settings.keys_folder = KEYS;
  const core::Plugins plugins(settings);
  CHECK(plugins.list().size() >= 4);
  for (const auto& info : plugins.list()) {
    INFO(info.name << ": " << info.signature_words << " " << info.reason);
    CHECK(info.signature == trust::State::trusted);
    CHECK_FALSE(info.third_party);
  }
}
