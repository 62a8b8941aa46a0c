// One Caukham a data folder, and what the next one learns of how the last one ended.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <thread>

#include "record/evidence.hpp"
#include "station/folder_use.hpp"

using namespace caukham;
using namespace caukham::station;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / fs::path(u8"trạm y tế") / record::new_uuid();
  ~Folder() { fs::remove_all(path); }
  // What a Caukham leaves there that was killed, or whose PC lost its power.
  void crash(const Seat& seat, std::chrono::seconds ago = 100s) const {
    std::ofstream(path / "caukham.lock") << seat.pid << '\n' << seat.session << '\n' << seat.user << '\n';
    fs::last_write_time(path / "caukham.lock", fs::file_time_type::clock::now() - ago);
  }
};

}  // namespace

TEST_CASE("a data folder is one Caukham's at a time, and the second knows whose") {
  const Folder folder;
  {
    const FolderUse first(folder.path);
    REQUIRE(first.ours());
    CHECK_FALSE(first.interrupted());
    const FolderUse second(folder.path);
    CHECK_FALSE(second.ours());
    CHECK(second.other().pid == own_seat().pid);
    CHECK_FALSE(second.other().user.empty());
    CHECK(second.other().same_screen(own_seat()));
  }
  const FolderUse third(folder.path);
  CHECK(third.ours());
}

TEST_CASE("the second knows whether the first is for practice") {
  const Folder folder;
  for (const bool practice : {true, false}) {
    const FolderUse first(folder.path, practice);
    CHECK(FolderUse(folder.path).other().practice == practice);
  }
}

TEST_CASE("another data folder is another Caukham's to take") {
  const Folder here, there;
  CHECK(FolderUse(here.path).ours());
  const FolderUse first(here.path), second(there.path);
  CHECK(first.ours());
  CHECK(second.ours());
}

TEST_CASE("one that was ended in order leaves nothing to say, one that was not does") {
  const Folder folder;
  { const FolderUse use(folder.path); }
  CHECK_FALSE(FolderUse(folder.path).interrupted());
  folder.crash({4711, "hoa", "1"});
  {
    const FolderUse after(folder.path);
    CHECK(after.interrupted());
    CHECK(after.crash_dump().empty());
  }
  CHECK_FALSE(FolderUse(folder.path).interrupted());
}

TEST_CASE("only a crash dump younger than the start before is that crash's") {
  const Folder folder;
  { const FolderUse use(folder.path); }
  const auto logs = logs_folder(folder.path);
  fs::create_directories(logs);
  std::ofstream(logs / "crash-caukham-20260101-000000-1.dmp") << "MDMP";
  fs::last_write_time(logs / "crash-caukham-20260101-000000-1.dmp", fs::file_time_type::clock::now() - 1h);
  folder.crash({4711, "hoa", "1"});
  CHECK(FolderUse(folder.path).crash_dump().empty());
  folder.crash({4711, "hoa", "1"});
  std::ofstream(logs / "crash-caukham-20260102-000000-2.dmp") << "MDMP";
  CHECK(FolderUse(folder.path).crash_dump().filename() == "crash-caukham-20260102-000000-2.dmp");
}

TEST_CASE("who asks is seen once, and a Caukham that does not answer is not waited for long") {
  const Folder folder;
  const FolderUse first(folder.path), second(folder.path);
  CHECK_FALSE(first.asked_to_show());
  CHECK_FALSE(second.ask_to_show(1ms));
  CHECK_FALSE(first.asked_to_show());  // whoever asked has given up
  bool seen = false;
  std::thread asks([&] { seen = second.ask_to_show(60s); });
  while (!first.asked_to_show()) std::this_thread::yield();
  asks.join();
  CHECK(seen);
  CHECK_FALSE(first.asked_to_show());
}

TEST_CASE("a lock file of any content is no trouble") {
  const Folder folder;
  { const FolderUse use(folder.path); }
  for (const auto& content : {std::string("\0\n\n", 3), std::string(100'000, 'x'), std::string("99999999999999999999\n"), std::string("-1")}) {
    std::ofstream(folder.path / "caukham.lock", std::ios::binary) << content;
    CHECK(FolderUse(folder.path).ours());
  }
}
