// What is believed of a peer's messages, and what is not.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "ipc/messages.hpp"
#include "ipc/streams.hpp"
#include "ipc/validate.hpp"

using namespace caukham::ipc;

namespace {

ck_stream_info ecg() {
  ck_stream_info s{};
  s.size = sizeof s;
  s.id = 2;
  s.kind = CK_STREAM_WAVEFORM;
  s.format = CK_FORMAT_I32;
  s.channels = 8;
  s.rate_hz = 500;
  s.scale = 0.1;
  s.digital_min = -8388608;
  s.digital_max = 8388607;
  put_text(s.name, "ecg");
  put_text(s.unit, "uV");
  return s;
}
ck_chunk chunk(std::uint64_t seq = 0) {
  ck_chunk c{};
  c.size = sizeof c;
  c.stream = 2;
  c.seq = seq;
  c.count = 10;
  c.bytes = 10 * 8 * 4;
  return c;
}
ck_event button() {
  ck_event e{};
  e.size = sizeof e;
  e.kind = CK_EVENT_BUTTON;
  e.stream = UINT32_MAX;
  return e;
}
ck_param_info rate() {
  ck_param_info p{};
  p.size = sizeof p;
  p.minimum = 250;
  p.maximum = 1000;
  put_text(p.name, "rate_hz");
  put_text(p.label, "Rate");
  return p;
}
ck_endpoint endpoint() {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = CK_LINK_USB;
  return e;
}

// One good message of every type, with its sender.
std::vector<std::pair<Message, From>> all_good() {
  Hello hello{1, 0, 42, 0, "vn.caukham.test", "1"};
  Param param{rate(), 500};
  return {{hello, From::plugin_host},
          {Farewell{"no"}, From::plugin_host},
          {Open{endpoint()}, From::application},
          {Opened{CK_OK, 1, 0, ""}, From::plugin_host},
          {Stream{ecg()}, From::plugin_host},
          {param, From::plugin_host},
          {Configure{1}, From::application},
          {Configured{CK_OK}, From::plugin_host},
          {Start{}, From::application},
          {Started{CK_E_GONE}, From::plugin_host},
          {Stop{}, From::application},
          {Stopped{CK_OK}, From::plugin_host},
          {Close{}, From::application},
          {Closed{}, From::plugin_host},
          {Quit{}, From::application},
          {ChunkReady{chunk(), 3, 0}, From::plugin_host},
          {SlotFree{3}, From::application},
          {EventReady{button()}, From::plugin_host},
          {Log{CK_LOG_INFO, "x"}, From::plugin_host},
          {ParamGet{1}, From::application},
          {ParamSet{1, 0, 2.5}, From::application},
          {ParamAnswer{1, CK_OK, 2.5}, From::plugin_host},
          {Ping{5}, From::application},
          {Pong{5}, From::plugin_host},
          {Fault{FaultKind::crash}, From::application}};
}
From other(From f) { return f == From::application ? From::plugin_host : From::application; }

bool refused(const Message& m, From from = From::plugin_host) {
  std::string why;
  const bool none = !decode(encode(m), from, why);
  CHECK(none == !why.empty());
  return none;
}

}  // namespace

TEST_CASE("every message survives the way, and only from the side whose it is") {
  for (const auto& [message, from] : all_good()) {
    INFO(name_of(message));
    std::string why;
    const auto wire = encode(message);
    const auto back = decode(wire, from, why);
    INFO(why);
    REQUIRE(back);
    CHECK(back->index() == message.index());
    CHECK(encode(*back) == wire);
    CHECK_FALSE(decode(wire, other(from), why));
    CHECK(why.find("not this peer's to send") != std::string::npos);
  }
  CHECK(all_good().size() == std::variant_size_v<Message>);
}

TEST_CASE("a message cut short, made longer or with a wrong length is refused") {
  for (const auto& [message, from] : all_good()) {
    auto wire = encode(message);
    std::string why;
    for (std::size_t n = 0; n < wire.size(); ++n) CHECK_FALSE(decode(std::span(wire).first(n), from, why));
    wire.push_back(std::byte{0});
    CHECK_FALSE(decode(wire, from, why));
    const std::uint32_t claimed = static_cast<std::uint32_t>(wire.size());
    std::memcpy(wire.data(), &claimed, 4);  // the head agrees now, the body does not
    CHECK_FALSE(decode(wire, from, why));
    CHECK(why.find("wrong size") != std::string::npos);
  }
}

TEST_CASE("numbers out of range and text without an end are refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto s = ecg();
  SECTION("stream id") { s.id = CK_MAX_STREAMS; }
  SECTION("no channels") { s.channels = 0; }
  SECTION("too many channels") { s.channels = CK_MAX_CHANNELS + 1; }
  SECTION("rate not a number") { s.rate_hz = nan; }
  SECTION("rate 0") { s.rate_hz = 0; }
  SECTION("scale 0") { s.scale = 0; }
  SECTION("scale infinite") { s.scale = HUGE_VAL; }
  SECTION("unknown format") { s.format = 99; }
  SECTION("picture format for a waveform") { s.format = CK_FORMAT_MJPEG; }
  SECTION("unknown kind") { s.kind = 0; }
  SECTION("digital range") { s.digital_max = 8388608; }
  SECTION("label without end") { std::memset(s.labels[7], 'x', sizeof s.labels[7]); }
  SECTION("size") { s.size = 400; }
  CHECK(refused(Stream{s}));
}

TEST_CASE("events, parameters, results and faults out of range are refused") {
  auto e = button();
  e.kind = last_event_kind + 1;
  CHECK(refused(EventReady{e}));
  e = button();
  std::memset(e.text, 'x', sizeof e.text);
  CHECK(refused(EventReady{e}));
  auto p = rate();
  p.value_count = CK_MAX_VALUES + 1;
  CHECK(refused(Param{p, 1}));
  p = rate();
  p.maximum = 1;
  CHECK(refused(Param{p, 1}));
  CHECK(refused(Param{rate(), HUGE_VAL}));
  CHECK(refused(Opened{CK_OK, CK_MAX_STREAMS + 1, 0, ""}));
  CHECK(refused(Opened{CK_OK, 0, 0, ""}));
  CHECK(refused(Started{5}));
  CHECK(refused(Log{9, ""}));
  CHECK(refused(Fault{static_cast<FaultKind>(9)}, From::application));
  CHECK(refused(ParamSet{1, 0, HUGE_VAL}, From::application));
}

TEST_CASE("a chunk must multiply out, belong to an announced stream and follow on") {
  StreamTable table;
  REQUIRE(table.add(ecg()) == nullptr);
  CHECK(table.add(ecg()) != nullptr);
  CHECK(table.accept(chunk(0)) == nullptr);
  CHECK(table.accept(chunk(1)) == nullptr);
  CHECK(table.accept(chunk(3)) != nullptr);
  auto c = chunk(2);
  c.bytes -= 4;
  CHECK(table.accept(c) != nullptr);
  c = chunk(2);
  c.count = 0x20000000;  // times 8 channels times 4 bytes is 0 in 32 bits
  c.bytes = 0;
  CHECK(table.accept(c) != nullptr);
  c = chunk(2);
  c.stream = 3;
  CHECK(table.accept(c) != nullptr);
  c.stream = 0xFFFFFFFF;
  CHECK(table.accept(c) != nullptr);
  CHECK(table.accept(chunk(2)) == nullptr);
  table.restart();
  CHECK(table.accept(chunk(0)) == nullptr);
}

TEST_CASE("random bytes never decode into something invalid") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string why;
  const auto good = all_good();
  int passed = 0;
  for (int i = 0; i < 30000; ++i) {
    std::vector<std::byte> wire;
    const auto& [message, from] = good[random() % good.size()];
    if (i % 3 == 0) {
      wire.resize(random() % 600);
      for (auto& b : wire) b = static_cast<std::byte>(random());
      const std::uint32_t head[2] = {static_cast<std::uint32_t>(wire.size()),
                                     static_cast<std::uint32_t>(random() % 28)};
      if (wire.size() >= 8) std::memcpy(wire.data(), head, 8);
    } else {  // a good message with some bytes changed behind its head
      wire = encode(message);
      for (unsigned n = random() % 6; n > 0 && wire.size() > 8; --n)
        wire[8 + random() % (wire.size() - 8)] = static_cast<std::byte>(random());
    }
    if (const auto back = decode(wire, from, why)) {
      ++passed;
      CHECK(encode(*back) == wire);
      if (const auto* s = std::get_if<Stream>(&*back)) REQUIRE(wrong_with(s->info) == nullptr);
      if (const auto* l = std::get_if<Log>(&*back)) REQUIRE(std::memchr(l->text, 0, text_size) != nullptr);
    }
  }
  CHECK(passed > 0);
}

TEST_CASE("text of a peer is made presentable and cut at character boundaries") {
  CHECK(clean_text(std::string_view("a\0b", 3)) == "a");
  CHECK(clean_text("c\xE1\xBA\xA7u \xFF\xC0\x80\x1b[m\xED\xA0\x80") == "c\xE1\xBA\xA7u ????[m???");
  char small[5];
  put_text(small, "ab\xE1\xBA\xA7");
  CHECK(std::string(small) == "ab");
  put_text(small, "a\xE1\xBA\xA7");
  CHECK(std::string(small) == "a\xE1\xBA\xA7");
}
