// Manifests: what is accepted, and the sentence with which the rest is refused.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <random>

#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"
#include "json/json_text.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::ipc;
using caukham::json_text;
using nlohmann::json;

namespace {

json good() {
  return json::parse(R"({
    "id": "vn.caukham.test", "name": "Test", "vendor": "Caukham", "version": "0.1.0", "abi": "1.0",
    "kind": "ecg", "library": "test", "licence": "Apache-2.0",
    "match": [ {"link": "usb", "vid": "2ce3"},
               {"link": "usb", "vid": "0x2ce3", "pid": 14376, "kind": "otoscope"},
               {"link": "video", "name": "HT-B30S"} ],
    "requires": ["ck.host.transport/1"], "pool": {"slots": 8, "slot_bytes": 4096},
    "params": ["rate_hz"], "simulated": true })");
}
Manifest parse(const json& j) { return parse_manifest(json_text(j), "/plugins/test/manifest.json"); }
std::string refusal(const json& j) {
  try {
    parse(j);
  } catch (const ManifestError& e) {
    return e.what();
  }
  return "";
}
ck_endpoint endpoint(ck_link link, std::uint16_t vid, std::uint16_t pid, const char* product) {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = link;
  e.vid = vid;
  e.pid = pid;
  put_text(e.product, product);
  return e;
}

}  // namespace

TEST_CASE("a good manifest is read") {
  const Manifest m = parse(good());
  CHECK(m.id == "vn.caukham.test");
  CHECK(m.abi_major == 1);
  CHECK(m.abi_minor == 0);
  CHECK(m.pool.slots == 8);
  CHECK(m.pool.slot_bytes == 4096);
  CHECK(m.required == std::vector<std::string>{"ck.host.transport/1"});
  CHECK(m.recorded_params == std::vector<std::string>{"rate_hz"});
  CHECK(m.simulated);
  CHECK_FALSE(m.direct_hardware);
  CHECK(m.folder == "/plugins/test");
  REQUIRE(m.match.size() == 3);
  CHECK(m.match[0].kind == "ecg");
  CHECK(m.match[1].pid == 0x3828);
  CHECK(m.unknown_fields.empty());
}

TEST_CASE("the line that names most of an endpoint matches, and nothing when none does") {
  const Manifest m = parse(good());
  CHECK(m.matching(endpoint(CK_LINK_USB, 0x2ce3, 0x1111, ""))->kind == "ecg");
  CHECK(m.matching(endpoint(CK_LINK_USB, 0x2ce3, 0x3828, ""))->kind == "otoscope");
  CHECK(m.matching(endpoint(CK_LINK_VIDEO, 1, 2, "a HT-B30S camera")) == &m.match[2]);
  CHECK(m.matching(endpoint(CK_LINK_VIDEO, 1, 2, "another")) == nullptr);
  CHECK(m.matching(endpoint(CK_LINK_HID, 0x2ce3, 0x3828, "")) == nullptr);
}

TEST_CASE("unknown fields are tolerated and listed") {
  json j = good();
  j["colour"] = "green";
  j["match"][0]["mood"] = 1;
  j["pool"]["depth"] = 2;
  const Manifest m = parse(j);
  CHECK(m.unknown_fields == std::vector<std::string>{"match[0].mood", "pool.depth", "colour"});
}

TEST_CASE("a wrong type or range is refused with file and field") {
  const auto check = [](const char* pointer, json value, const std::string& field) {
    json j = good();
    j[json::json_pointer(pointer)] = std::move(value);
    const std::string text = refusal(j);
    INFO(pointer << ": " << text);
    CHECK(text.find("/plugins/test/manifest.json: the field \"" + field + "\" must be") == 0);
  };
  check("/id", 5, "id");
  check("/id", "", "id");
  check("/name", std::string(64, 'x'), "name");
  check("/vendor", "two\nlines", "vendor");
  check("/abi", "2.0", "abi");
  check("/abi", "1.0beta", "abi");
  check("/abi", json::array(), "abi");
  check("/library", "../evil.so", "library");
  check("/library", ".so", "library");
  check("/match", "all", "match");
  check("/match/0/link", "bluetooth", "match[0].link");
  check("/match/1/vid", "2ce3x", "match[1].vid");
  check("/match/1/pid", 70000, "match[1].pid");
  check("/match/1/pid", -1, "match[1].pid");
  check("/requires", "all", "requires");
  check("/pool/slots", 0, "pool.slots");
  check("/pool/slots", 1e9, "pool.slots");
  check("/pool/slot_bytes", "4k", "pool.slot_bytes");
  check("/simulated", "yes", "simulated");
  check("/params", json::array({1}), "params");
}

TEST_CASE("a missing field, something that is not JSON, and something huge are refused in words") {
  for (const char* field : {"id", "name", "vendor", "version", "kind", "library", "abi", "pool"}) {
    json j = good();
    j.erase(field);
    CHECK(refusal(j).find(std::string("\"") + field + "\"") != std::string::npos);
  }
  CHECK_THROWS_WITH(parse_manifest("{\"id\": ", "m.json"), Catch::Contains("not JSON"));
  CHECK_THROWS_WITH(parse_manifest("[]", "m.json"), Catch::Contains("must be an object"));
  CHECK_THROWS_WITH(parse_manifest(std::string(max_manifest_bytes + 1, ' '), "m.json"),
                    Catch::Contains("larger"));
  CHECK_THROWS_WITH(parse_manifest(std::string(60000, '['), "m.json"), Catch::Contains("nested"));
  CHECK_THROWS_WITH(read_manifest("/nowhere/manifest.json"), Catch::Contains("cannot be read"));
}

#ifdef _WIN32
const std::string suffix = ".dll";
#else
const std::string suffix = ".so";
#endif

TEST_CASE("a missing library is said with its name; prefix and suffix are found") {
  const caukham::tests::TestFolder own("manifest");
  const auto& folder = own.path;
  json j = good();
  Manifest m = parse_manifest(json_text(j), (folder / "manifest.json").string());
  CHECK_THROWS_WITH(m.library_path(), Catch::Contains("\"test\" is missing"));
  for (const std::string& name : {"libtest" + suffix, "test" + suffix}) {
    std::ofstream(folder / name) << "x";
    CHECK(m.library_path() == (folder / name).string());
  }
}

TEST_CASE("a damaged manifest is refused or read, never worse") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string text = json_text(good());
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = text;
    for (unsigned n = 1 + random() % 4; n > 0; --n)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    if (i % 5 == 0) damaged.resize(random() % damaged.size());
    try {
      const Manifest m = parse_manifest(damaged, "m.json");
      REQUIRE(m.pool.sane());
    } catch (const ManifestError&) {
      ++refused;
    }
  }
  CHECK(refused > 1000);
}
