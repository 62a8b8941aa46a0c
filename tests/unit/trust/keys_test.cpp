#include <catch2/catch.hpp>

#include "folder.hpp"
#include "trust/trust.hpp"

using namespace caukham;
using tests::Vendor;

TEST_CASE("no key may be overwritten, and what was made must be read again") {
  Vendor v;
  trust::make_key(v.root / "secret", v.keys / "a.key", "Example", true);
  CHECK_THROWS_WITH(trust::make_key(v.root / "secret", v.keys / "b.key", "Example", false), Catch::Contains("exists already"));
  CHECK_THROWS_WITH(trust::make_key(v.root / "other", v.keys / "a.key", "Example", false), Catch::Contains("exists already"));
  CHECK_FALSE(std::filesystem::exists(v.root / "other"));
  const auto keys = trust::Keys::read(v.keys);
  REQUIRE(keys.all().size() == 1);
  CHECK(keys.all()[0].station);
  CHECK(keys.find(keys.all()[0].id) == &keys.all()[0]);
  CHECK(keys.find("0000000000000000") == nullptr);
}

TEST_CASE("a key file that cannot be used must be left out with its reason") {
  Vendor v;
  trust::make_key(v.root / "secret", v.keys / "good.key", "Example", false);
  const auto good = v.read(v.keys / "good.key");
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const std::pair<std::string, std::string> cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {std::string(70'000, ' '), "larger than 64 KiB"},
      {std::string(500, '['), "nested too deeply"},
      {with("caukham-key-1", "caukham-key-2"), "its format"},
      {with("\"vendor\"", "\"other\""), "has no \"vendor\""},
      {with("\"public\": \"", "\"public\": \"AA"), "not a key of 32 bytes"},
      {with("\"from\": \"2", "\"from\": \"x"), "dates"},
      {with("{", "{\"plugins\": [],"), "beginnings of ids"},
      {with("{", "{\"station\": 1,"), "not true or false"},
      {with("\"key\": \"", "\"key\": \"0"), "not that of its"}};
  std::filesystem::remove(v.keys / "good.key");
  for (const auto& [text, words] : cases) {
    v.write(v.keys / "bad.key", text);
    const auto keys = trust::Keys::read(v.keys);
    INFO(words);
    CHECK(keys.all().empty());
    REQUIRE(keys.problems().size() == 1);
    CHECK_THAT(keys.problems()[0], Catch::Contains(words));
  }
  for (std::size_t size = 0; size < good.size() - 2; ++size) {
    v.write(v.keys / "bad.key", good.substr(0, size));
    CHECK(trust::Keys::read(v.keys).all().empty());
  }
  CHECK(trust::Keys::read(v.root / "nowhere").all().empty());
}

TEST_CASE("what cannot be signed must be refused in words") {
  Vendor v;
  trust::make_key(v.root / "secret", v.keys / "a.key", "Example", false);
  CHECK_THROWS_WITH(trust::subject_of(v.root), Catch::Contains("manifest.json"));
  CHECK_THROWS_WITH(trust::sign(trust::subject_of(v.plugin), v.keys / "a.key", {}), Catch::Contains("key"));
  CHECK_THROWS_WITH(trust::sign(trust::subject_of(v.plugin), v.root / "secret", {"nothing.txt"}), Catch::Contains("nothing.txt"));
  CHECK_THROWS_WITH(trust::sign(trust::subject_of(v.plugin), v.root / "secret", {"../keys/a.key"}), Catch::Contains("plain file name"));
  v.write(v.plugin / "manifest.json", R"({"id":"org.example.heart","version":"1.2","library":"lung"})");
  CHECK_THROWS_WITH(trust::subject_of(v.plugin), Catch::Contains("\"lung\""));
  v.write(v.plugin / "manifest.json", R"({"id":"a\nplugin b","version":"1.2","library":"heart"})");
  CHECK_THROWS_WITH(trust::subject_of(v.plugin), Catch::Contains("has no \"id\""));
}
