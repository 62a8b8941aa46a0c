#include <catch2/catch.hpp>

#include <algorithm>

#include "devices/ecg_hackeeg/model.hpp"
#include "devices/ecg_hackeeg/protocol.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::devices;
using namespace caukham::devices::hackeeg;

namespace {

constexpr std::int64_t ms = 1'000'000;

Frame some_frame(std::uint32_t n) {
  Frame f{n * 2000, n, 0xC01020, {}};
  for (std::size_t c = 0; c < channels; ++c)
    f.value[c] = static_cast<std::int32_t>(n * 17 + c * 1000) * (c % 2 ? -1 : 1);
  return f;
}

ByteView view(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

// A small loop with a different value at every sample, so that a misplaced sample shows.
EcgSource counting_source() {
  return [](int rate) {
    EcgLoop loop{rate, {}};
    for (int i = 0; i < 997; ++i) {
      EcgLeads l;
      for (std::size_t c = 0; c < ecg_leads; ++c) l[c] = static_cast<float>(i) * 2.0f - 900.0f + static_cast<float>(c);
      loop.samples.push_back(l);
    }
    return loop;
  };
}

// The host's end of the model, in virtual time.
struct Bench {
  Model model{counting_source()};
  Decoder decoder;
  Decoded got;
  std::int64_t now = 5'000 * ms;
  void send(const std::string& text) { model.out(2, view(text), now); }
  void read(std::size_t most = 4096) {
    Bytes bytes;
    while (model.in(0x81, most, now, bytes) == Io::ok) decoder.feed(bytes, got);
  }
  void run(std::int64_t duration_ns, std::int64_t step_ns = 4 * ms, std::size_t most = 4096) {
    for (const auto end = now + duration_ns; now < end;) {
      now += std::min(step_ns, end - now);
      read(most);
    }
  }
  void start(Mode mode, int rate) {
    send(text_command("jsonlines"));
    const int w[] = {reg_config1, config1_for_rate(rate)};
    send(command("wreg", w));
    if (mode == Mode::messagepack) send(command("messagepack"));
    send(command("rdatac"));
    read();
  }
};

}  // namespace

TEST_CASE("a frame must come back from both encodings as it went in") {
  for (auto mode : {Mode::jsonlines, Mode::messagepack}) {
    Frame f = some_frame(123456);
    f.ticks_us = 0xFEDCBA98;
    f.number = 0xFFFFFFFF;
    f.value = {8388607, -8388608, -1, 0, 1, -123456, 654321, 42};
    Decoder d;
    Decoded out;
    d.feed(encode_frame(mode, f), out);
    REQUIRE(out.frames.size() == 1);
    CHECK(out.frames[0] == f);
    CHECK(out.garbage_bytes == 0);
    CHECK(d.pending() == 0);
  }
}

TEST_CASE("a MessagePack frame must have the bytes the firmware writes") {
  const auto bytes = encode_frame(Mode::messagepack, some_frame(1));
  const Bytes head = {0x82, 0xA1, 0x43, 0xCC, 0xC8, 0xA1, 0x44, 0xC4, 35, 0xD0, 0x07, 0, 0, 1, 0, 0, 0, 0xC0, 0x10, 0x20};
  REQUIRE(bytes.size() == 44);
  CHECK(std::equal(head.begin(), head.end(), bytes.begin()));
}

TEST_CASE("frames must come out the same however the stream is cut") {
  for (auto mode : {Mode::jsonlines, Mode::messagepack}) {
    Bytes stream;
    for (std::uint32_t i = 0; i < 50; ++i) {
      const auto f = encode_frame(mode, some_frame(i));
      stream.insert(stream.end(), f.begin(), f.end());
    }
    const std::uint64_t seed = 99;
    INFO("seed " << seed);
    Random random(seed);
    Decoder d;
    Decoded out;
    for (std::size_t at = 0; at < stream.size();) {
      const auto n = std::min<std::size_t>(1 + random.below(90), stream.size() - at);
      d.feed(ByteView(stream).subspan(at, n), out);
      at += n;
    }
    REQUIRE(out.frames.size() == 50);
    for (std::uint32_t i = 0; i < 50; ++i) CHECK(out.frames[i] == some_frame(i));
  }
}

TEST_CASE("replies must be read in text and JSON form and in their place among the frames") {
  Decoder d;
  Decoded out;
  d.feed(view("Ready\r\n406 Error: Unrecognized command.\r\n\r\n"), out);
  d.feed(encode_frame(Mode::messagepack, some_frame(1)), out);
  d.feed(view("{\"STATUS_CODE\":200,\"STATUS_TEXT\":\"Ok\",\"DATA\":146}\r\n"), out);
  d.feed(view("{ \"D\" : \"" + base64_encode(ByteView(encode_frame(Mode::messagepack, some_frame(2))).subspan(9)) +
              "\", \"C\" : 200 }\n"), out);
  REQUIRE(out.replies.size() == 3);
  CHECK(out.replies[0].text == "Ready");
  CHECK(out.replies[1].code == 406);
  CHECK(out.replies[2].code == 200);
  CHECK(out.replies[2].data == 146);
  CHECK(out.frames_before == std::vector<std::size_t>{0, 0, 1});
  REQUIRE(out.frames.size() == 2);
  CHECK(out.frames[1] == some_frame(2));
  CHECK(out.garbage_bytes == 0);
}

TEST_CASE("base64 must follow RFC 4648 and refuse anything else") {
  const std::string plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
  const std::string coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (int i = 0; i < 7; ++i) {
    CHECK(base64_encode(view(plain[i])) == coded[i]);
    const auto back = base64_decode(coded[i]);
    REQUIRE(back);
    CHECK(std::string(back->begin(), back->end()) == plain[i]);
  }
  for (const char* bad : {"Zg", "Zg=", "Z===", "Zh==", "Zm9v!A==", "====", "Zm=v"}) CHECK_FALSE(base64_decode(bad));
}

TEST_CASE("a damaged frame must cost itself only, in both modes") {
  const std::uint64_t seed = 4711;
  INFO("seed " << seed);
  Random random(seed);
  for (auto mode : {Mode::jsonlines, Mode::messagepack})
    for (int round = 0; round < 300; ++round) {
      Bytes stream;
      for (std::uint32_t i = 0; i < 20; ++i) {
        auto f = encode_frame(mode, some_frame(i));
        if (i == 10) {
          if (round % 2)
            f.erase(f.begin() + random.below(static_cast<std::uint32_t>(f.size())));  // a byte is missing
          else
            f[random.below(8)] ^= static_cast<std::uint8_t>(1 + random.below(255));  // the head is damaged
        }
        stream.insert(stream.end(), f.begin(), f.end());
      }
      Decoder d;
      Decoded out;
      d.feed(stream, out);
      CAPTURE(round, out.frames.size());
      // A missing byte makes a MessagePack frame eat the first byte of its neighbour; nothing more may go.
      REQUIRE(out.frames.size() >= 18);
      for (std::uint32_t i = 0; i < 10; ++i) REQUIRE(out.frames[i] == some_frame(i));
      REQUIRE(out.frames.back() == some_frame(19));
    }
}

TEST_CASE("random bytes must never be held without bound nor break the decoder") {
  const std::uint64_t seed = 31337;
  INFO("seed " << seed);
  Random random(seed);
  Decoder d;
  Decoded out;
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(random.below(400));
    const auto flavour = random.below(3);
    for (auto& b : bytes)
      b = static_cast<std::uint8_t>(flavour == 0 ? random.next() : flavour == 1 ? 0x20 + random.below(0x5F)
                                                                               : "{\"C\":200,\"D\"\x82\xA1\n["[random.below(17)]);
    d.feed(bytes, out);
    REQUIRE(d.pending() <= max_frame_bytes);
  }
  const auto before = out.frames.size();
  d.feed(view("\n"), out);
  for (std::uint32_t i = 0; i < 4; ++i) d.feed(encode_frame(Mode::jsonlines, some_frame(i)), out);
  CHECK(out.frames.size() >= before + 3);
}

TEST_CASE("status bits must name the electrodes, and what is not sensed must stay unknown") {
  const std::uint32_t ra = 3u << 4, la = 1u << 12, v1 = 4u << 12;
  CHECK(electrodes(0xC00000 | ra, 0xFF, 0x03) == Electrodes{el_ra, 0x3F7});
  CHECK(electrodes(0xC00000 | la | v1, 0xFF, 0x03) == Electrodes{el_la | el_v1, 0x3F7});
  CHECK(electrodes(0xC00000 | la | ra, 0x01, 0x00) == Electrodes{el_la, el_la});
  CHECK(electrodes(0xCFFFFF, 0, 0) == Electrodes{0, 0});
}

TEST_CASE("continuity must count losses, survive wrapping and tell damage from a restart") {
  const std::uint32_t base_n = 0xFFFFFFF0u, base_t = 0xFFFFF000u;
  const auto at = [&](std::uint32_t i) {
    Frame f = some_frame(0);
    f.number = base_n + i;
    f.ticks_us = base_t + i * 2000;
    return f;
  };
  Continuity c(2000);
  std::vector<Continuity::Accepted> out;
  for (std::uint32_t i = 0; i < 40; ++i) c.push(at(i), out);
  REQUIRE(out.size() == 40);
  CHECK(out[0].discontinuity);
  CHECK_FALSE(out[0].lost_unknown);
  for (std::size_t i = 1; i < 40; ++i) {
    CHECK(out[i].ticks_us == out[0].ticks_us + i * 2000);
    CHECK_FALSE(out[i].discontinuity);
  }
  SECTION("seven frames missing") {
    out.clear();
    c.push(at(47), out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].lost == 7);
    CHECK(out[0].discontinuity);
  }
  SECTION("a damaged number is thrown away and counted as one loss") {
    out.clear();
    Frame bad = at(40);
    bad.number ^= 0x00400000;
    c.push(bad, out);
    CHECK(out.empty());
    c.push(at(41), out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].lost == 1);
    CHECK(c.rejected() == 1);
  }
  SECTION("a clock step keeps every sample and is marked") {
    out.clear();
    for (std::uint32_t i = 40; i < 44; ++i) {
      Frame f = at(i);
      f.ticks_us += 1'000'000;
      c.push(f, out);
    }
    REQUIRE(out.size() == 4);
    CHECK(out[0].discontinuity);
    CHECK(out[0].lost_unknown);
    CHECK_FALSE(out[1].discontinuity);
    CHECK(c.rejected() == 0);
  }
  SECTION("a restarted board begins again with time from zero") {
    out.clear();
    for (std::uint32_t i = 0; i < 3; ++i) c.push(some_frame(i), out);
    REQUIRE(out.size() == 3);
    CHECK(out[0].discontinuity);
    CHECK(out[0].lost_unknown);
    CHECK(out[2].ticks_us - out[0].ticks_us == 4000);
  }
}

TEST_CASE("the model must wake up in text mode, switch, keep registers and answer nonsense") {
  Bench b;
  b.read();
  REQUIRE(b.got.replies.size() == 1);
  CHECK(b.got.replies[0].text == "Ready");
  b.send(command("sdatac"));  // JSON in text mode
  b.send("jsonlines\n");
  const int w[] = {reg_loff_sensp, 0xFF}, r[] = {reg_loff_sensp}, id[] = {reg_id}, far[] = {99};
  b.send(command("wreg", w));
  b.send(command("rreg", r));
  b.send(command("rreg", id));
  b.send(command("rreg", far));
  b.send("not json\n");
  b.send(command("dance"));
  b.send(std::string(5000, 'x') + "\n");
  b.read(7);
  const auto& a = b.got.replies;
  REQUIRE(a.size() == 10);
  CHECK(a[1].code == 406);
  CHECK(a[2].code == 200);
  CHECK(a[3].code == 200);
  CHECK(a[4].data == 0xFF);
  CHECK(a[5].data == id_ads1298);
  CHECK(a[6].code == 500);
  CHECK(a[7].code == 400);
  CHECK(a[8].code == 406);
  CHECK(a[9].code == 400);
}

TEST_CASE("what the model converts must arrive sample by sample at both rates and in both modes") {
  for (auto mode : {Mode::jsonlines, Mode::messagepack})
    for (int rate : {500, 1000}) {
      CAPTURE(static_cast<int>(mode), rate);
      Bench b;
      b.start(mode, rate);
      b.run(2000 * ms, 7 * ms, 63);
      REQUIRE(b.got.frames.size() == static_cast<std::size_t>(2 * rate));
      std::vector<Continuity::Accepted> out;
      Continuity c(static_cast<std::uint32_t>(1'000'000 / rate));
      for (const auto& f : b.got.frames) c.push(f, out);
      for (std::size_t i = 0; i < out.size(); ++i) {
        REQUIRE(out[i].lost == 0);
        for (std::size_t ch = 0; ch < channels; ++ch) REQUIRE(out[i].frame.value[ch] == b.model.truth(i, ch));
      }
      b.send(command("sdatac"));
      b.read();
      CHECK(b.got.replies.back().code == 200);
      CHECK(b.got.frames_before.back() == b.got.frames.size());
      const auto p = b.model.produced();
      REQUIRE(p.size() == 1);
      CHECK(p[0].stream == "ecg");
      CHECK(p[0].samples == static_cast<std::uint64_t>(2 * rate));
      CHECK(p[0].sent == p[0].samples);
      b.run(100 * ms);
      CHECK(b.got.frames.size() == static_cast<std::size_t>(2 * rate));
    }
}

TEST_CASE("a host that vanishes and returns must find the loss in the timestamps, to the sample") {
  Bench b;
  b.start(Mode::messagepack, 500);
  b.run(1001 * ms, 3 * ms, 50);
  b.model.act("host_closed", b.now);
  b.run(777 * ms);
  const auto before = b.got.frames.size();
  CHECK(before >= 499);
  b.decoder.reset();  // a new process knows nothing
  b.send("\n" + command("sdatac"));
  b.read();
  const int w[] = {reg_config1, config1_for_rate(500)};
  b.send(command("wreg", w));
  b.send(command("start"));
  b.send(command("rdatac"));
  b.run(500 * ms);
  b.send(command("sdatac"));
  b.read();
  REQUIRE(b.got.frames.size() > before);
  const auto &last = b.got.frames[before - 1], &first = b.got.frames[before];
  CHECK(first.number == 0);
  REQUIRE((first.ticks_us - last.ticks_us) % 2000 == 0);
  const std::uint64_t lost = (first.ticks_us - last.ticks_us) / 2000 - 1;
  CHECK(lost >= 380);
  const auto p = b.model.produced()[0];
  CHECK(p.sent == b.got.frames.size());
  CHECK(p.samples == b.got.frames.size() + lost);
}

TEST_CASE("a returning host must also be able to join the running stream") {
  Bench b;
  b.start(Mode::jsonlines, 1000);
  b.run(100 * ms);
  b.model.act("host_closed", b.now);
  b.run(50 * ms);
  const auto before = b.got.frames.size();
  b.send("\n");  // opening raises DTR; any byte tells the model the host is there
  b.run(100 * ms);
  REQUIRE(b.got.frames.size() > before + 90);
  CHECK(b.got.frames[before].number - b.got.frames[before - 1].number ==
        (b.got.frames[before].ticks_us - b.got.frames[before - 1].ticks_us) / 1000);
}

TEST_CASE("acts must do at the device what they say") {
  Bench b;
  b.start(Mode::messagepack, 500);
  const int on[] = {reg_config4, 0x02}, p[] = {reg_loff_sensp, 0xFF}, n[] = {reg_loff_sensn, 0x03};
  b.send(command("wreg", on));
  b.send(command("wreg", p));
  b.send(command("wreg", n));
  SECTION("an electrode falls off and is put on again") {
    b.run(20 * ms);
    CHECK(electrodes(b.got.frames.back().status, 0xFF, 3).off == 0);
    CHECK(b.model.act("lead_off LA", b.now));
    b.run(20 * ms);
    CHECK(electrodes(b.got.frames.back().status, 0xFF, 3).off == el_la);
    CHECK(b.got.frames.back().value[0] == 8388607);
    CHECK(b.model.act("lead_on LA", b.now));
    b.run(20 * ms);
    CHECK(electrodes(b.got.frames.back().status, 0xFF, 3).off == 0);
    CHECK_FALSE(b.model.act("lead_off V9", b.now));
  }
  SECTION("a corrupt frame costs one sample") {
    b.run(20 * ms);
    CHECK(b.model.act("corrupt", b.now));
    b.run(20 * ms);
    CHECK(b.got.frames.size() == 19);
    CHECK(b.got.garbage_bytes > 0);
    CHECK(b.model.produced()[0].samples == 20);
  }
  SECTION("a stall loses samples, and the numbers say how many") {
    b.run(20 * ms);
    CHECK(b.model.act("stall", b.now));
    b.run(100 * ms);
    CHECK(b.got.frames.size() == 10);
    CHECK(b.model.act("resume", b.now));
    b.run(20 * ms);
    CHECK(b.got.frames.size() == 20);
    CHECK(b.got.frames[10].number - b.got.frames[9].number == 51);
  }
  SECTION("a clock jump moves time and nothing else") {
    b.run(20 * ms);
    CHECK(b.model.act("clock_jump -300", b.now));
    b.run(20 * ms);
    CHECK(b.got.frames[10].number == b.got.frames[9].number + 1);
    CHECK(b.got.frames[10].ticks_us == b.got.frames[9].ticks_us + 2000 - 300000);
  }
  SECTION("what it does not know it must refuse") {
    CHECK_FALSE(b.model.act("button", b.now));
    CHECK_FALSE(b.model.act("clock_jump x", b.now));
  }
}

TEST_CASE("the model must be named as simulated and must not buffer for ever") {
  Bench b;
  CHECK(b.model.identity().product == "HackEEG ADS1298 SIMULATED");
  CHECK(b.model.identity().serial.starts_with("SIM"));
  CHECK(Model(counting_source(), "7").identity().serial == "SIM-7");
  b.start(Mode::messagepack, 1000);
  b.now += 60'000 * ms;  // nobody read for a minute
  b.read();
  CHECK(b.got.frames.size() == 2000);
}
