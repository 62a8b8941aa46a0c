#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/i18n.hpp"
#include "core/words.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::core;

namespace {
struct English {
  ~English() { set_language("en", ""); }
};
}  // namespace

TEST_CASE("words must be Vietnamese when asked for, without any system locale") {
  const English restore;
  REQUIRE(tr("unplugged") == "unplugged");
  REQUIRE(set_language("vi", locale_folder()));
  REQUIRE(language() == "vi");
  REQUIRE(tr("unplugged") == "thiết bị bị rút ra");
  REQUIRE(tr("no such words") == "no such words");
  REQUIRE(tr("") == "");
  REQUIRE(set_language("en", locale_folder()));
  REQUIRE(tr("unplugged") == "unplugged");
}

TEST_CASE("a number must be written as the chosen language writes it") {
  const English restore;
  REQUIRE(decimal(3.44, 1) == "3.4");
  REQUIRE(decimal(1e300, 0).size() == 301);
  set_language("vi", locale_folder());
  REQUIRE(decimal(0.4, 1) == "0,4");
  REQUIRE(decimal(-1234.567, 2) == "-1234,57");
  REQUIRE(decimal(172, 0) == "172");
}

TEST_CASE("a missing or broken catalogue must leave English") {
  const English restore;
  REQUIRE_FALSE(set_language("vi", "/nowhere/at/all"));
  REQUIRE(tr("unplugged") == "unplugged");
  const caukham::tests::TestFolder own("words");
  const auto& folder = own.path;
  std::filesystem::create_directories(folder / "vi" / "LC_MESSAGES");
  std::ofstream(folder / "vi" / "LC_MESSAGES" / "caukham.mo") << "this is not a catalogue, at all, at all, at all";
  REQUIRE_FALSE(set_language("vi", folder.string()));
  REQUIRE(tr("unplugged") == "unplugged");
}

TEST_CASE("states and reasons must be told apart, in files in English and on the screen in Vietnamese") {
  const English restore;
  std::set<std::string> states, reasons, vietnamese;
  for (const auto state : {DeviceState::opening, DeviceState::live, DeviceState::restarting, DeviceState::unplugged,
                           DeviceState::paused, DeviceState::failed})
    states.insert(text_of(state));
  CHECK(states.size() == 6);
  CHECK(states.count("") == 0);
  REQUIRE(set_language("vi", locale_folder()));
  for (const char* reason : {gap_reason::crashed, gap_reason::hung, gap_reason::flooded, gap_reason::overused,
                             gap_reason::lied, gap_reason::restarted, gap_reason::unplugged, gap_reason::paused, gap_reason::pool_full,
                             gap_reason::device, gap_reason::clock, gap_reason::on_the_way, gap_reason::recorder_late,
                             gap_reason::disk_full, gap_reason::disk_error}) {
    CAPTURE(reason);
    reasons.insert(reason);
    CHECK(tr(reason) != reason);
    vietnamese.insert(tr(reason));
  }
  CHECK(reasons.size() == 15);
  CHECK(vietnamese.size() == 15);
}

TEST_CASE("the electrodes of a mask must be named in the order of its bits") {
  CHECK(electrodes_text(0).empty());
  CHECK(electrodes_text(1) == "RA");
  CHECK(electrodes_text(0x2 | 0x40 | 0x200) == "LA V3 V6");
  CHECK(electrodes_text(0xffffffff) == "RA LA LL RL V1 V2 V3 V4 V5 V6");
}

TEST_CASE("places must be filled once, from left to right") {
  REQUIRE(tr("{0} of {1}", "a", "b") == "a of b");
  REQUIRE(tr("{1}{0}{1}", "a", "b") == "bab");
  REQUIRE(tr("{0}", "{0}") == "{0}");
  REQUIRE(tr("{0} {1}", "{1}", "x") == "{1} x");
  REQUIRE(tr("{0} {1} {", "a") == "a {1} {");
  REQUIRE(tr("{", "a") == "{");
}

TEST_CASE("changing the language must not disturb others who translate") {
  const English restore;
  const auto folder = locale_folder();
  std::vector<std::thread> readers;
  std::atomic<int> odd{0};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      for (int n = 0; n < 2000; ++n) {
        const auto word = tr("unplugged");
        if (word != "unplugged" && word != "thiết bị bị rút ra") ++odd;
      }
    });
  for (int n = 0; n < 20; ++n) set_language(n % 2 ? "en" : "vi", folder);
  for (auto& reader : readers) reader.join();
  REQUIRE(odd == 0);
}
