#include "core/log.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/lib/test_folder.hpp"

using namespace caukham::core;
namespace fs = std::filesystem;

TEST_CASE("the log must hold lines of its level, on one line each, and never grow without bound") {
  const caukham::tests::TestFolder own("log");
  const auto& folder = own.path;
  REQUIRE(open_log({folder.string(), LogLevel::info, LogLevel::off}));
  log_debug("core", "unseen");
  log_warning("plugin x", "two\nlines\x1b[31m");
  for (int i = 0; i < 9000; ++i) log_info("core", std::string(5000, 'x'));
  log_warning("core", "last");
  open_log({"", LogLevel::info, LogLevel::off});  // closes the file
  std::uintmax_t bytes = 0;
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder)) bytes += entry.file_size(), ++files;
  REQUIRE(files == 5);
  REQUIRE(bytes < 11u << 20);
  std::stringstream text;
  text << std::ifstream(folder / "caukham.log").rdbuf();
  REQUIRE(text.str().find("core: last") != std::string::npos);

  fs::remove_all(folder);
  REQUIRE(open_log({folder.string(), LogLevel::info, LogLevel::off}));
  log_debug("core", "unseen");
  log_warning("plugin x", "two\nlines\x1b[31m");
  open_log({"", LogLevel::info, LogLevel::off});
  std::stringstream again;
  again << std::ifstream(folder / "caukham.log").rdbuf();
  REQUIRE(again.str().find("plugin x: two lines [31m") != std::string::npos);
  REQUIRE(again.str().find("unseen") == std::string::npos);
  fs::remove_all(folder);
}

TEST_CASE("a folder that cannot be written must be reported, and logging must go on") {
  REQUIRE_FALSE(open_log({"/proc/nowhere", LogLevel::info, LogLevel::off}));
  log_error("core", "still here");
  REQUIRE(open_log({"", LogLevel::info, LogLevel::warning}));
}
