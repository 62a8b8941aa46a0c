// What a Windows library exports, read on any system.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "pluginhost/exports.hpp"
#include "tests/lib/small_dll.hpp"
#include "tests/lib/test_folder.hpp"

using caukham::pluginhost::read_pe_exports;
using caukham::test::small_dll;

namespace {

class File {
 public:
  explicit File(const std::vector<std::uint8_t>& bytes) {
    std::ofstream(path_, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  std::string path() const { return path_.string(); }

 private:
  const caukham::tests::TestFolder folder_{"pe"};
  const std::filesystem::path path_ = folder_ / "x.dll";
};

void refused(const std::vector<std::uint8_t>& bytes, const std::string& words) {
  const File file(bytes);
  CHECK_THROWS_WITH(read_pe_exports(file.path()), Catch::Contains(words));
}

}  // namespace

TEST_CASE("a Windows library's exported names are read, C++ names counted apart") {
  const File file(small_dll({"ck_plugin_entry_1", "other", "_ZN3foo3barEv", "?foo@@YAXXZ"}));
  const auto exports = read_pe_exports(file.path());
  CHECK(exports.plain == std::vector<std::string>{"ck_plugin_entry_1", "other"});
  CHECK(exports.mangled == 2);
}

TEST_CASE("a Windows library without exports has none") {
  const File file(small_dll({}));
  const auto exports = read_pe_exports(file.path());
  CHECK(exports.plain.empty());
  CHECK(exports.mangled == 0);
}

TEST_CASE("what is no Windows library for this kind of computer is refused in words") {
  refused({}, "ends too early");
  refused(std::vector<std::uint8_t>(4096, 0), "is not a library");
  refused(small_dll({"a"}, 0x014C), "another kind of computer");
  auto program = small_dll({"a"});
  program[0x80 + 23] = 0;  // not a library any more
  refused(program, "is a program");
}

TEST_CASE("a damaged Windows library is refused in words, wherever it is cut") {
  const auto whole = small_dll({"ck_plugin_entry_1"});
  for (std::size_t n = 0; n < whole.size(); n += 7) {
    INFO(n);
    const File file({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)});
    CHECK_THROWS_AS(read_pe_exports(file.path()), std::runtime_error);
  }
  auto many = whole;
  for (std::size_t i = 0; i < 4; ++i) many[0x200 + 20 + i] = many[0x200 + 24 + i] = 0xFF;
  refused(many, "impossible export table");
  auto nameless = whole;
  nameless[0x200 + 20] = 2;
  refused(nameless, "without a name");
  auto outside = whole;
  outside[0x200 + 33] = 0xFF;
  refused(outside, "outside its sections");
}
