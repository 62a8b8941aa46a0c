// The two plugins' own libraries against the models, in virtual time.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "devices/ecg_hackeeg/model.hpp"
#include "devices/spirometer_vernier/model.hpp"
#include "fake_host.hpp"

using namespace caukham;
using test::FakeHost;

namespace {

constexpr std::int64_t ms = 1'000'000;

devices::EcgSource counting_source() {
  return [](int rate) {
    devices::EcgLoop loop{rate, {}};
    for (int i = 0; i < 997; ++i) {
      devices::EcgLeads l;
      for (std::size_t c = 0; c < l.size(); ++c) l[c] = static_cast<float>(i) * 2.0f - 900.0f + static_cast<float>(c);
      loop.samples.push_back(l);
    }
    return loop;
  };
}

ck_stream_info stream_info(const ck_device* d) {
  ck_stream_info info{};
  info.size = sizeof info;
  REQUIRE(d->stream_count(d) == 1);
  REQUIRE(d->stream_info(d, 0, &info) == CK_OK);
  return info;
}

void set_param(const ck_device* d, const std::string& name, double value) {
  const auto* params = static_cast<const ck_device_params*>(d->get_extension(d, CK_EXT_PARAMS));
  REQUIRE(params);
  for (std::uint32_t i = 0; i < params->count(d); ++i) {
    ck_param_info info{};
    info.size = sizeof info;
    REQUIRE(params->info(d, i, &info) == CK_OK);
    if (info.name != name) continue;
    REQUIRE(params->set(d, info.id, value) == CK_OK);
    double back = 0;
    REQUIRE(params->get(d, info.id, &back) == CK_OK);
    REQUIRE(back == value);
    REQUIRE(params->set(d, info.id, 12345) == CK_E_INVALID);
    return;
  }
  FAIL("no parameter " << name);
}

std::uint64_t sum(const std::vector<test::Chunk>& chunks, bool lost) {
  std::uint64_t n = 0;
  for (const auto& c : chunks) n += lost ? c.header.lost : c.header.count;
  return n;
}

void stop_and_close(FakeHost& host, const ck_device* d) {
  host.run_free();
  REQUIRE(d->stop(d) == CK_OK);
  d->close(d);
}

}  // namespace

TEST_CASE("the ECG plugin must deliver every sample the board sent, with values, ticks and times") {
  for (int mode : {0, 1})
    for (int rate : {500, 1000}) {
      CAPTURE(mode, rate);
      devices::hackeeg::Model model(counting_source());
      FakeHost host(ECG_PLUGIN, model);
      REQUIRE(host.entry().probe(&host.endpoint()) > 0);
      const auto* d = host.open_device();
      REQUIRE(d);
      const auto boot_ns = 77'000 * ms;
      set_param(d, "rate_hz", rate);
      set_param(d, "mode", mode);
      set_param(d, "gain", 4);
      const auto info = stream_info(d);
      CHECK(info.rate_hz == rate);
      CHECK(info.channels == 8);
      CHECK(std::string(info.labels[2]) == "V1");
      CHECK(info.scale == Approx(2.4e6 / (4 * 8388607.0)));
      host.run_free();
      REQUIRE(d->start(d) == CK_OK);
      host.run(3007 * ms);
      stop_and_close(host, d);
      const auto chunks = host.chunks();
      REQUIRE(chunks.size() > 100);
      CHECK(sum(chunks, true) == 0);
      CHECK(sum(chunks, false) == model.produced()[0].samples);
      CHECK(model.produced()[0].sent == model.produced()[0].samples);
      CHECK(chunks[0].header.flags == CK_CHUNK_DISCONT);
      std::int32_t last = 0;
      for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto& h = chunks[i].header;
        if (i > 0) {
          REQUIRE(h.flags == 0);
          const auto& before = chunks[i - 1].header;
          REQUIRE(h.device_ticks - before.device_ticks == before.count * 1'000'000u / static_cast<unsigned>(rate));
        }
        if (i + 1 < chunks.size()) REQUIRE(h.count == static_cast<unsigned>(rate / 50));
        const auto sensed_ns = boot_ns + static_cast<std::int64_t>(h.device_ticks) * 1000;
        REQUIRE(std::abs(h.time_ns - sensed_ns) < 5 * ms);
        for (std::size_t k = 0; k < h.count; ++k) {  // the source rises by 2 µV a sample, once in 997 it starts anew
          const auto v = chunks[i].values[k * 8];
          if (i + k > 0) REQUIRE((v == last + 28 || v == last + 27 || v < last));
          REQUIRE(chunks[i].values[k * 8 + 7] > v);
          last = v;
        }
      }
    }
}

TEST_CASE("after a plugin died the new one must show the loss in the ticks, to the sample") {
  devices::hackeeg::Model model(counting_source());
  FakeHost host(ECG_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(1000 * ms);
  host.set_gone(true);  // the process is no more
  REQUIRE(d->stop(d) == CK_OK);
  CHECK(host.events(CK_EVENT_GONE).size() == 1);
  d->close(d);
  const auto first = host.chunks();
  REQUIRE(sum(first, false) > 400);
  host.set_gone(false);
  host.run_free();
  d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(1000 * ms);
  stop_and_close(host, d);
  const auto all = host.chunks();
  const auto &before = all[first.size() - 1].header, &after = all[first.size()].header;
  CHECK(after.flags == CK_CHUNK_DISCONT);
  const auto lost = (after.device_ticks - before.device_ticks) / 2000 - before.count;
  CHECK((after.device_ticks - before.device_ticks) % 2000 == 0);
  CHECK(lost > 0);
  CHECK(sum(all, false) + lost == model.produced()[0].samples);
}

TEST_CASE("the ECG plugin must count what is lost on the line and in the pool") {
  devices::hackeeg::Model model(counting_source());
  FakeHost host(ECG_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(500 * ms);
  std::uint64_t expected = 0;
  SECTION("a damaged frame") {
    host.act("corrupt");
    expected = 1;
  }
  SECTION("a stalled board, and the person is told") {
    host.act("stall");
    host.run(3000 * ms);
    host.act("resume");
    host.run(100 * ms);
    CHECK(host.events(CK_EVENT_WARNING).size() == 1);
    expected = 1500;
  }
  SECTION("a full pool") {
    host.refuse_slots(3);
    expected = 30;
  }
  host.run(500 * ms);
  stop_and_close(host, d);
  const auto chunks = host.chunks();
  CHECK(sum(chunks, true) == expected);
  CHECK(sum(chunks, false) + expected == model.produced()[0].samples);
  for (std::size_t i = 1; i < chunks.size(); ++i)
    CHECK((chunks[i].header.flags == CK_CHUNK_DISCONT) == (chunks[i].header.lost > 0));
}

TEST_CASE("a jump of the board's clock must lose no sample and be marked") {
  devices::hackeeg::Model model(counting_source());
  FakeHost host(ECG_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(500 * ms);
  const auto jump_ns = host.now();
  host.act("clock_jump -5000");
  host.run(500 * ms);
  stop_and_close(host, d);
  const auto chunks = host.chunks();
  CHECK(sum(chunks, false) == model.produced()[0].samples);
  int marked = 0;
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    CHECK(chunks[i].header.lost == 0);
    CHECK(chunks[i].header.time_ns > chunks[i - 1].header.time_ns);
    if (!chunks[i].header.flags) continue;
    ++marked;
    CHECK(chunks[i].header.flags == (CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN));
    CHECK(std::abs(chunks[i].header.time_ns - jump_ns) < 25 * ms);
  }
  CHECK(marked == 1);
}

TEST_CASE("electrodes must be reported when they change, with what cannot be known left unknown") {
  devices::hackeeg::Model model(counting_source());
  FakeHost host(ECG_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(300 * ms);
  host.act("lead_off V3");
  host.run(300 * ms);
  host.act("lead_on V3");
  host.run(300 * ms);
  stop_and_close(host, d);
  const auto events = host.events(CK_EVENT_ELECTRODES);
  REQUIRE(events.size() == 3);
  CHECK(events[0].value[0] == 0);
  CHECK(events[1].value[0] == 1 << 6);
  CHECK(events[2].value[0] == 0);
  for (const auto& e : events) CHECK(e.value[1] == 0x3F7);  // all but RL
}

TEST_CASE("the ECG plugin must open a board that another program left streaming, and refuse what is not one") {
  devices::hackeeg::Model model(counting_source());
  FakeHost host(ECG_PLUGIN, model);
  const auto tell = [&](const std::string& s) {
    model.out(2, {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}, host.now());
  };
  tell("messagepack\n");
  tell(devices::hackeeg::command("rdatac"));
  tell("{\"COMMAND\":\"wr");  // it died in the middle of a word
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(200 * ms);
  stop_and_close(host, d);
  CHECK(sum(host.chunks(), false) >= 100);
  CHECK(sum(host.chunks(), true) == 0);

  devices::vernier::Model other;  // speaks something else
  FakeHost wrong(ECG_PLUGIN, other);
  ck_result r = CK_OK;
  CHECK(wrong.open_device(&r) == nullptr);
  CHECK(r == CK_E_PROTOCOL);
  CHECK(wrong.log_text().find("unplug it") != std::string::npos);
  CHECK(wrong.entry().probe(&wrong.endpoint()) == 0);
}

TEST_CASE("the spirometer plugin must deliver every sample and the blow's volume") {
  devices::WfCurve curve;
  for (int i = 0; i <= 400; ++i) curve.values.push_back(5.0 * (1 - std::exp(-i / 60.0)));
  devices::vernier::Model model({curve});
  FakeHost host(SPIROMETER_PLUGIN, model);
  REQUIRE(host.entry().probe(&host.endpoint()) > 0);
  const auto* d = host.open_device();
  REQUIRE(d);
  const auto info = stream_info(d);
  CHECK(info.rate_hz == 100);
  CHECK(info.scale == 1e-5);
  CHECK(std::string(info.unit) == "L/s");
  CHECK(info.digital_max == 1'600'000);
  REQUIRE(host.events(CK_EVENT_BATTERY).size() == 1);
  REQUIRE(d->start(d) == CK_OK);
  host.run(1000 * ms);
  REQUIRE(host.act("blow"));
  host.run(8000 * ms);
  stop_and_close(host, d);
  const auto chunks = host.chunks();
  CHECK(sum(chunks, false) == model.produced()[0].samples);
  CHECK(sum(chunks, true) == 0);
  double v = 0, lowest = 0, highest = 0;
  std::int64_t last_ns = 0;
  for (const auto& c : chunks) {
    CHECK(c.header.count <= 5);
    CHECK(c.header.time_ns > last_ns);
    last_ns = c.header.time_ns;
    for (auto q : c.values) {
      v += q * info.scale * 0.01;
      lowest = std::min(lowest, v);
      highest = std::max(highest, v - lowest);
    }
  }
  CHECK(highest == Approx(curve.values.back()).margin(0.55));  // quiet breathing may add its half litre
  CHECK(highest >= curve.values.back() - 1e-3);
}

TEST_CASE("the spirometer plugin must count losses, also those longer than the packet counter") {
  devices::vernier::Model model;
  FakeHost host(SPIROMETER_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(1000 * ms);
  std::uint64_t expected = 0;
  SECTION("a damaged report") {
    host.act("corrupt");
    expected = 2;
  }
  SECTION("ten seconds of stall are two turns of the counter") {
    host.act("stall");
    host.run(10'000 * ms);
    host.act("resume");
    CHECK(host.events(CK_EVENT_WARNING).size() == 1);
    expected = 1000;
  }
  SECTION("a full pool") {
    host.refuse_slots(2);
    expected = 8;
  }
  host.run(1000 * ms);
  stop_and_close(host, d);
  const auto chunks = host.chunks();
  CHECK(sum(chunks, true) >= expected);
  CHECK(sum(chunks, true) <= expected + 2);
  CHECK(sum(chunks, false) + sum(chunks, true) == model.produced()[0].samples);
}

TEST_CASE("after a spirometer plugin died the times must tell the loss to the sample") {
  devices::vernier::Model model;
  FakeHost host(SPIROMETER_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(2000 * ms);
  host.set_gone(true);
  REQUIRE(d->stop(d) == CK_OK);
  d->close(d);
  const auto first = host.chunks();
  host.set_gone(false);
  host.run_free();
  d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(2000 * ms);
  stop_and_close(host, d);
  const auto all = host.chunks();
  const auto &before = all[first.size() - 1].header, &after = all[first.size()].header;
  const double gap = static_cast<double>(after.time_ns - before.time_ns) / 10e6 - before.count;
  const auto lost = static_cast<std::uint64_t>(std::llround(gap));
  CHECK(sum(all, false) + lost == model.produced()[0].samples);
}

TEST_CASE("an unplugged spirometer must be reported and must still stop and close") {
  devices::vernier::Model model;
  FakeHost host(SPIROMETER_PLUGIN, model);
  const auto* d = host.open_device();
  REQUIRE(d);
  REQUIRE(d->start(d) == CK_OK);
  host.run(500 * ms);
  host.set_gone(true);
  REQUIRE(d->stop(d) == CK_OK);
  CHECK(host.events(CK_EVENT_GONE).size() == 1);
  d->close(d);
  ck_result r = CK_OK;
  CHECK(host.open_device(&r) == nullptr);
  CHECK(r == CK_E_GONE);
}
