// The C++ wrapper's promises: no exception leaves, wrong states and threads are refused and named.
#include <caukham/cpp/device.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::vector<std::string> logged;
int acquired = 0, released = 0, committed = 0;
char memory[64];

ck_host make_host() {
  ck_host host{};
  host.abi_major = CK_ABI_MAJOR;
  host.now_ns = [](const ck_host*) -> int64_t { return 42; };
  host.acquire = [](const ck_host*, uint32_t, uint32_t bytes, ck_buffer* out) -> ck_result {
    if (bytes > sizeof memory) return CK_E_INVALID;
    ++acquired;
    *out = {memory, sizeof memory, 0};
    return CK_OK;
  };
  host.commit = [](const ck_host*, const ck_buffer*, const ck_chunk*) -> ck_result { return ++committed, CK_OK; };
  host.release = [](const ck_host*, const ck_buffer*) { ++released; };
  host.log = [](const ck_host*, ck_log_level, const char* text) { logged.emplace_back(text); };
  return host;
}

struct Plain : caukham::sdk::Device {
  using Device::Device;
  uint32_t stream_count() const override { return 1; }
  ck_result stream_info(uint32_t, ck_stream_info& out) const override {
    caukham::sdk::set_text(out.name, "ecg");
    return CK_OK;
  }
  ck_result start() override { return CK_OK; }
  ck_result stop() override { throw std::runtime_error("stop is broken"); }
};

struct Refusing : Plain {
  Refusing(const ck_host* host, const ck_endpoint& endpoint) : Plain(host, endpoint) {
    throw caukham::sdk::Refusal{CK_E_DENIED};
  }
};

ck_endpoint make_endpoint() {
  ck_endpoint endpoint{};
  endpoint.size = sizeof endpoint;
  return endpoint;
}

}  // namespace

TEST_CASE("an exception never crosses the border and is logged with the function's name") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  logged.clear();
  REQUIRE(caukham::sdk::open_device<Plain>("org.example.plain", &host, &endpoint, &device) == CK_OK);
  REQUIRE(device->start(device) == CK_OK);
  CHECK(device->stop(device) == CK_E_INTERNAL);
  REQUIRE(logged.size() == 1);
  CHECK(logged[0] == "org.example.plain: stop threw: stop is broken");
  device->close(device);
}

TEST_CASE("calls in the wrong state are refused and name the culprit") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  REQUIRE(caukham::sdk::open_device<Plain>("org.example.plain", &host, &endpoint, &device) == CK_OK);
  logged.clear();
  CHECK(device->stop(device) == CK_E_STATE);
  REQUIRE(device->start(device) == CK_OK);
  CHECK(device->start(device) == CK_E_STATE);
  CHECK(device->stream_count(device) == 0);
  REQUIRE(logged.size() == 3);
  CHECK(logged[0] == "org.example.plain: ck_device.stop called while not started");
  device->stop(device);
  device->close(device);
}

TEST_CASE("a call on another thread than main is refused") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  REQUIRE(caukham::sdk::open_device<Plain>("org.example.plain", &host, &endpoint, &device) == CK_OK);
  ck_result result = CK_OK;
  std::thread([&] { result = device->start(device); }).join();
  CHECK(result == CK_E_STATE);
  device->close(device);
}

TEST_CASE("a refusal thrown by the constructor is the answer of open") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  CHECK(caukham::sdk::open_device<Refusing>("org.example.refusing", &host, &endpoint, &device) == CK_E_DENIED);
  CHECK(device == nullptr);
  ck_endpoint old = endpoint;
  old.size = 8;
  CHECK(caukham::sdk::open_device<Plain>("org.example.plain", &host, &old, &device) == CK_E_INVALID);
}

TEST_CASE("a slot that is not committed is given back, a committed one is not") {
  ck_host table = make_host();
  const caukham::sdk::Host host(&table);
  acquired = released = committed = 0;
  { caukham::sdk::Slot slot(host, 0, 8); }
  CHECK(released == 1);
  {
    caukham::sdk::Slot slot(host, 0, 8);
    REQUIRE(slot);
    CHECK(slot.commit(caukham::sdk::make_chunk(0)) == CK_OK);
    CHECK(slot.commit(caukham::sdk::make_chunk(0)) == CK_E_STATE);
  }
  CHECK(released == 1);
  CHECK(committed == 1);
  caukham::sdk::Slot large(host, 0, 1000);
  CHECK(large.result() == CK_E_INVALID);
}

TEST_CASE("text is cut at a character boundary and terminated") {
  char field[6];
  caukham::sdk::set_text(field, "Nguyễn");  // ễ is three bytes and does not fit whole
  CHECK(std::string(field) == "Nguy");
}
