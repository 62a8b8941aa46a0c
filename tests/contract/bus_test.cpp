// The virtual bus and the transport's back ends by themselves: time-outs, cancelling, unplugging, and peers
// that lie.
#include <catch2/catch.hpp>

#include <cstring>
#include <deque>
#include <random>
#include <thread>

#include "ipc/messages.hpp"
#include "pluginhost/transport/hid_reports.hpp"
#include "pluginhost/transport/virtual.hpp"
#include "virtualbus/bus.hpp"
#include "virtualbus/server.hpp"

using namespace caukham;

namespace {

// Gives back on 0x81 what was written to 0x02; 0x82 delivers a picture of a mebibyte.
class Echo final : public devices::DeviceModel {
 public:
  const devices::Identity& identity() const override { return identity_; }
  devices::Bytes descriptors() const override { return {}; }
  devices::Io control(const devices::Setup& s, devices::ByteView, devices::Bytes& reply,
                      std::int64_t) override {
    if (s.request != 7) return devices::Io::stall;
    reply = {1, 2, 3, 4};
    return devices::Io::ok;
  }
  devices::Io out(std::uint8_t, devices::ByteView bytes, std::int64_t) override {
    kept_.emplace_back(bytes.begin(), bytes.end());
    return devices::Io::ok;
  }
  devices::Io in(std::uint8_t endpoint, std::size_t, std::int64_t, devices::Bytes& bytes) override {
    if (endpoint == 0x82) return bytes.assign(CK_TRANSPORT_MAX_READ, 7), devices::Io::ok;
    if (kept_.empty()) return devices::Io::later;
    bytes = kept_.front();
    kept_.pop_front();
    return devices::Io::ok;
  }
  std::int64_t next_due_ns(std::uint8_t, std::int64_t now) const override {
    return kept_.empty() ? now + 60'000'000'000 : now;
  }
  bool act(std::string_view act, std::int64_t) override { return act == "button"; }
  std::vector<devices::Produced> produced() const override { return {{"echo", 5, 4}}; }

 private:
  devices::Identity identity_{1, 2, "m", "p SIMULATED", "SIM-1", devices::Link::usb};
  std::deque<devices::Bytes> kept_;
};

// A server on a thread with two echoes, "a" and "b".
class Station {
 public:
  Station() {
    auto [ours, theirs] = ipc::Channel::pair();
    thread_ = std::thread([control = std::make_shared<ipc::Channel>(std::move(theirs))] {
      std::vector<virtualbus::NamedModel> models;
      models.push_back({"a", std::make_unique<Echo>()});
      models.push_back({"b", std::make_unique<Echo>()});
      virtualbus::Server(std::move(models)).run(std::move(*control));
    });
    bus = std::make_unique<virtualbus::Bus>(std::move(ours));
  }
  ~Station() {
    bus.reset();
    thread_.join();
  }
  std::unique_ptr<virtualbus::Bus> bus;

 private:
  std::thread thread_;
};

std::unique_ptr<pluginhost::PortBackend> port_on(pluginhost::VirtualLink& link) {
  ck_endpoint e{};
  return pluginhost::open_virtual(link, e).port;
}

}  // namespace

TEST_CASE("the bus tells its devices, plugs, acts and counts, and refuses in words") {
  Station s;
  CHECK(s.bus->devices() == std::vector<std::string>{"a", "b"});
  CHECK(s.bus->endpoints().empty());
  CHECK_THROWS_WITH(s.bus->plug("c"), Catch::Contains("no simulated device called \"c\""));
  CHECK_THROWS_WITH(s.bus->open("a"), Catch::Contains("a is not plugged in"));
  const ck_endpoint e = s.bus->plug("a");
  CHECK(ipc::text_of(e.path) == "sim:a");
  CHECK(e.flags == (CK_ENDPOINT_SIMULATED | CK_ENDPOINT_VIRTUAL));
  CHECK_THROWS_WITH(s.bus->plug("a"), Catch::Contains("plugged in already"));
  CHECK(s.bus->endpoints().size() == 1);
  CHECK(s.bus->act("a", "button"));
  CHECK_FALSE(s.bus->act("a", "dance"));
  const auto stats = s.bus->stats("sim:a");
  REQUIRE(stats.size() == 1);
  CHECK(stats[0].stream == "echo");
  CHECK(stats[0].samples == 5);
  CHECK(stats[0].sent == 4);
  s.bus->unplug("a");
  CHECK_THROWS_WITH(s.bus->unplug("a"), Catch::Contains("not plugged in"));
  CHECK(s.bus->endpoints().empty());
}

TEST_CASE("a virtual port reads, writes, times out, cancels and carries a mebibyte") {
  Station s;
  s.bus->plug("a");
  pluginhost::VirtualLink link(s.bus->open("a"));
  const auto port = port_on(link);
  REQUIRE(port);
  std::vector<std::uint8_t> data(CK_TRANSPORT_MAX_READ);
  CHECK(port->read(0x81, {data.data(), 64}, 5) == CK_E_AGAIN);
  const std::uint8_t hello[] = {'h', 'i'};
  CHECK(port->write(0x02, hello, 100) == 2);
  CHECK(port->read(0x81, {data.data(), 64}, 1000) == 2);
  CHECK(data[1] == 'i');
  CHECK(port->control({0xC0, 7, 0, 0}, {data.data(), 3}, 100) == 3);
  CHECK(data[2] == 3);
  CHECK(port->control({0xC0, 8, 0, 0}, {data.data(), 3}, 100) == CK_E_STALL);
  CHECK(port->read(0x82, data, 1000) == static_cast<ck_result>(data.size()));
  CHECK(data.back() == 7);

  // A write completes while a read waits, and what it brings is what the read gets.
  std::thread writer([&] { port->write(0x02, hello, 1000); });
  CHECK(port->read(0x81, {data.data(), 64}, 10000) == 2);
  writer.join();

  std::thread canceller([&] { port->cancel(true); });
  CHECK(port->read(0x81, {data.data(), 64}, 10000) == CK_E_AGAIN);
  canceller.join();
  CHECK(port->read(0x82, data, 10000) == CK_E_AGAIN);  // later ones too
  port->cancel(false);
  CHECK(port->read(0x82, data, 10000) > 0);
}

TEST_CASE("unplugging ends a running read, and a new link cuts the old one") {
  Station s;
  s.bus->plug("a");
  std::uint8_t data[64];
  {
    pluginhost::VirtualLink link(s.bus->open("a"));
    const auto port = port_on(link);
    std::thread unplugger([&] { s.bus->unplug("a"); });
    CHECK(port->read(0x81, data, 10000) == CK_E_GONE);
    unplugger.join();
    s.bus->plug("a");
    CHECK(port->read(0x81, data, 100) == CK_E_GONE);  // it is another plug-in: this link stays dead
  }
  pluginhost::VirtualLink first(s.bus->open("a"));
  const auto port = port_on(first);
  pluginhost::VirtualLink second(s.bus->open("a"));
  CHECK(port->read(0x81, data, 10000) == CK_E_GONE);
  CHECK(port_on(second)->read(0x81, data, 5) == CK_E_AGAIN);
}

TEST_CASE("a plugin host that lies loses its link, and nobody else notices") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Station s;
  s.bus->plug("a");
  s.bus->plug("b");
  pluginhost::VirtualLink good(s.bus->open("b"));
  const auto port = port_on(good);
  const std::uint8_t byte[] = {1};
  for (int i = 0; i < 200; ++i) {
    ipc::Channel liar = s.bus->open("a");
    std::vector<std::byte> message(1 + random() % 200);
    for (auto& b : message) b = static_cast<std::byte>(random());
    if (i % 2 == 0 && message.size() >= 8) {  // a right size and op, nonsense behind
      const std::uint32_t head[2] = {sizeof(ipc::BusRequest), static_cast<std::uint32_t>(random() % 10)};
      std::memcpy(message.data(), head, sizeof head);
    }
    for (int n = 0; n < 3; ++n) liar.send(message);
    std::uint8_t back[8];
    REQUIRE(port->write(0x02, byte, 1000) == 1);
    REQUIRE(port->read(0x81, back, 1000) == 1);
  }
  CHECK(s.bus->alive());
}

TEST_CASE("random bytes are never taken for bus or control messages out of range") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> m(random() % 80);
    for (auto& b : m) b = static_cast<std::byte>(random());
    const std::uint32_t size = i % 2 ? sizeof(ipc::BusRequest) : sizeof(ipc::BusAnswer);
    if (m.size() >= 4) std::memcpy(m.data(), &size, 4);
    if (const auto r = ipc::parse_bus_request(m)) CHECK(r->head.endpoint <= 0xFF);
    if (const auto a = ipc::parse_bus_answer(m))
      CHECK(a->head.result <= static_cast<ck_result>(CK_TRANSPORT_MAX_READ));
    CHECK_FALSE(virtualbus::parse_control_request(m));
  }
}

TEST_CASE("a simulator that ends is told, and its devices are gone") {
  auto [ours, theirs] = ipc::Channel::pair();
  {
    ipc::Channel silent = std::move(theirs);
    silent.close();
  }
  CHECK_THROWS_WITH(virtualbus::Bus(std::move(ours)), Catch::Contains("simulator"));
  CHECK_THROWS_WITH(virtualbus::Bus({SIMULATOR, {"--ecg", "/nowhere.hea"}, nullptr}),
                    Catch::Contains("ended with code 1"));
}

TEST_CASE("report descriptors tell whether reports are numbered, damaged ones do no harm") {
  using pluginhost::numbers_its_reports;
  const std::uint8_t plain[] = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01,
                                0x75, 0x08, 0x95, 0x40, 0x81, 0x02, 0xC0};
  const std::uint8_t numbered[] = {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x85, 0x01, 0x81, 0x02, 0xC0};
  const std::uint8_t hidden[] = {0x26, 0x85, 0x85, 0xFE, 0x02,
                                 0x10, 0x85, 0x01, 0xC0};  // only inside other items' data
  CHECK_FALSE(numbers_its_reports(plain));
  CHECK(numbers_its_reports(numbered));
  CHECK_FALSE(numbers_its_reports(hidden));
  CHECK_FALSE(numbers_its_reports({}));
  const std::uint8_t cut[] = {0xFE};
  CHECK_FALSE(numbers_its_reports(cut));
}
