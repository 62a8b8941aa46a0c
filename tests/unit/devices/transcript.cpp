// A transcript with moments: what a recording of a device is made of.
#include <catch2/catch.hpp>

#include "devices/transcript/model.hpp"

using namespace caukham::devices;
using transcript::Model;

namespace {

constexpr std::int64_t ms = 1'000'000;

const char* const recorded = R"(link usb
vid 1209
pid 0002
open
at 5 ms
< 81: 01
> 02: AA
at 10 ms
< 81: 02
< 81: 03
at 20.5 ms
< 81: 04
at 100 ms
< 81: 05
> 02: BB
quiet
)";

Bytes at(Model& model, std::int64_t now_ns) {
  Bytes all, one;
  while (model.in(0x81, 64, now_ns, one) == Io::ok) all.insert(all.end(), one.begin(), one.end());
  return all;
}

void write(Model& model, std::uint8_t byte, std::int64_t now_ns) {
  REQUIRE(model.out(0x02, std::vector<std::uint8_t>{byte}, now_ns) == Io::ok);
}

}  // namespace

TEST_CASE("what a transcript times must come at its time and once") {
  Model model(recorded);
  REQUIRE(model.act("host_opened", 0));
  CHECK(at(model, 4 * ms).empty());
  CHECK(model.next_due_ns(0x81, 4 * ms) == 5 * ms);
  CHECK(at(model, 5 * ms) == Bytes{1});
  CHECK(at(model, 1000 * ms).empty());
  write(model, 0xAA, 1000 * ms);
  CHECK(at(model, 1009 * ms).empty());
  CHECK(at(model, 1010 * ms) == Bytes{2, 3});
  CHECK(at(model, 1020 * ms).empty());
  CHECK(model.next_due_ns(0x81, 1020 * ms) == 1020 * ms + ms / 2);
  CHECK(at(model, 1021 * ms) == Bytes{4});
  CHECK(at(model, 5000 * ms) == Bytes{5});
}

TEST_CASE("what was under way must still come when the plugin asks for something else, and nothing later") {
  Model model(recorded);
  REQUIRE(model.act("host_opened", 0));
  write(model, 0xAA, 0);  // 1 is under way
  write(model, 0xBB, 15 * ms);  // so is 4, and not 5
  CHECK(at(model, 15 * ms) == Bytes{1, 2, 3, 4});
  CHECK(at(model, 5000 * ms).empty());
  write(model, 0xAA, 6000 * ms);  // from the beginning
  CHECK(at(model, 6010 * ms) == Bytes{2, 3});
  REQUIRE(model.act("host_closed", 6011 * ms));
  CHECK(at(model, 9000 * ms).empty());
}

TEST_CASE("openings must be answered in turn, and the last for ever") {
  Model model("link serial\nopen\n< 01\nopen\n< 02\n");
  for (const std::uint8_t expected : {1, 2, 2}) {
    REQUIRE(model.act("host_opened", 0));
    Bytes got;
    REQUIRE(model.in(0, 64, 0, got) == Io::ok);
    CHECK(got == Bytes{expected});
    REQUIRE(model.act("host_closed", 0));
  }
}

TEST_CASE("a moment that cannot be must be refused with its line") {
  for (const char* bad : {"open\nat\n", "open\nat 5\n", "open\nat -1 ms\n", "open\nat nan ms\n", "open\nat 3600001 ms\n",
                          "open\nat 5 s\n", "open\nat 5 ms\n< 01\nat 4 ms\n", "at 5 ms\n< 01\n"}) {
    INFO(bad);
    CHECK_THROWS_WITH(Model(bad), Catch::StartsWith("line "));
  }
}
