#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "devices/signals/random.hpp"
#include "devices/spirometer_vernier/model.hpp"
#include "devices/spirometer_vernier/protocol.hpp"

using namespace caukham::devices;
using namespace caukham::devices::vernier;

namespace {

constexpr std::int64_t ms = 1'000'000;

Bytes hex(std::string_view text) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 3)
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return out;
}

// The host's end of the model, in virtual time.
struct Bench {
  Model model;
  Commander commander;
  Joiner joiner;
  std::vector<Response> responses;
  std::vector<double> flow;
  std::vector<Measurement> measurements;
  int damaged = 0;
  std::int64_t now = 1000 * ms;

  explicit Bench(std::vector<WfCurve> curves = {}) : model(std::move(curves)) {}
  void send(const Bytes& packet) {
    for (const auto& r : to_reports(packet)) model.out(0x02, r, now);
    read();
  }
  void read() {
    Bytes report;
    std::vector<Bytes> packets;
    while (model.in(0x81, 64, now, report) == Io::ok) joiner.feed(report, packets);
    for (const auto& p : packets) {
      const auto parsed = parse_packet(p);
      if (!parsed) ++damaged;
      else if (auto* r = std::get_if<Response>(&*parsed)) responses.push_back(*r);
      else if (auto* m = std::get_if<Measurement>(&*parsed)) {
        measurements.push_back(*m);
        for (double v : m->of(1)) flow.push_back(v);
      }
    }
  }
  void run(std::int64_t duration_ns, std::int64_t step_ns = 8 * ms) {
    for (const auto end = now + duration_ns; now < end;) {
      now += std::min(step_ns, end - now);
      read();
    }
  }
};

}  // namespace

TEST_CASE("commands must be the bytes computed from the vendor's code") {
  Commander c;
  CHECK(c.init() == hex("58 19 fe 3f 1a a5 4a 06 49 07 48 08 47 09 46 0a 45 0b 44 0c 43 0d 42 0e 41"));
  CHECK(c.simple(cmd_status) == hex("58 05 fd 6a 10"));
  CHECK(c.simple(cmd_device_info) == hex("58 05 fc ae 55"));
  CHECK(c.simple(cmd_sensor_mask) == hex("58 05 fb a9 51"));
  CHECK(c.sensor_info(1) == hex("58 06 fa a9 50 01"));
  c.simple(cmd_default_mask);
  CHECK(c.period(5000) == hex("58 0f f8 14 1b ff 00 88 13 00 00 00 00 00 00"));
  CHECK(c.start(2) == hex("58 13 f7 7c 18 ff 01 02 00 00 00 00 00 00 00 00 00 00 00"));
  CHECK(c.stop() == hex("58 0b f6 6d 19 ff 00 ff ff ff ff"));
  for (int i = 0; i < 0xF6; ++i) c.simple(cmd_status);
  CHECK(c.last_counter() == 0);
  c.simple(cmd_status);
  CHECK(c.last_counter() == 0xFF);
  CHECK(c.init()[2] == 0xFE);
}

TEST_CASE("packets of every length must survive being cut into reports and joined again") {
  Joiner joiner;
  for (std::size_t n = 6; n <= 255; ++n) {
    Bytes packet(n);
    for (std::size_t i = 0; i < n; ++i) packet[i] = static_cast<std::uint8_t>(i);
    packet[0] = packet_command;
    packet[1] = static_cast<std::uint8_t>(n);
    std::vector<Bytes> packets;
    for (const auto& r : to_reports(packet)) joiner.feed(r, packets);
    REQUIRE(packets.size() == 1);
    REQUIRE(packets[0] == packet);
  }
  CHECK(joiner.garbage() == 0);
}

TEST_CASE("a lost report must not cost more than the packet it belonged to") {
  Joiner joiner;
  std::vector<Bytes> packets;
  const auto info = to_reports(encode_response(cmd_sensor_info, 9, Bytes(148, 7)));
  REQUIRE(info.size() == 3);
  joiner.feed(info[0], packets);  // the other two got lost
  const auto m = encode_measurement(1, 2, {1.5f, 2.5f}, 2);
  joiner.feed(to_reports(m)[0], packets);
  REQUIRE(packets.size() == 1);
  CHECK(packets[0] == m);
  Report bad{};
  bad[0] = 200;
  joiner.feed(bad, packets);
  CHECK(joiner.garbage() == 2);
  joiner.feed(to_reports(m)[0], packets);
  CHECK(packets.size() == 2);
}

TEST_CASE("measurements of all types must give their values by sensor") {
  const auto parse = [](Bytes p) {
    p[1] = static_cast<std::uint8_t>(p.size());
    const auto parsed = parse_packet(p);
    REQUIRE(parsed);
    return std::get<Measurement>(*parsed);
  };
  const auto two = parse(encode_measurement(7, 0x06, {1, 10, 2, 20, 3, 30}, 3));
  CHECK(two.counter == 7);
  CHECK(two.of(1) == std::vector<double>{1, 2, 3});
  CHECK(two.of(2) == std::vector<double>{10, 20, 30});
  CHECK(two.of(3).empty());
  CHECK(parse(hex("20 00 00 00 07 02 00 00 00 01 00 00 00 c0 3f")).of(1) == std::vector<double>{1.5});
  CHECK(parse(hex("20 00 00 00 08 00 01 01 00 00 c0 3f")).of(1) == std::vector<double>{1.5});
  CHECK(parse(hex("20 00 00 00 0a 00 05 01 00 00 c0 3f")).of(5) == std::vector<double>{1.5});
  CHECK(parse(hex("20 00 00 00 09 00 01 02 fe ff ff ff 07 00 00 00")).of(1) == std::vector<double>{-2, 7});
  CHECK(std::get<Notice>(*parse_packet(hex("20 05 00 00 0d"))).type == 0x0D);
}

TEST_CASE("truncated, oversized and non-finite packets must be refused") {
  const auto good = encode_measurement(7, 0x06, {1, 10, 2, 20}, 2);
  for (std::size_t n = 0; n < good.size(); ++n) {
    Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE(parse_packet(cut));
    if (n > 1) {
      cut[1] = static_cast<std::uint8_t>(n);
      CHECK_FALSE(parse_packet(cut));
    }
  }
  CHECK_FALSE(parse_packet(encode_measurement(1, 2, {NAN}, 1)));
  CHECK_FALSE(parse_packet(encode_measurement(1, 2, {INFINITY}, 1)));
  CHECK_FALSE(parse_packet(hex("20 08 00 00 08 00 40 01")));
  CHECK_FALSE(parse_packet(hex("20 06 00 00 55 00")));
}

TEST_CASE("random reports must never break joiner and parser") {
  const std::uint64_t seed = 8086;
  INFO("seed " << seed);
  Random random(seed);
  Joiner joiner;
  std::size_t parsed = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes report(random.below(70));
    for (auto& b : report) b = static_cast<std::uint8_t>(random.next());
    if (!report.empty() && i % 2) report[0] = static_cast<std::uint8_t>(random.below(66));
    if (report.size() > 5 && i % 3) {
      report[1] = 0x20;
      report[5] = static_cast<std::uint8_t>(random.below(16));
    }
    std::vector<Bytes> packets;
    joiner.feed(report, packets);
    for (const auto& p : packets) {
      REQUIRE(p.size() <= 255);
      if (const auto x = parse_packet(p)) {
        ++parsed;
        if (auto* m = std::get_if<Measurement>(&*x)) REQUIRE(m->values.size() <= 64);
        if (auto* r = std::get_if<Response>(&*x)) {
          (void)parse_sensor_info(r->data);
          (void)parse_device_info(r->data);
          (void)parse_status(r->data);
        }
      }
    }
  }
  CHECK(parsed > 0);
}

TEST_CASE("sensor, device and status information must come back as it went out") {
  SensorInfo s;
  s.number = 3;
  s.id = 77;
  s.description = "Flow Rate";
  s.unit = "L/s";
  s.minimum = -16;
  s.max_period_us = 1ull << 40;
  s.typical_period_us = 10000;
  s.exclusion_mask = 4;
  const auto bytes = encode_sensor_info(s);
  CHECK(bytes.size() == 148);
  const auto back = parse_sensor_info(bytes);
  REQUIRE(back);
  CHECK(back->description == "Flow Rate");
  CHECK(back->minimum == -16);
  CHECK(back->max_period_us == 1ull << 40);
  CHECK(back->exclusion_mask == 4);
  CHECK_FALSE(parse_sensor_info(ByteView(bytes).subspan(1)));
  const auto d = parse_device_info(encode_device_info({"GDX-SPR", "0K1", "name", "what it is"}));
  REQUIRE(d);
  CHECK(d->serial == "0K1");
  CHECK(d->description == "what it is");
  const auto st = parse_status(encode_status({0, 55, 1, ""}));
  REQUIRE(st);
  CHECK(st->battery_percent == 55);
  CHECK(st->firmware == "1.2.3");
  CHECK_FALSE(parse_status(Bytes(11)));
  CHECK_FALSE(parse_mask(Bytes(3)));
}

TEST_CASE("the flow channel must be found by unit and name, not by number") {
  SensorInfo volume, other, flow;
  volume.unit = "L";
  other.unit = "L/s";
  other.description = "Leak";
  flow.unit = "L/s";
  flow.description = "Flow Rate";
  flow.number = 9;
  CHECK(find_flow({volume}) == nullptr);
  const std::vector<SensorInfo> list = {volume, other, flow};
  CHECK(find_flow(list)->number == 9);
  flow.sampling_mode = 1;
  CHECK(find_flow({flow}) == nullptr);
}

TEST_CASE("missing packets must be counted up, down, over a wrap and over whole turns") {
  for (int direction : {1, -1}) {
    PacketCounter c;
    std::uint8_t n = 250;
    const auto step = [&](int by) { return n = static_cast<std::uint8_t>(n + direction * by); };
    for (int i = 0; i < 20; ++i) CHECK(c.missing(step(1), 1) == 0);
    CHECK(c.missing(step(4), 4) == 3);
    CHECK(c.missing(step(1), 1) == 0);
    CHECK(c.missing(step(300), 300.4) == 299);
    CHECK(c.missing(step(1), 90.0) == 0);  // late is not lost
  }
  PacketCounter constant;
  for (int i = 0; i < 20; ++i) CHECK(constant.missing(0, 1) == 0);
}

TEST_CASE("a wrong checksum must count only for a device that keeps checksums") {
  auto good = encode_measurement(1, 2, {1}, 1), bad = good;
  bad[10] ^= 1;
  ChecksumTrust never, keeps;
  for (int i = 0; i < 20; ++i) CHECK(never.accept(bad));
  for (int i = 0; i < 8; ++i) CHECK(keeps.accept(good));
  CHECK_FALSE(keeps.accept(bad));
  CHECK(keeps.accept(good));
  CHECK(keeps.rejected() == 1);
}

TEST_CASE("the model must let itself be discovered and stream on its grid") {
  Bench b;
  b.send(b.commander.init());
  b.send(b.commander.simple(cmd_sensor_mask));
  REQUIRE(b.responses.size() == 2);
  CHECK(b.responses[1].counter == b.commander.last_counter());
  CHECK(parse_mask(b.responses[1].data) == 6u);
  std::vector<SensorInfo> found;
  for (std::uint8_t n : {1, 2}) {
    b.send(b.commander.sensor_info(n));
    found.push_back(parse_sensor_info(b.responses.back().data).value());
  }
  const auto* flow = find_flow(found);
  REQUIRE(flow);
  CHECK(flow->number == 1);
  CHECK(flow->typical_period_us == 10000);
  b.send(b.commander.period(10000));
  b.send(b.commander.start(2));
  b.run(3210 * ms);
  b.send(b.commander.stop());
  CHECK(b.flow.size() == 321);
  CHECK(b.responses.back().command == cmd_stop);
  b.run(100 * ms);
  CHECK(b.flow.size() == 321);
  const auto p = b.model.produced();
  REQUIRE(p.size() == 1);
  CHECK(p[0].stream == "flow");
  CHECK(p[0].samples == 321);
  CHECK(p[0].sent == 321);
}

TEST_CASE("a blow must come through the wire with its curve's volume") {
  WfCurve curve;
  for (int i = 0; i <= 300; ++i) curve.values.push_back(5.0 * (1 - std::exp(-i / 60.0)));
  Bench b({curve, curve});
  b.send(b.commander.start(6));
  b.run(100 * ms);
  CHECK(b.model.act("blow 2", b.now));
  const auto from = b.flow.size();
  b.run(7000 * ms);
  double peak = 0, v = 0, highest = 0, lowest = 0;
  for (std::size_t i = from; i < from + 620; ++i) {
    peak = std::max(peak, b.flow[i]);
    v += b.flow[i] * 0.01;
    lowest = std::min(lowest, v);
    highest = std::max(highest, v - lowest);
  }
  CHECK(peak == Approx(5.0 * (1 - std::exp(-1 / 60.0)) * 100).epsilon(1e-4));
  CHECK(highest == Approx(curve.values.back()).margin(1e-3));
  CHECK_FALSE(b.model.act("blow 3", b.now));
  CHECK_FALSE(b.model.act("blow x", b.now));
  CHECK_FALSE(b.model.act("lead_off LA", b.now));
}

TEST_CASE("a stall must show as a gap of the packet counter, to the sample") {
  Bench b;
  b.send(b.commander.start(2));
  b.run(1000 * ms);
  b.model.act("stall", b.now);
  b.run(1000 * ms);
  b.model.act("resume", b.now);
  b.run(1000 * ms);
  b.send(b.commander.stop());
  PacketCounter counter;
  std::uint64_t lost = 0;
  for (const auto& m : b.measurements) lost += 2 * counter.missing(m.counter, 1);
  CHECK(lost == 100);
  CHECK(b.flow.size() + lost == b.model.produced()[0].samples);
}

TEST_CASE("a returning host must find the samples of its absence counted") {
  Bench b;
  b.send(b.commander.start(2));
  b.run(1005 * ms);
  b.model.act("host_closed", b.now);
  b.run(2000 * ms);
  b.joiner.reset();
  b.send(b.commander.init());
  b.send(b.commander.stop());
  b.send(b.commander.period(10000));
  b.send(b.commander.start(2));
  b.run(1000 * ms);
  b.send(b.commander.stop());
  const auto p = b.model.produced()[0];
  CHECK(p.sent == b.flow.size());
  CHECK(p.samples >= p.sent + 199);
  CHECK(p.samples <= p.sent + 201);
}

TEST_CASE("a damaged report must cost its packet and no more") {
  Bench b;
  b.send(b.commander.start(2));
  b.run(500 * ms);
  const auto before = b.flow.size();
  b.model.act("corrupt", b.now);
  b.run(500 * ms);
  CHECK(b.joiner.garbage() == 1);
  CHECK(b.flow.size() == before + 48);
}

TEST_CASE("the model's USB descriptors must be those of a HID device with two endpoints") {
  Model m;
  CHECK(m.identity().product == "GDX-SPR SIMULATED");
  const auto d = m.descriptors();
  REQUIRE(d.size() == 18 + 41);
  CHECK(d[8] == 0xF7);
  CHECK(d[9] == 0x08);
  CHECK(d[18 + 2] == 41);
  std::size_t at = 18, interfaces = 0, endpoints = 0, hid = 0;
  while (at < d.size()) {
    REQUIRE(d[at] >= 2);
    interfaces += d[at + 1] == 4 && d[at + 5] == 3;
    endpoints += d[at + 1] == 5;
    hid += d[at + 1] == 0x21 && d[at + 7] == Model::report_descriptor().size();
    at += d[at];
  }
  CHECK(at == d.size());
  CHECK(interfaces == 1);
  CHECK(endpoints == 2);
  CHECK(hid == 1);
  Bytes reply;
  CHECK(m.control({0x81, 6, 0x2200, 0, 256}, {}, reply, 0) == Io::ok);
  CHECK(reply == Model::report_descriptor());
  CHECK(m.control({0x80, 6, 0x0303, 0x409, 255}, {}, reply, 0) == Io::ok);
  CHECK(reply.size() == 2 + 2 * m.identity().serial.size());
  CHECK(m.control({0x21, 0x0A, 0, 0, 0}, {}, reply, 0) == Io::ok);
  CHECK(m.control({0xC0, 0x77, 0, 0, 8}, {}, reply, 0) == Io::stall);
  // The report descriptor adds up to 64 bytes each way.
  const auto r = Model::report_descriptor();
  CHECK(std::count(r.begin(), r.end(), 0x40) == 1);
  CHECK(r.back() == 0xC0);
}
