#include "core/registry.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "core/log.hpp"
#include "ipc/messages.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham;
using core::Registry;
namespace fs = std::filesystem;

namespace {
struct Plugins {
  const tests::TestFolder own{"registry"};
  const fs::path folder = own.path;
  Plugins() { core::open_log({"", core::LogLevel::off, core::LogLevel::off}); }
  void add(const std::string& name, const std::string& manifest, bool library = true) {
    fs::create_directories(folder / name);
    std::ofstream(folder / name / "manifest.json") << manifest;
    if (library)
      for (const char* file : {"libx.so", "x.dll"}) std::ofstream(folder / name / file) << "x";
  }
  static std::string manifest(const std::string& id, const std::string& match, const std::string& abi = "1.0",
                              const std::string& required = "") {
    return R"({"id":")" + id + R"(","name":"N","vendor":"V","version":"1","abi":")" + abi +
           R"(","kind":"ecg","library":"x","licence":"Apache-2.0","match":[)" + match + R"(],"requires":[)" +
           required + R"(],"pool":{"slots":4,"slot_bytes":4096}})";
  }
};
ck_endpoint endpoint(ck_link link, std::uint16_t vid, std::uint16_t pid, const char* serial = "") {
  ck_endpoint e{};
  e.size = sizeof e;
  e.link = link;
  e.vid = vid;
  e.pid = pid;
  ipc::put_text(e.serial, serial);
  return e;
}
}  // namespace

TEST_CASE("plugins must be found, and each broken one reported with its reason") {
  Plugins plugins;
  const std::string any = R"({"link":"serial","vid":"2341"})";
  plugins.add("a-good", Plugins::manifest("org.a", any));
  plugins.add("b-new", Plugins::manifest("org.b", any, "2.0"));
  plugins.add("c-missing", Plugins::manifest("org.c", any), false);
  plugins.add("d-text", "this is not JSON");
  plugins.add("e-types", R"({"id":5})");
  plugins.add("f-wish", Plugins::manifest("org.f", any, "1.0", R"("ck.host.telepathy/1")"));
  plugins.add("g-twin", Plugins::manifest("org.a", any));
  fs::create_directories(plugins.folder / "h-empty");
  const auto registry = Registry::scan({plugins.folder.string(), "/nowhere"});
  REQUIRE(registry.plugins().size() == 1);
  REQUIRE(registry.plugins()[0].id == "org.a");
  REQUIRE(registry.broken().size() == 6);
  for (const auto& broken : registry.broken()) {
    CAPTURE(broken.folder, broken.reason);
    REQUIRE(broken.reason.size() > 20);
    const auto name = fs::path(broken.folder).filename().string();
    if (name == "b-new") REQUIRE(broken.reason.find("another version") != std::string::npos);
    if (name == "f-wish") REQUIRE(broken.reason.find("ck.host.telepathy/1") != std::string::npos);
    if (name == "g-twin") REQUIRE(broken.reason.find("a-good") != std::string::npos);
  }
}

TEST_CASE("the plugin whose line names most of the device must be chosen") {
  Plugins plugins;
  plugins.add("a", Plugins::manifest("org.any", R"({"link":"serial"})"));
  plugins.add("b", Plugins::manifest("org.vendor", R"({"link":"serial","vid":"2341","kind":"camera"})"));
  plugins.add("c", Plugins::manifest("org.exact", R"({"link":"serial","vid":"2341","pid":"003e","kind":"spirometer"})"));
  plugins.add("d", Plugins::manifest("org.exact-too", R"({"link":"serial","vid":"2341","pid":"003e"})"));
  const auto registry = Registry::scan({plugins.folder.string()});
  REQUIRE(registry.plugins().size() == 4);
  const auto exact = registry.choose(endpoint(CK_LINK_SERIAL, 0x2341, 0x003e));
  REQUIRE(exact.manifest->id == "org.exact");
  REQUIRE(exact.kind == "spirometer");
  REQUIRE(registry.choose(endpoint(CK_LINK_SERIAL, 0x2341, 1)).manifest->id == "org.vendor");
  const auto any = registry.choose(endpoint(CK_LINK_SERIAL, 1, 1));
  REQUIRE(any.manifest->id == "org.any");
  REQUIRE(any.kind == "ecg");
  REQUIRE(registry.choose(endpoint(CK_LINK_USB, 0x2341, 0x003e)).manifest == nullptr);
}
