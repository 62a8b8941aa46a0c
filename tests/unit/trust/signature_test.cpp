#include <catch2/catch.hpp>

#include <random>

#include "folder.hpp"
#include "trust/trust.hpp"

using namespace caukham;
using tests::Vendor;
using trust::State;

namespace {
struct Signed : Vendor {
  Signed() {
    trust::make_key(root / "secret", keys / "example.key", "Example", false);
    sign();
  }
  void sign(const std::vector<std::string>& further = {}) {
    trust::sign(trust::subject_of(plugin), root / "secret", further);
  }
  trust::Verdict judge() const { return trust::judge({plugin, "org.example.heart", "1.2", "heart.so"}, trust::Keys::read(keys)); }
  // The key file with one more field.
  void key_with(const std::string& field) const {
    auto text = read(keys / "example.key");
    text.insert(text.find('{') + 1, field + ",");
    write(keys / "example.key", text);
  }
};
}  // namespace

TEST_CASE("a plugin must be trusted exactly as its vendor signed it") {
  Signed v;
  auto verdict = v.judge();
  INFO(verdict.words);
  CHECK(verdict.state == State::trusted);
  CHECK(verdict.vendor == "Example");
  CHECK(verdict.key.size() == 16);
  CHECK_FALSE(verdict.station);
  CHECK_THAT(verdict.words, Catch::StartsWith("Signed by Example on "));
  v.write(v.plugin / "readme.txt", "other words");  // not signed, cannot be loaded
  CHECK(v.judge().state == State::trusted);
  v.sign({"readme.txt"});
  CHECK(v.judge().state == State::trusted);
  v.write(v.plugin / "readme.txt", "again other words");
  CHECK(v.judge().state == State::tampered);
}

TEST_CASE("each change of what was signed must be found and named") {
  Signed v;
  const auto library = v.read(v.plugin / "heart.so"), manifest = v.read(v.plugin / "manifest.json");
  v.write(v.plugin / "heart.so", library + "!");
  CHECK_THAT(v.judge().words, Catch::Contains("heart.so was changed after it was signed"));
  v.write(v.plugin / "heart.so", "N" + library.substr(1));  // of equal length
  CHECK(v.judge().state == State::tampered);
  v.write(v.plugin / "heart.so", library);
  v.write(v.plugin / "manifest.json", manifest + "\n");
  CHECK_THAT(v.judge().words, Catch::Contains("manifest.json was changed"));
  v.write(v.plugin / "manifest.json", manifest);
  CHECK(v.judge().state == State::trusted);
  v.write(v.plugin / "libhelper.so.2", "slipped in");
  CHECK_THAT(v.judge().words, Catch::Contains("libhelper.so.2 lies beside the plugin and was not signed"));
  v.sign();
  CHECK(v.judge().state == State::trusted);
  std::filesystem::remove(v.plugin / "heart.so");
  CHECK_THAT(v.judge().words, Catch::Contains("heart.so is missing"));
}

TEST_CASE("without a signature, with a stranger's or with a withdrawn key a plugin must not be trusted") {
  Signed v;
  SECTION("none") {
    std::filesystem::remove(v.plugin / "plugin.sig");
    CHECK(v.judge().state == State::no_signature);
  }
  SECTION("a stranger") {
    std::filesystem::remove(v.keys / "example.key");
    const auto verdict = v.judge();
    CHECK(verdict.state == State::unknown_key);
    CHECK(verdict.vendor.empty());
    CHECK_THAT(verdict.words, Catch::Contains(verdict.key));
  }
  SECTION("withdrawn") {
    v.key_with(R"("revoked":"the laptop was stolen")");
    CHECK(v.judge().state == State::revoked);
    CHECK_THAT(v.judge().words, Catch::Contains("the laptop was stolen"));
  }
  SECTION("withdrawn in a second file") {
    const auto text = v.read(v.keys / "example.key");
    v.key_with(R"("revoked":"stolen")");
    v.write(v.keys / "another.key", text);
    CHECK(v.judge().state == State::revoked);
  }
  SECTION("ended") {
    v.key_with(R"("until":"2001-01-01")");
    CHECK(v.judge().state == State::revoked);
  }
  SECTION("for other plugins") {
    v.key_with(R"("plugins":["org.example.lung","com."])");
    CHECK(v.judge().state == State::revoked);
    CHECK_THAT(v.judge().words, Catch::Contains("may not sign a plugin called org.example.heart"));
  }
  SECTION("for this one") {
    v.key_with(R"("plugins":["org.example."])");
    CHECK(v.judge().state == State::trusted);
  }
  SECTION("of another plugin") {
    CHECK(trust::judge({v.plugin, "org.example.heart", "1.3", "heart.so"}, trust::Keys::read(v.keys)).state == State::tampered);
    CHECK(trust::judge({v.plugin, "org.other", "1.2", "heart.so"}, trust::Keys::read(v.keys)).state == State::tampered);
    CHECK(trust::judge({v.plugin, "org.example.heart", "1.2", "lung.so"}, trust::Keys::read(v.keys)).state == State::tampered);
  }
  SECTION("of another key") {
    const auto sig = v.read(v.plugin / "plugin.sig");
    trust::make_key(v.root / "secret2", v.keys / "second.key", "Second", false);
    trust::sign(trust::subject_of(v.plugin), v.root / "secret2", {});
    auto forged = v.read(v.plugin / "plugin.sig");
    const auto key = [](const std::string& s) { return s.substr(s.find("\nkey ") + 5, 16); };
    forged.replace(forged.find("\nkey ") + 5, 16, key(sig));
    v.write(v.plugin / "plugin.sig", forged);
    CHECK(v.judge().state == State::tampered);
  }
  CHECK_FALSE(v.judge().words.empty());
}

TEST_CASE("a damaged signature file must never be trusted, wherever it is cut or changed") {
  Signed v;
  const auto good = v.read(v.plugin / "plugin.sig");
  for (std::size_t size = 0; size < good.size(); ++size) {
    v.write(v.plugin / "plugin.sig", good.substr(0, size));
    CHECK(v.judge().state == State::tampered);
  }
  v.write(v.plugin / "plugin.sig", good + good);
  CHECK(v.judge().state == State::tampered);
  v.write(v.plugin / "plugin.sig", std::string(100'000, 'x'));
  CHECK(v.judge().state == State::tampered);
  std::mt19937 random(7);
  for (int n = 0; n < 2000; ++n) {
    auto changed = good;
    for (auto count = random() % 3 + 1; count > 0; --count) changed[random() % changed.size()] = static_cast<char>(random());
    if (changed == good) continue;
    v.write(v.plugin / "plugin.sig", changed);
    CAPTURE(n);
    CHECK(v.judge().state != State::trusted);
  }
}
