// What stays of crashes: bounded in number, and only our own files are ever removed.
#include <catch2/catch.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "ipc/crash.hpp"

using namespace caukham::ipc;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / "caukham_crash_files_test";
  Folder() {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  void add(const std::string& name, int age_s) const {
    std::ofstream(path / name) << "x";
    fs::last_write_time(path / name, fs::file_time_type::clock::now() - std::chrono::seconds(age_s));
  }
};

}  // namespace

TEST_CASE("of the crash dumps the newest stay, and nothing else is removed") {
  const Folder folder;
  folder.add("crash-a-3.dmp", 10);
  folder.add("crash-b-1.dmp", 30);
  folder.add("crash-a-2.dmp", 20);
  folder.add("caukham.log", 90);
  folder.add("crash-a.txt", 90);
  prune_crash_dumps(folder.path, 2);
  CHECK(crash_dumps(folder.path) == std::vector{folder.path / "crash-a-2.dmp", folder.path / "crash-a-3.dmp"});
  CHECK(fs::exists(folder.path / "caukham.log"));
  CHECK(fs::exists(folder.path / "crash-a.txt"));
  prune_crash_dumps(folder.path, 0);
  CHECK(crash_dumps(folder.path).empty());
}

TEST_CASE("a folder that is not there holds no crash dumps") {
  CHECK(crash_dumps("/nowhere/at/all").empty());
  prune_crash_dumps("/nowhere/at/all", 1);
}
