// A Windows plugin's library before it is loaded: anybody's file, whatever system it is read on.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "pluginhost/exports.hpp"
#include "target.hpp"
#include "tests/lib/small_dll.hpp"

using namespace fuzz;

namespace {

void pe(Input bytes) {
  static const auto path = (std::filesystem::temp_directory_path() / ("caukham-fuzz-pe-" + std::to_string(std::random_device{}()))).string();
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  try {
    const auto exports = caukham::pluginhost::read_pe_exports(path);
    must(exports.plain.size() + exports.mangled <= bytes.size(), "no more names than the file could hold");
  } catch (const std::runtime_error&) {
  }
  std::remove(path.c_str());
}

std::vector<Seed> libraries() {
  return {caukham::test::small_dll({"ck_plugin_entry_1"}), caukham::test::small_dll({}),
          caukham::test::small_dll({"a", "_ZN3foo3barEv", std::string(300, 'n')})};
}
const Register pe_target{"pe_exports", pe, libraries};

}  // namespace
