// Text of UTF-8 is the name of the file it spells (packaging/windows/resource/utf8_paths.cpp), however long (long_folders.cpp).
#include <catch2/catch.hpp>

#include <algorithm>
#include <cwchar>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

TEST_CASE("a path made of UTF-8 is that name, and is the same text again") {
  CHECK(fs::path("D:\\Trạm y tế\\Nguyễn Thị Ánh").wstring() == L"D:\\Tr\u1ea1m y t\u1ebf\\Nguy\u1ec5n Th\u1ecb \u00c1nh");
  CHECK(fs::path("tim \U0001fac0.bdf").wstring() == L"tim \U0001fac0.bdf");
  for (const char* text : {"plain", "Trạm y tế", "\U0001fac0\U0001fac0", ""}) CHECK(fs::path(text).string() == text);
}

TEST_CASE("what is no UTF-8 is refused and becomes no other name") {
  for (const char* text : {"\xff", "\xc3", "a\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe1\xba", "\xf0\x9f\xab"})
    CHECK_THROWS(fs::path(text));
}

TEST_CASE("the C library's conversion of a whole text counts, stops, and ends as it must") {
  const char* const text = "tế\U0001fac0";
  const char* at = text;
  std::mbstate_t state{};
  CHECK(std::mbsrtowcs(nullptr, &at, 0, &state) == 4);
  wchar_t out[8] = {};
  at = text;
  CHECK(std::mbsrtowcs(out, &at, 2, &state) == 2);
  CHECK(at == text + 4);
  CHECK(std::mbsrtowcs(out + 2, &at, 6, &state) == 2);
  CHECK(at == nullptr);
  CHECK(std::wstring(out) == L"t\u1ebf\U0001fac0");
  CHECK(std::mbrlen("ế", 3, &state) == 3);
}

TEST_CASE("a folder whose path has more than 260 characters is listed and cleared like any other") {
  const fs::path root = fs::temp_directory_path() / "caukham_long_path_test";
  fs::remove_all(root);
  fs::path folder = root;
  for (int i = 0; i < 8; ++i) folder /= "Trạm y tế xã Tả Van, huyện Sa Pa " + std::to_string(i);
  REQUIRE(folder.wstring().size() > 290);
  fs::create_directories(folder);
  CHECK(fs::is_empty(folder));
  for (const char* name : {"a", "ế", "c"}) std::ofstream(folder / name) << name;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"a", "c", "ế"});
  CHECK_THROWS(fs::directory_iterator(folder / "a"));
  CHECK_THROWS(fs::directory_iterator(folder / "nothing"));
  CHECK(fs::remove_all(root) == 12);
  CHECK_FALSE(fs::exists(root));
}
