// Where an installed program finds its parts.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "station/station.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::station;
namespace fs = std::filesystem;

namespace {

#ifdef _WIN32
const std::string suffix = ".exe";
#else
const std::string suffix;
#endif

// An installed tree, as `meson install` lays it on this system.
struct Tree {
  const caukham::tests::TestFolder folder{"installation"};
  const fs::path root = folder.path;
  fs::path helpers = suffix.empty() ? root / "libexec" / "caukham" : root / "bin";
  Tree() {
    for (const char* folder : {"bin", "lib/caukham/plugins", "share/caukham/keys", "share/caukham/console", "share/locale",
                               "share/caukham/reference"})
      fs::create_directories(root / folder);
    fs::create_directories(helpers);
    for (const char* name : {"caukham-pluginhost", "caukham-simulator"}) std::ofstream(helpers / (name + suffix)) << "x";
  }
};

}  // namespace

TEST_CASE("an installed program finds its parts beside itself") {
  const Tree tree;
  const auto found = find_installation(tree.root / "bin");
  CHECK(found.plugin_host == fs::weakly_canonical(tree.helpers / ("caukham-pluginhost" + suffix)));
  CHECK(found.simulator == fs::weakly_canonical(tree.helpers / ("caukham-simulator" + suffix)));
  CHECK(found.plugins == fs::weakly_canonical(tree.root / "lib/caukham/plugins"));
}

TEST_CASE("an installation without the demonstration devices is complete, and has no simulator") {
  const Tree tree;
  fs::remove(tree.helpers / ("caukham-simulator" + suffix));
  CHECK(find_installation(tree.root / "bin").simulator.empty());
}

TEST_CASE("an installation without the plugin host says what is missing and where it was looked for") {
  const Tree tree;
  fs::remove(tree.helpers / ("caukham-pluginhost" + suffix));
  CHECK_THROWS_WITH(find_installation(tree.root / "bin"),
                    Catch::Contains("caukham-pluginhost" + suffix + " is missing") && Catch::Contains("bin"));
}
