// Faults on demand at the device's side of the wire: what a plugin makes of each, and that it goes on afterwards. The
// plugin's side and the whole station are faults_cli_test.py's.
#include <catch2/catch.hpp>

#include "devices/transcript/model.hpp"
#include "ipc/faults.hpp"
#include "lib/plugin_session.hpp"
#include "virtualbus/bus.hpp"

using namespace caukham;

TEST_CASE("a fault is a word of the vocabulary with an argument in its range, or nothing") {
  REQUIRE(ipc::parse_fault("LEAD_OFF LA"));
  CHECK(ipc::act_of(*ipc::parse_fault("LEAD_OFF LA")) == "lead_off LA");
  CHECK(ipc::act_of(*ipc::parse_fault("CLOCK_JUMP -250")) == "clock_jump -250");
  CHECK(ipc::parse_fault("FLOOD")->side == ipc::FaultSide::device);
  CHECK(ipc::parse_fault("FLOOD plugin")->side == ipc::FaultSide::plugin);
  CHECK(ipc::parse_fault("HANG")->side == ipc::FaultSide::plugin);
  for (const char* bad : {"", "stall", "STALL 3", "LEAD_OFF", "LEAD_OFF XX", "SLOW", "SLOW 0", "SLOW 101", "SLOW 3x",
                          "CLOCK_JUMP", "CLOCK_JUMP 99999999999999", "FLOOD device", " STALL", "CRASH ", "UNPLUG now"}) {
    INFO(bad);
    CHECK_FALSE(ipc::parse_fault(bad));
  }
  for (const auto& word : ipc::fault_words()) {
    const std::string given = std::string(word.argument) == "ELECTRODE" ? " V6"
                              : std::string(word.argument) == "N"       ? " 2"
                              : std::string(word.argument) == "MS"      ? " 10"
                              : *word.argument                          ? std::string(" ") + word.argument
                                                                        : "";
    INFO(word.name);
    CHECK(ipc::parse_fault(word.name + given));
  }
}

TEST_CASE("every simulated device fails as asked and delivers again afterwards") {
  virtualbus::Bus bus({SIMULATOR, {"--devices", "ecg,spirometer,otoscope"}, nullptr});
  const auto act = [&](const char* device, const char* fault) {
    const auto f = ipc::parse_fault(fault);
    REQUIRE(f);
    return bus.act(device, ipc::act_of(*f));
  };
  CHECK_FALSE(act("spirometer", "LEAD_OFF LA"));  // it has no electrodes, and says so
  CHECK_FALSE(act("otoscope", "CLOCK_JUMP 100"));
  for (const auto& [plugin, device] :
       {std::pair{"ecg_hackeeg", "ecg"}, {"spirometer_vernier", "spirometer"}, {"otoscope_useeplus", "otoscope"}}) {
    const ck_endpoint endpoint = bus.plug(device);
    tests::PluginSession s({std::string(PLUGINS) + "/" + plugin + "/manifest.json", tests::Way::process, bus.open(device), {}, {}});
    REQUIRE(s.open(endpoint) == CK_OK);
    REQUIRE(s.start() == CK_OK);
    const auto goes_on = [&] {
      const auto before = s.samples();
      return s.until([&] { return s.samples() >= before + 10; }, 15000);
    };
    const auto lost = [&] { return s.streams.begin()->second.lost; };
    const auto disconts = [&] { return s.streams.begin()->second.disconts; };
    const std::string name = device;
    REQUIRE(goes_on());
    for (const char* fault : {"CORRUPT", "SLOW 3", "STALL", "FLOOD", "LIE"}) {
      INFO(device << " " << fault);
      const auto lost_before = lost();
      const auto disconts_before = disconts();
      s.events.clear();
      REQUIRE(act(device, fault));
      if (std::string(fault) == "STALL") {
        // A scope's halted endpoint is cleared by the plugin itself; the others fall silent, and somebody is told.
        if (name != "otoscope") CHECK(s.until([&] { return s.saw(CK_EVENT_WARNING); }, 10000));
        REQUIRE(act(device, "RESUME"));
      }
      if (std::string(fault) == "SLOW 3") {
        CHECK(s.until([&] { return lost() >= lost_before + 4; }, 15000));  // counted, not hidden
        REQUIRE(act(device, "SLOW 1"));
      }
      CHECK(goes_on());
      if (std::string(fault) == "CORRUPT" && name != "otoscope") {
        CHECK(s.until([&] { return disconts() > disconts_before; }, 10000));
        CHECK(lost() > lost_before);
      }
    }
    if (name == "ecg") {
      REQUIRE(act(device, "LEAD_OFF LA"));
      CHECK(s.until([&] { return s.saw(CK_EVENT_ELECTRODES) && (s.events.back().value[0] & 2) != 0; }, 5000));
      const auto before = disconts();
      REQUIRE(act(device, "CLOCK_JUMP 5000"));
      CHECK(s.until([&] { return disconts() > before; }, 10000));
      CHECK(goes_on());
    }
    bus.unplug(device);
    CHECK(s.until([&] { return s.saw(CK_EVENT_GONE); }, 10000));
    s.stop();
    CHECK(s.close());
    CHECK(s.quit() == 0);
    CHECK(s.misbehaviours.empty());
    CHECK(s.lies.empty());  // whatever the device said, only what can be left the plugin's host
  }
}

TEST_CASE("a plugin host told to lie is found out at its first word") {
  virtualbus::Bus bus({SIMULATOR, {"--devices", "ecg"}, nullptr});
  const ck_endpoint endpoint = bus.plug("ecg");
  tests::PluginSession s({std::string(PLUGINS) + "/ecg_hackeeg/manifest.json", tests::Way::process, bus.open("ecg"), {"--allow-faults"}, {}});
  REQUIRE(s.open(endpoint) == CK_OK);
  REQUIRE(s.start() == CK_OK);
  s.post(ipc::Fault{ipc::FaultKind::lie});
  CHECK(s.until([&] { return !s.lies.empty(); }, 5000));
}

TEST_CASE("a transcript answers, repeats on its grid, counts and ends; a bad one is refused with its line") {
  using devices::transcript::Model;
  Model m("link serial\nvid 1209\npid 00aa\nproduct Foo\n> 53 ??\n< 4F 4B\nevery 10 ms\n< A5 n8 sum8\n> 58\nquiet\n< 4E\n");
  CHECK(m.identity().vid == 0x1209);
  CHECK(m.identity().product == "Foo SIMULATED");
  CHECK(m.identity().serial.starts_with("SIM"));
  devices::Bytes got;
  const std::uint8_t start[] = {0x00, 0x53, 0x07}, stop[] = {0x58};
  constexpr std::int64_t ms = 1'000'000;
  CHECK(m.out(0, devices::ByteView(start, 2), 0) == devices::Io::ok);  // half of it
  CHECK(m.in(0, 64, 0, got) == devices::Io::later);
  CHECK(m.out(0, devices::ByteView(start + 2, 1), 0) == devices::Io::ok);
  CHECK(m.in(0, 64, 25 * ms, got) == devices::Io::ok);
  CHECK(got == devices::Bytes{0x4F, 0x4B, 0xA5, 0x00, 0xA5, 0xA5, 0x01, 0xA6});
  CHECK(m.next_due_ns(0, 25 * ms) == 30 * ms);
  CHECK(m.in(0, 2, 31 * ms, got) == devices::Io::ok);  // a read smaller than a line takes a part of it
  CHECK(got == devices::Bytes{0xA5, 0x02});
  m.out(0, stop, 32 * ms);
  CHECK(m.in(0, 64, 99 * ms, got) == devices::Io::ok);
  CHECK(got == devices::Bytes{0xA7, 0x4E});
  CHECK(m.in(0, 64, 999 * ms, got) == devices::Io::later);
  for (const auto& [text, words] : std::initializer_list<std::pair<const char*, const char*>>{
           {"< 41", "line 1: an answer needs"}, {"\nlink radio", "line 2: a link is"}, {"> 4", "line 1: \"4\" is neither"},
           {"> 41\nevery 0 ms", "line 2: a period"}, {"> 41\nevery 5 ms", "needs lines to send"}, {"> n8", "bytes or ??"},
           {"> 41\n< ??", "cannot be ??"}, {"vid 12345", "hexadecimal"}, {"dance", "\"dance\" is not known"}})
    CHECK_THROWS_WITH(Model(text), Catch::Contains(words));
}
