// What other programs learn of a station's plugins, and the words in which a person does.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "core/plugin_status.hpp"
#include "core/plugin_words.hpp"
#include "core/settings_file.hpp"
#include "json/json_text.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham;
using namespace caukham::core;
namespace fs = std::filesystem;

namespace {
struct Folder {
  const tests::TestFolder own{"plugin-status"};
  const fs::path at = own.path;
};
PluginInfo plugin() {
  PluginInfo p;
  p.id = "org.a";
  p.name = "A";
  p.signature = trust::State::trusted;
  p.signer = "Example";
  return p;
}
}  // namespace

TEST_CASE("what a running station tells of its plugins must reach another program, and be of the past once it has ended") {
  Folder folder;
  std::vector<PluginInfo> seen = {plugin()};
  CHECK(read_plugin_status(folder.at.string(), seen) == StationSeen::never);
  auto told = plugin();
  told.processes = 2;
  told.cpu_seconds = 1.5;
  told.resident_bytes = 3 << 20;
  told.restarts = told.crashes = 1;
  told.sandbox = "full";
  told.log_tail = {"one", "two"};
  REQUIRE(write_plugin_status(folder.at.string(), {told}, true));
  REQUIRE(read_plugin_status(folder.at.string(), seen) == StationSeen::running);
  CHECK(seen[0].state == PluginState::running);
  CHECK(seen[0].processes == 2);
  CHECK(seen[0].resident_bytes == 3 << 20);
  CHECK(seen[0].log_tail == told.log_tail);
  REQUIRE(write_plugin_status(folder.at.string(), {told}, false));
  seen = {plugin()};
  REQUIRE(read_plugin_status(folder.at.string(), seen) == StationSeen::ended);
  CHECK(seen[0].state == PluginState::idle);
  CHECK(seen[0].processes == 0);
  CHECK(seen[0].restarts == 1);
  CHECK(seen[0].log_tail == told.log_tail);
  // One that was cut off by a power failure says that it runs, but has not said so for long.
  auto file = read_settings((folder.at / "plugins-status.json").string());
  file["running"] = true;
  file["written_unix_ns"] = 1;
  REQUIRE(write_settings((folder.at / "plugins-status.json").string(), file));
  CHECK(read_plugin_status(folder.at.string(), seen) == StationSeen::ended);
}

TEST_CASE("a status file that anything has been written into must be read without harm") {
  Folder folder;
  for (const char* text : {"", "[]", "{\"plugins\":5}", "{\"plugins\":{\"org.a\":5},\"running\":true}",
                           "{\"plugins\":{\"org.a\":{\"processes\":-1,\"log\":[1,null],\"sandbox\":7,\"cpu_seconds\":\"x\"}},"
                           "\"running\":\"yes\",\"written_unix_ns\":\"now\"}"}) {
    std::ofstream(folder.at / "plugins-status.json", std::ios::trunc) << text;
    std::vector<PluginInfo> seen = {plugin()};
    CHECK(read_plugin_status(folder.at.string(), seen) != StationSeen::running);
    CHECK(seen[0].processes == 0);
    CHECK(seen[0].log_tail.empty());
  }
}

TEST_CASE("every state of a plugin and of its signature must have words of its own") {
  auto p = plugin();
  std::vector<std::string> words;
  for (const auto state : {PluginState::idle, PluginState::running, PluginState::failing, PluginState::disabled, PluginState::broken}) {
    p.state = state;
    words.push_back(state_words(p));
    CHECK_FALSE(name_of(state).empty());
  }
  p.state = PluginState::disabled;
  p.enabled = false;
  words.push_back(state_words(p));
  p = plugin();
  for (const auto state : {trust::State::trusted, trust::State::no_signature, trust::State::unknown_key, trust::State::revoked,
                           trust::State::tampered}) {
    p.signature = state;
    words.push_back(signature_words(p));
  }
  p.signature = trust::State::trusted;
  p.third_party = false;
  words.push_back(signature_words(p));
  std::sort(words.begin(), words.end());
  CHECK(std::unique(words.begin(), words.end()) == words.end());
  CHECK(words.front() != "");
  CHECK(use_words(p).empty());
  p.processes = 1;
  p.resident_bytes = 12 << 20;
  p.cpu_seconds = 3.44;
  CHECK(use_words(p) == "1 process, 12 MB in memory, 3.4 s of processor time");
  p.sandbox = "partial (this system's kernel has no Landlock)";
  CHECK(sandbox_words(p) == "partly walled in: this system's kernel has no Landlock");
}
