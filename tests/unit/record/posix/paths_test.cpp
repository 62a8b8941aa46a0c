#include <stdlib.h>

#include <catch2/catch.hpp>

#include "folder.hpp"
#include "record/record.hpp"

using namespace caukham::record;

TEST_CASE("The data folder must follow XDG and be private") {
  const char* old = std::getenv("XDG_DATA_HOME");
  const std::string before = old ? old : "";
  setenv("XDG_DATA_HOME", "/somewhere/data", 1);
  CHECK(default_data_folder() == "/somewhere/data/caukham");
  setenv("XDG_DATA_HOME", "relative", 1);
  CHECK_THAT(default_data_folder().string(), Catch::EndsWith("/.local/share/caukham"));
  old ? setenv("XDG_DATA_HOME", before.c_str(), 1) : unsetenv("XDG_DATA_HOME");
  Folder folder;
  Record::open({folder / "new"});
  CHECK(std::filesystem::status(folder / "new").permissions() == std::filesystem::perms::owner_all);
}
