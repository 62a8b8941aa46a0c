// Crashes leave a dump that a technician can open, few of them, and without patients' data. The other half is crash_child.cpp.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "ipc/crash.hpp"
#include "ipc/process.hpp"

using namespace caukham::ipc;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / fs::path(u8"caukham hỏng test");
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }
};

int crash(const fs::path& folder, const std::string& how, int keep = 3) {
  const auto own = own_program_path();
  Spawn s;
  s.program = own.substr(0, own.find_last_of("\\/") + 1) + "crash_child.exe";
  const auto name = folder.u8string();
  s.arguments = {std::string(name.begin(), name.end()), std::to_string(keep), how};
  Process child = Process::spawn(s);
  return child.wait(-1)->words() == "ended normally" ? 0 : 1;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void leaves_a_dump(const std::string& how) {
  CAPTURE(how);
  const Folder folder;
  CHECK(crash(folder.path, how) != 0);
  const auto dumps = crash_dumps(folder.path);
  REQUIRE(dumps.size() == 1);
  CHECK(dumps[0].filename().string().starts_with("crash-crash_child-20"));
  const auto bytes = bytes_of(dumps[0]);
  CHECK(bytes.starts_with("MDMP"));
  CHECK(bytes.size() > 4096);
  CHECK(bytes.size() < (8u << 20));
}

}  // namespace

TEST_CASE("every kind of crash leaves one small dump, and the crash stays a crash") {
  for (const char* how : {"write", "thread", "throw", "abort"}) leaves_a_dump(how);
}

// Wine ends the thread alone, without asking anybody, and the program goes on without it.
TEST_CASE("a stack that runs over leaves a dump as well", "[not-under-wine]") { leaves_a_dump("stack"); }

TEST_CASE("a dump holds nothing of the heap, where patients' data lie") {
  const Folder folder;
  CHECK(crash(folder.path, "write") != 0);
  const auto dumps = crash_dumps(folder.path);
  REQUIRE(dumps.size() == 1);
  CHECK(bytes_of(dumps[0]).find("patients have no") == std::string::npos);
}

TEST_CASE("of many crashes a few dumps stay, the newest") {
  const Folder folder;
  for (int i = 0; i < 5; ++i) CHECK(crash(folder.path, "write", 3) != 0);
  CHECK(crash_dumps(folder.path).size() == 3);
}

TEST_CASE("a program that ends in order leaves no dump") {
  const Folder folder;
  CHECK(crash(folder.path, "nothing") == 0);
  CHECK(crash_dumps(folder.path).empty());
}
