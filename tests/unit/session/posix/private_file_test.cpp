#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "session/identity.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::session;

TEST_CASE("nobody but the station's user must be able to read the key") {
  const caukham::tests::TestFolder folder("identity");
  const auto key = folder / "session" / "identity.pem";
  load_or_make_identity(folder.path.string(), {});
  struct stat file{}, room{};
  REQUIRE(::stat(key.c_str(), &file) == 0);
  REQUIRE(::stat(key.parent_path().c_str(), &room) == 0);
  CHECK((file.st_mode & 0777) == 0600);
  CHECK((room.st_mode & 0777) == 0700);
  CHECK_FALSE(std::filesystem::exists(key.string() + ".new"));
}
