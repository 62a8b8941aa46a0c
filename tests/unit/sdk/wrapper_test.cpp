// The C++ wrapper's promises: no exception leaves, wrong states and threads are refused and named.
#include <caukham/cpp/device.hpp>
#include <catch2/catch.hpp>
#include <cmath>
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

namespace {

// A header of a version to come, and one of a host that is older than the plugin's headers cannot exist before 1.1: a
// shorter room than ours stands for it.
struct Rich : caukham::sdk::Device {
  Rich(const ck_host* host, const ck_endpoint& endpoint) : Device(host, endpoint), kept(endpoint) {
    caukham::sdk::Param p;
    p.id = 4;
    p.name = "gain";
    p.values = {1, 2, 4};
    p.words = {"one", "two", "four"};
    p.get = [this] { return gain; };
    p.set = [this](double v) { return gain = v, CK_OK; };
    params().add(p);
    p = {};
    p.id = 5;
    p.name = "light";
    p.maximum = 10;
    p.flags = CK_PARAM_LIVE;
    p.get = [] { return 3.0; };
    p.set = [](double) -> ck_result { throw std::runtime_error("no lamp"); };
    params().add(p);
    p = {};
    p.id = 6;
    p.name = "firmware";
    p.text = [] { return std::string("2.1"); };
    params().add(p);
  }
  uint32_t stream_count() const override { return 2; }
  ck_result stream_info(uint32_t index, ck_stream_info& out) const override {
    out.id = index * 3;
    caukham::sdk::set_text(out.labels[31], "last");
    return CK_OK;
  }
  ck_result start() override { return CK_OK; }
  ck_result stop() override { return CK_OK; }
  bool keeps_state() const override { return true; }
  std::vector<std::uint8_t> save_state() override { return {1, 2, 3}; }
  ck_result load_state(const std::uint8_t* data, std::size_t bytes) override {
    loaded.assign(data, data + bytes);
    return CK_OK;
  }
  ck_endpoint kept;
  double gain = 2;
  std::vector<std::uint8_t> loaded;
};

}  // namespace

TEST_CASE("structs of other versions are read and filled no further than they reach") {
  ck_host host = make_host();
  struct Longer {
    ck_endpoint endpoint;
    std::uint64_t of_later;
  } longer{make_endpoint(), 9};
  longer.endpoint.size = sizeof longer;
  longer.endpoint.vid = 0x1209;
  const ck_device* device = nullptr;
  REQUIRE(caukham::sdk::open_device<Rich>("org.example.rich", &host, &longer.endpoint, &device) == CK_OK);
  CHECK(static_cast<Rich*>(static_cast<caukham::sdk::Device*>(device->ctx))->kept.vid == 0x1209);
  CHECK(static_cast<Rich*>(static_cast<caukham::sdk::Device*>(device->ctx))->kept.size == sizeof(ck_endpoint));

  struct Room {
    ck_stream_info info{};
    std::uint64_t behind = 0x5555;
  } room;
  room.info.size = sizeof(ck_stream_info) + 8;  // a later host
  CHECK(device->stream_info(device, 1, &room.info) == CK_OK);
  CHECK(room.info.id == 3);
  CHECK(room.info.size == sizeof(ck_stream_info));
  CHECK(room.behind == 0x5555);
  CHECK(std::string(room.info.labels[31]) == "last");
  room.info.size = 100;
  CHECK(device->stream_info(device, 1, &room.info) == CK_E_INVALID);
  CHECK(device->configure(device, 1u << 3) == CK_OK);
  CHECK(device->configure(device, 1u << 1) == CK_E_INVALID);  // no such stream
  CHECK(device->configure(device, 0) == CK_E_INVALID);

  // An older host's room, as to_wire sees it.
  struct Small {
    std::uint32_t size;
    std::uint32_t a, b;
  };
  Small own{sizeof own, 1, 2}, theirs{8, 0, 7};
  caukham::sdk::to_wire(&theirs, own);
  CHECK(theirs.size == 8);
  CHECK(theirs.a == 1);
  CHECK(theirs.b == 7);
  theirs.size = 8;
  CHECK(caukham::sdk::from_wire(&theirs).b == 0);
  device->close(device);
}

TEST_CASE("parameters are checked before the plugin sees them, and behind the barrier") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  REQUIRE(caukham::sdk::open_device<Rich>("org.example.rich", &host, &endpoint, &device) == CK_OK);
  const auto* params = static_cast<const ck_device_params*>(device->get_extension(device, CK_EXT_PARAMS));
  REQUIRE(params);
  CHECK(device->get_extension(device, "ck.device.params/2") == nullptr);
  CHECK(device->get_extension(device, nullptr) == nullptr);
  CHECK(params->count(device) == 3);
  ck_param_info info{};
  info.size = sizeof info;
  REQUIRE(params->info(device, 0, &info) == CK_OK);
  CHECK(info.flags == (CK_PARAM_SET | CK_PARAM_LIST | CK_PARAM_WORDS));
  CHECK(info.maximum == 4);
  CHECK(info.stream == CK_WHOLE_DEVICE);
  CHECK(params->info(device, 3, &info) == CK_E_INVALID);
  double value = 0;
  CHECK(params->get(device, 4, &value) == CK_OK);
  CHECK(value == 2);
  CHECK(params->get(device, 9, &value) == CK_E_INVALID);
  CHECK(params->set(device, 4, 4) == CK_OK);
  CHECK(params->set(device, 4, 3) == CK_E_INVALID);
  CHECK(params->set(device, 4, std::nan("")) == CK_E_INVALID);
  CHECK(params->set(device, 6, 0) == CK_E_UNSUPPORTED);
  CHECK(params->set(device, 9, 0) == CK_E_INVALID);
  char words[CK_NAME_SIZE];
  CHECK(params->text(device, 4, 4, words) == CK_OK);
  CHECK(std::string(words) == "four");
  CHECK(params->text(device, 4, 3, words) == CK_E_INVALID);
  CHECK(params->text(device, 5, 3, words) == CK_E_UNSUPPORTED);
  CHECK(params->text(device, 6, 0, words) == CK_OK);
  CHECK(std::string(words) == "2.1");
  logged.clear();
  CHECK(params->set(device, 5, 1) == CK_E_INTERNAL);
  REQUIRE(logged.size() == 1);
  CHECK(logged[0] == "org.example.rich: params.set threw: no lamp");
  REQUIRE(device->start(device) == CK_OK);
  CHECK(params->set(device, 4, 1) == CK_E_STATE);      // not LIVE
  CHECK(params->set(device, 5, 1) == CK_E_INTERNAL);   // LIVE: it got that far
  device->stop(device);
  device->close(device);
}

TEST_CASE("state is handed over in the size it needs, and only while idle") {
  ck_host host = make_host();
  const ck_endpoint endpoint = make_endpoint();
  const ck_device* device = nullptr;
  REQUIRE(caukham::sdk::open_device<Rich>("org.example.rich", &host, &endpoint, &device) == CK_OK);
  const auto* state = static_cast<const ck_device_state*>(device->get_extension(device, CK_EXT_STATE));
  REQUIRE(state);
  CHECK(state->save(device, nullptr, 0) == 3);
  std::uint8_t data[3] = {};
  CHECK(state->save(device, data, 2) == 3);
  CHECK(data[0] == 0);
  CHECK(state->save(device, data, 3) == 3);
  CHECK(data[2] == 3);
  CHECK(state->load(device, data, 3) == CK_OK);
  CHECK(state->load(device, nullptr, 3) == CK_E_INVALID);
  device->start(device);
  CHECK(state->save(device, data, 3) == CK_E_STATE);
  device->stop(device);
  device->close(device);
  const ck_device* plain = nullptr;
  REQUIRE(caukham::sdk::open_device<Plain>("org.example.plain", &host, &endpoint, &plain) == CK_OK);
  CHECK(plain->get_extension(plain, CK_EXT_STATE) == nullptr);
  CHECK(plain->get_extension(plain, CK_EXT_PARAMS) == nullptr);
  plain->close(plain);
}

TEST_CASE("an exception on a stream thread ends the thread, is named, and is told at the bedside") {
  ck_host table = make_host();
  static std::string told;
  told.clear();
  table.emit = [](const ck_host*, const ck_event* e) -> ck_result { return told = e->text, CK_OK; };
  const caukham::sdk::Host host(&table);
  logged.clear();
  caukham::sdk::StreamThread thread;
  thread.start(host, [] { throw std::runtime_error("index 7 of 5"); });
  thread.stop();
  CHECK_FALSE(thread.running());
  REQUIRE(logged.size() == 1);
  CHECK(logged[0] == "a [stream] thread threw: index 7 of 5");
  CHECK(told.find("driver has failed") != std::string::npos);
  bool ran = false;
  thread.start(host, [&] { ran = true; });
  thread.stop();
  CHECK(ran);
}

namespace {
std::int32_t probe_good(const ck_endpoint& e) { return e.vid == 7 ? 80 : 0; }
std::int32_t probe_bad(const ck_endpoint&) { throw 1; }
}  // namespace

TEST_CASE("probe sees an endpoint of its own version and may throw") {
  ck_endpoint e = make_endpoint();
  e.vid = 7;
  CHECK(caukham::sdk::guarded_probe<probe_good>(&e) == 80);
  CHECK(caukham::sdk::guarded_probe<probe_good>(nullptr) == 0);
  CHECK(caukham::sdk::guarded_probe<probe_bad>(&e) == 0);
}
