#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "session/identity.hpp"
#include "tests/lib/test_folder.hpp"

using namespace caukham::session;
namespace fs = std::filesystem;

namespace {
struct Folder : caukham::tests::TestFolder {
  Folder() : TestFolder("identity") {}
  fs::path file() const { return path / "session" / "identity.pem"; }
  std::string content() const {
    std::ifstream in(file(), std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  void write(const std::string& text) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << text;
  }
};
}  // namespace

TEST_CASE("the station's key must be made once and be the same after a restart") {
  Folder folder;
  const auto first =
      load_or_make_identity(folder.path.string(), {"tram-y-te.example", "10.1.2.3", "fd00::7"});
  const auto again = load_or_make_identity(folder.path.string(), {"another.example"});
  CHECK(first.fingerprint == again.fingerprint);
  CHECK(first.key_pem == again.key_pem);
  CHECK(first.fingerprint.size() == 95);
  CHECK(first.fingerprint.find_first_not_of("0123456789ABCDEF:") == std::string::npos);
}

TEST_CASE("two stations must not have the same key") {
  Folder a, b;
  CHECK(load_or_make_identity(a.path.string(), {}).fingerprint !=
        load_or_make_identity(b.path.string(), {}).fingerprint);
}

TEST_CASE("a damaged key file must be told about and left as it is") {
  Folder folder;
  load_or_make_identity(folder.path.string(), {});
  const auto whole = folder.content();
  const std::string broken = GENERATE(std::string(), std::string("rubbish"), std::string(70000, 'x'));
  const std::string text = broken.empty() ? whole.substr(0, whole.size() / 2) : broken;
  folder.write(text);
  CHECK_THROWS_AS(load_or_make_identity(folder.path.string(), {}), std::runtime_error);
  CHECK(folder.content() == text);
}

TEST_CASE("a key and a certificate of two stations must not be accepted together") {
  Folder a, b;
  const auto one = load_or_make_identity(a.path.string(), {}),
             two = load_or_make_identity(b.path.string(), {});
  a.write(one.key_pem + two.certificate_pem);
  CHECK_THROWS_WITH(load_or_make_identity(a.path.string(), {}), Catch::Contains("do not belong together"));
}

TEST_CASE("a folder that cannot be written must end in a sentence with the file's name") {
  Folder folder;
  std::ofstream(folder.path / "session") << "a file where the folder should be";
  CHECK_THROWS_WITH(load_or_make_identity(folder.path.string(), {}), Catch::Contains("identity.pem"));
}

TEST_CASE("names that would add other entries to the certificate must be left out") {
  Folder folder;
  CHECK_NOTHROW(load_or_make_identity(folder.path.string(),
                                      {"evil,DNS:bank.example", "", std::string(300, 'a'), "ok.example"}));
}

TEST_CASE("base64url must be RFC 4648's, without padding") {
  const auto of = [](std::string s) { return base64url({s.begin(), s.end()}); };
  CHECK(of("") == "");
  CHECK(of("f") == "Zg");
  CHECK(of("fo") == "Zm8");
  CHECK(of("foobar") == "Zm9vYmFy");
  CHECK(base64url({0xFB, 0xFF}) == "-_8");
}

TEST_CASE("random bytes must not repeat") {
  std::set<std::vector<unsigned char>> seen;
  for (int i = 0; i < 64; ++i) seen.insert(random_bytes(32));
  CHECK(seen.size() == 64);
}
