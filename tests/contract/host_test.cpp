// What the plugin host does with plugins that break rules: it names the culprit, and nothing else suffers.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "ipc/messages.hpp"
#include "json/json_text.hpp"
#include "lib/plugin_session.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham;
using tests::PluginSession;
using tests::Way;

namespace {

// A folder with a manifest for one of the fixtures.
class Folder {
 public:
  explicit Folder(const std::string& library, const nlohmann::json& changes = nlohmann::json::object()) {
    const auto source = std::filesystem::path(FIXTURES) / (library + LIBRARY_ENDING);
    if (std::filesystem::exists(source)) std::filesystem::copy_file(source, path_ / source.filename());
    nlohmann::json m = {{"id", "org.caukham.test.misbehaving"},
                        {"name", "Misbehaving"},
                        {"vendor", "Caukham"},
                        {"version", "1"},
                        {"abi", "1.0"},
                        {"kind", "ecg"},
                        {"library", library},
                        {"pool", {{"slots", 4}, {"slot_bytes", 4096}}}};
    m.update(changes);
    std::ofstream(path_ / "manifest.json") << json_text(m);
  }
  std::string manifest() const { return (path_ / "manifest.json").string(); }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }

 private:
  const tests::TestFolder path_{"contract"};
};

ck_endpoint rule(const char* name) {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = CK_LINK_SERIAL;
  e.flags = CK_ENDPOINT_SIMULATED;
  ipc::put_text(e.serial, name);
  ipc::put_text(e.path, "/dev/nothing");
  return e;
}

bool said(const std::vector<std::string>& lines, const std::string& part) {
  for (const auto& line : lines)
    if (line.find(part) != std::string::npos) return true;
  return false;
}

// The host's last words for a plugin that cannot be used, and its exit code.
std::pair<std::string, int> refusal(const std::string& manifest, Way way) {
  PluginSession s({manifest, way});
  s.until([] { return false; }, 10000);
  CHECK_FALSE(s.hello);
  CHECK(s.ended);
  const std::string words = s.farewell;
  return {words, s.quit()};
}

}  // namespace

TEST_CASE("a plugin that cannot be used is refused in words before it runs") {
  const Way way = GENERATE(Way::process, Way::thread);
  const auto check = [&](const Folder& folder, const std::string& words, int code) {
    const auto [said_words, ended] = refusal(folder.manifest(), way);
    CHECK_THAT(said_words, Catch::Contains(words));
    CHECK(ended == code);
  };
  check(Folder("nowhere"), "\"nowhere\" is missing", 4);
  check(Folder("no_entry"), "does not export ck_plugin_entry_1", 4);
  check(Folder("future"), "another version of Caukham (it exports ck_plugin_entry_2)", 4);
  check(Folder("second_export"), "also exports second_export", 4);
  check(Folder("other_abi"), "version 7 of the ABI", 5);
  check(Folder("init_refuses"), "refuses to begin: CK_E_UNSUPPORTED", 5);
  check(Folder("misbehaving", {{"id", "org.other"}}), "not the plugin its manifest names (org.other)", 5);
  check(Folder("misbehaving", {{"requires", {"ck.host.magic/3"}}}), "needs \"ck.host.magic/3\"", 3);
}

TEST_CASE("a damaged library is refused in words, wherever it is cut") {
  std::ifstream source(std::string(FIXTURES) + "/misbehaving" LIBRARY_ENDING, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(source)), {});
  REQUIRE(whole.size() > 1000);
  // Behind the last section of a Windows library lie only symbols.
  const std::size_t last = LIBRARY_ENDING == std::string(".so") ? whole.size() - 1 : whole.size() / 4;
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{64}, whole.size() / 8, last}) {
    Folder folder("damaged");
    std::ofstream(folder.file("damaged" LIBRARY_ENDING), std::ios::binary) << whole.substr(0, size);
    const auto [words, code] = refusal(folder.manifest(), Way::thread);
    CAPTURE(size, words);
    CHECK(code == 4);
    CHECK_THAT(words, Catch::Contains("The plugin's library cannot be "));  // used, or loaded
  }
}

TEST_CASE("a broken rule is answered with an error and named in the log, and the plugin goes on") {
  const Way way = GENERATE(Way::process, Way::thread);
  Folder folder("misbehaving");
  PluginSession s({folder.manifest(), way});
  REQUIRE(s.until_hello());
  const auto check = [&](const char* name, const std::string& in_log, const std::string& culprit) {
    INFO(name);
    s.log.clear();
    s.misbehaviours.clear();
    const auto before = s.samples();
    REQUIRE(s.open(rule(name)) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    CHECK(s.until([&] { return s.samples() >= before + 30; }, 5000));
    CHECK(s.stop() == CK_OK);
    CHECK(s.close());
    if (!in_log.empty()) CHECK(said(s.log, in_log));
    if (culprit.empty())
      CHECK(s.misbehaviours.empty());
    else
      CHECK(said(s.misbehaviours, culprit));
    for (const auto& line : s.log) INFO(line);
    CHECK(s.lies.empty());
  };
  check("good", "", "");
  check("borrow_twice", "second acquire -4",
        "PLUGIN: org.caukham.test.misbehaving: ck_host.acquire: a slot of this stream is already borrowed");
  check("commit_unborrowed", "second commit -3", "PLUGIN: org.caukham.test.misbehaving: ck_host.commit: the buffer is not borrowed");
  check("commit_unborrowed", "wild commit -3", "PLUGIN: org.caukham.test.misbehaving: ck_host.release: the buffer is not borrowed");
  check("wrong_sizes", "commit -3",
        "PLUGIN: org.caukham.test.misbehaving: ck_host.commit: a chunk's bytes are not its samples times its channels");
  check("wrong_sizes", "acquire -3", "more bytes than the slot holds");
  check("commit_on_main", "commit on main -4",
        "PLUGIN: org.caukham.test.misbehaving: ck_host.acquire: called on [main] instead of [stream]");
  check("commit_after_stop", "commit when idle -4", "PLUGIN: org.caukham.test.misbehaving: ck_host.acquire: called while not started");
  check("other_endpoint", "open -10", "");
  check("bad_event", "emit -3", "ck_host.emit: an event is of an unknown kind");
  check("bad_event", "emit -5", "unknown kind");
  check("other_thread", "commit -4", "ck_host.commit: called on another thread than the one that acquired");
  check("other_thread", "turn 0", "another thread");
  check("versions", "longer 0", "ck_host.commit: a chunk header has the wrong size");
  check("versions", "shorter -3", "wrong size");
  check("request_main", "on_main 0", "");
  CHECK(s.quit() == 0);
}

TEST_CASE("a slot kept past stop is taken back") {
  Folder folder("misbehaving");
  PluginSession s({folder.manifest(), Way::thread});
  REQUIRE(s.until_hello());
  REQUIRE(s.open(rule("keep_slot")) == CK_OK);
  for (int i = 0; i < 6; ++i) {  // more often than there are slots
    REQUIRE(s.start() == CK_OK);
    // The plugin keeps stream 0's only slot, so nothing can come; its log line shows that it tried.
    REQUIRE(s.until([&] { return said(s.misbehaviours, "already borrowed"); }, 5000));
    s.misbehaviours.clear();
    REQUIRE(s.stop() == CK_OK);
    CHECK(said(s.misbehaviours, "kept a borrowed slot"));
    s.misbehaviours.clear();
  }
  CHECK(s.quit() == 0);
}

TEST_CASE("a full pool is said at once, and slots given back are used again") {
  Folder folder("misbehaving");
  PluginSession s({folder.manifest(), Way::process});
  s.give_slots_back = false;
  REQUIRE(s.until_hello());
  REQUIRE(s.open(rule("fill_pool")) == CK_OK);
  REQUIRE(s.start() == CK_OK);
  REQUIRE(s.until([&] { return said(s.log, "filled -7"); }, 5000));
  CHECK(s.samples() == 40);
  for (std::uint32_t slot = 0; slot < 4; ++slot) s.give_back(slot);
  s.post(ipc::SlotFree{2});  // twice, and one that does not exist
  s.post(ipc::SlotFree{99});
  CHECK(s.until([&] { return said(s.misbehaviours, "gave back a slot it did not have"); }, 5000));
  REQUIRE(s.until([&] { return s.streams[0].chunks > 4; }, 5000));
  CHECK(s.streams[0].after_full_pool == 1);  // the first chunk after the hole carries its reason, no other
  CHECK(s.stop() == CK_OK);
}

TEST_CASE("a device that cannot be used says why, and the host stays ready") {
  const Way way = GENERATE(Way::process, Way::thread);
  Folder folder("misbehaving");
  PluginSession s({folder.manifest(), way});
  REQUIRE(s.until_hello());
  CHECK(s.open(rule("refuse_open")) == CK_E_IO);
  CHECK(s.open_text == "the cable is upside down");
  CHECK(s.open(rule("no_table")) == CK_E_INTERNAL);
  CHECK(s.open(rule("rate_nan")) == CK_E_INTERNAL);
  CHECK(s.open_text == "a stream has an impossible rate");
  CHECK(s.open(rule("too_many_streams")) == CK_E_INTERNAL);
  CHECK(s.open(rule("refuse_start")) == CK_OK);
  CHECK(s.start() == CK_E_IO);
  CHECK(s.stop() == CK_E_STATE);
  CHECK(s.open(rule("good")) == CK_E_STATE);
  CHECK(s.close());
  CHECK(s.start() == CK_E_STATE);
  CHECK(s.configure(1) == CK_E_STATE);
  CHECK(s.param_get(1)->result == CK_E_STATE);
  CHECK(s.open(rule("good")) == CK_OK);
  CHECK(s.param_set(1, 2)->result == CK_E_UNSUPPORTED);
  CHECK(s.quit() == 0);
}

TEST_CASE("a crash, a hang and a flood are seen from outside and stay inside") {
  Folder folder("misbehaving");
  SECTION("crash in a call") {
    PluginSession s({folder.manifest()});
    REQUIRE(s.open(rule("crash_start")) == CK_OK);
    CHECK(s.start() == CK_E_AGAIN);
    CHECK(s.ended);
    CHECK(s.process().wait(5000)->words() == ABORT_WORDS);
  }
  SECTION("crash of a thread of the plugin's") {
    PluginSession s({folder.manifest()});
    REQUIRE(s.open(rule("crash_stream")) == CK_OK);
    s.post(ipc::Start{});
    s.until([] { return false; }, 5000);
    CHECK(s.ended);
  }
  SECTION("hang") {
    PluginSession s({folder.manifest()});
    REQUIRE(s.open(rule("hang_start")) == CK_OK);
    REQUIRE(s.ping());
    s.post(ipc::Start{});
    CHECK_FALSE(s.ping(1000));  // a second is the heartbeat's period
    CHECK_FALSE(s.ended);
    s.process().kill();
    s.until([] { return false; }, 5000);
    CHECK(s.ended);
  }
  SECTION("faults on demand, only where they are allowed") {
    PluginSession forbidden({folder.manifest()});
    REQUIRE(forbidden.until_hello());
    forbidden.post(ipc::Fault{ipc::FaultKind::crash});
    CHECK(forbidden.ping());
    CHECK(said(forbidden.misbehaviours, "not allowed"));
    PluginSession s({folder.manifest(), Way::process, {}, {"--allow-faults"}, {}});
    REQUIRE(s.until_hello());
    s.post(ipc::Fault{ipc::FaultKind::flood});
    CHECK(s.ping());
    CHECK(s.log.size() > 100);
    s.post(ipc::Fault{ipc::FaultKind::crash});
    s.until([] { return false; }, 5000);
    CHECK(s.ended);
  }
}

TEST_CASE("a host whose application is gone, or talks nonsense, ends by itself") {
  Folder folder("misbehaving");
  {
    PluginSession s({folder.manifest()});
    REQUIRE(s.open(rule("good")) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    s.channel().close();
    const auto status = s.process().wait(5000);
    REQUIRE(status);
    CHECK(status->words() == "ended normally");
  }
  PluginSession s({folder.manifest()});
  REQUIRE(s.until_hello());
  s.post(ipc::Pong{1});
  s.until([] { return false; }, 5000);
  CHECK_THAT(s.farewell, Catch::Contains("something impossible: Pong is not this peer's to send"));
  CHECK(s.process().wait(5000)->words() == "ended with code 6");
}
