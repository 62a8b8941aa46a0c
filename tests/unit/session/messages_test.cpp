#include <catch2/catch.hpp>
#include <random>

#include "session/messages.hpp"
#include "session/pace.hpp"

using namespace caukham::session;

namespace {
template <typename T> T control(const std::string& text) {
  Control out;
  std::string why;
  INFO(text);
  const bool good = parse_control(text, out, why);
  INFO(why);
  REQUIRE(good);
  REQUIRE(std::holds_alternative<T>(out));
  return std::get<T>(out);
}
template <typename T> T signal(const std::string& text) {
  Signal out;
  std::string why;
  INFO(text);
  REQUIRE(parse_signal(text, out, why));
  REQUIRE(std::holds_alternative<T>(out));
  return std::get<T>(out);
}
bool malformed(const std::string& text) {
  Control out;
  std::string why;
  return !parse_control(text, out, why) && !why.empty();
}
bool bad_signal(const std::string& text) {
  Signal out;
  std::string why;
  return !parse_signal(text, out, why) && !why.empty();
}
}  // namespace

TEST_CASE("what the protocol says a console may signal must be understood") {
  const auto knock = signal<Knock>(
      R"({"v":1,"type":"knock","secret":"abc","name":" Dr Trần ","organisation":"Huế","lang":"vi"})");
  CHECK(knock.secret == "abc");
  CHECK(knock.name == "Dr Trần");
  CHECK(signal<Knock>(R"({"v":1,"type":"knock","code":"012345","name":"x"})").code == "012345");
  CHECK(signal<Resume>(R"({"v":1,"type":"resume","token":"t"})").token == "t");
  CHECK(signal<Candidate>(
            R"({"type":"candidate","candidate":"candidate:1 1 udp 1 1.2.3.4 5 typ host","mid":"0"})")
            .mid == "0");
  CHECK(signal<Pong>(R"({"type":"pong","t":123456789012345})").t == 123456789012345);
  CHECK(signal<Unknown>(R"({"type":"dance"})").type == "dance");
}

TEST_CASE("a malformed signal must be refused with a reason") {
  for (const char* text :
       {"", "{", "[]", "7", "null", R"({"type":7})", R"({"v":1,"type":"knock","secret":"a"})",
        R"({"v":2,"type":"knock","secret":"a","name":"x"})",
        R"({"v":1,"type":"knock","code":"12345","name":"x"})",
        R"({"v":1,"type":"knock","code":"12345a","name":"x"})",
        R"({"v":1,"type":"knock","code":"123456","name":"\u202e"})",
        R"({"v":1,"type":"knock","secret":["a"],"name":"x"})", R"({"type":"pong","t":-1})",
        R"({"type":"pong","t":1.5})", R"({"type":"pong","t":1e300})", R"({"type":"answer"})",
        R"({"type":"answer","sdp":"v=0\u0000"})"}) {
    INFO(text);
    CHECK(bad_signal(text));
  }
  CHECK(bad_signal(R"({"v":1,"type":"knock","secret":"a","name":")" + std::string(81, 'x') + "\"}"));
}

TEST_CASE("what the protocol says a console may ask must be understood") {
  const auto have = control<Have>(
      R"({"type":"have","streams":[{"id":3,"next":17},{"id":4,"next":0}],"stills":[{"number":1,"next":4096}]})");
  REQUIRE(have.streams.size() == 2);
  CHECK(have.streams[0] == std::pair<StreamNumber, std::uint64_t>{3, 17});
  CHECK(have.stills.at(0).second == 4096);
  CHECK(control<Have>(R"({"type":"have","streams":[]})").streams.empty());
  const auto pointer =
      control<Pointer>(R"({"type":"pointer","stream":2,"x":0.25,"y":1,"visible":true,"frame_time_ns":5})");
  CHECK(pointer.x == 0.25);
  CHECK(pointer.visible);
  const auto ask = control<CaptureAsk>(
      R"({"type":"ask_capture","id":"a1","stream":2,"kind":"still","side":"left","text":"ear drum"})");
  CHECK(ask.side == "left");
  CHECK(ask.text == "ear drum");
  CHECK(control<CaptureAsk>(R"({"type":"ask_capture","id":"a1","stream":2,"kind":"ecg"})").side.empty());
  CHECK(control<Advice>(
            R"({"type":"advice","id":"1","finding":"f","conclusion":"c","next_step":"n","urgency":"soon"})")
            .urgency == "soon");
  CHECK(control<ChatLine>(R"({"type":"chat","text":" Chào chị\nđợi tôi "})").text == "Chào chị\nđợi tôi");
  CHECK(control<TimeAnswer>(R"({"type":"time","t0":5,"t1":123456.789})").t1 == 123456);
  CHECK(control<Got>(R"({"type":"got","bytes":1048576})").bytes == 1048576);
  const auto digest = control<DigestReport>(
      R"({"type":"digest","stream":1,"records":2,"samples":3,"digest":")" + std::string(64, 'a') + "\"}");
  CHECK(digest.samples == 3);
}

TEST_CASE("a malformed control message must be refused with a reason") {
  for (const char* text :
       {R"({"type":"pointer","stream":2,"x":1.01,"y":0,"visible":true})",
        R"({"type":"pointer","stream":2,"x":"0","y":0,"visible":true})",
        R"({"type":"pointer","stream":-2,"x":0,"y":0,"visible":true})",
        R"({"type":"pointer","stream":4294967296,"x":0,"y":0,"visible":true})",
        R"({"type":"pointer","stream":2,"x":0,"y":0,"visible":1})", R"({"type":"have","streams":{}})",
        R"({"type":"have","streams":[7]})", R"({"type":"have","streams":[{"id":1}]})",
        R"({"type":"ask_capture","id":"a b","stream":1,"kind":"still"})",
        R"({"type":"ask_capture","id":"a","stream":1,"kind":"surgery"})",
        R"({"type":"ask_capture","id":"a","stream":1,"kind":"still","side":"up"})",
        R"({"type":"advice","id":"1","finding":"f","conclusion":"c","next_step":"n","urgency":"whenever"})",
        R"({"type":"digest","stream":1,"records":2,"samples":3,"digest":"AA"})",
        R"({"type":"chat","text":"  "})", R"({"type":"chat"})", R"({"type":"time","t0":5,"t1":null})",
        "\xff\xfe", R"({"type":"chat","text":"\ud800"})"}) {
    INFO(text);
    CHECK(malformed(text));
  }
  CHECK(malformed(R"({"type":"chat","text":")" + std::string(2001, 'x') + "\"}"));
  CHECK(malformed(R"({"type":"x","text":")" + std::string(max_control_bytes, 'x') + "\"}"));
  CHECK(malformed(R"({"type":"x","a":)" + std::string(65, '[') + std::string(65, ']') + "}"));
  std::string streams;
  for (int i = 0; i < 257; ++i) streams += std::string(i ? "," : "") + R"({"id":1,"next":0})";
  CHECK(malformed(R"({"type":"have","streams":[)" + streams + "]}"));
  CHECK(malformed(std::string(10000, '[')));
}

TEST_CASE("text that turns the line around or hides must lose those characters") {
  CHECK(control<ChatLine>("{\"type\":\"chat\",\"text\":\"a\\u202eb\\u0007c\\u2066d\"}").text == "abcd");
  CHECK(signal<Knock>(R"({"v":1,"type":"knock","secret":"s","name":"An\nB"})").name == "AnB");
}

TEST_CASE("2000 Vietnamese characters must fit although they are more bytes") {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "ậ";
  CHECK(control<ChatLine>("{\"type\":\"chat\",\"text\":\"" + text + "\"}").text.size() == 6000);
}

TEST_CASE("damaged messages must never do more than be refused") {
  std::mt19937 random(7);
  const std::string good[] = {
      R"({"type":"have","streams":[{"id":3,"next":17}]})",
      R"({"type":"drawn","stream":1,"time_ns":5,"console_ns":6})",
      R"({"type":"advice","id":"1","finding":"f","conclusion":"c","next_step":"n","urgency":"soon"})"};
  std::size_t refused = 0;
  for (int i = 0; i < 30000; ++i) {
    auto text = good[random() % 3];
    for (unsigned k = 0; k <= random() % 4; ++k) text[random() % text.size()] = static_cast<char>(random());
    if (i % 3 == 0) text.resize(random() % text.size());
    Control out;
    Signal signal_out;
    std::string why;
    refused += parse_control(text, out, why) ? 0 : 1;
    parse_signal(text, signal_out, why);
  }
  CHECK(refused > 20000);
}

TEST_CASE("a bucket must let a burst through and then only its rate") {
  TokenBucket bucket(60, 120);
  int passed = 0;
  for (int i = 0; i < 1000; ++i) passed += bucket.take(0);
  CHECK(passed == 120);
  passed = 0;
  for (int i = 1; i <= 1000; ++i) passed += bucket.take(i * 10'000'000LL);
  CHECK(passed == 600);
}

TEST_CASE("the console's clock must be taken from the probe that waited least") {
  ConsoleClock clock;
  CHECK_FALSE(clock.known());
  const std::int64_t offset = 5'000'000'000, ms = 1'000'000;
  CHECK(clock.probe(0, offset + 190 * ms, 200 * ms));      // the answer waited: 90 ms wrong
  CHECK(clock.probe(1000 * ms, offset + 1020 * ms, 1040 * ms));  // even ways
  CHECK(clock.probe(2000 * ms, offset + 2010 * ms, 2300 * ms));
  CHECK(clock.to_station_ns(offset + 3000 * ms) == 3000 * ms);
  CHECK(clock.round_ns() == 40 * ms);
  CHECK_FALSE(clock.probe(10, 0, 5));
  for (int i = 0; i < 16; ++i)
    clock.probe(0, offset + 60 * ms, 100 * ms);  // the good one has fallen out of the window
  CHECK(clock.round_ns() == 100 * ms);
}
