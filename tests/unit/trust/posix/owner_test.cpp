// Who may read a secret key, in the system's own terms. On Windows it is an access list, which wine does not keep
// (packaging/windows/NOT-TESTED.md).
#include <catch2/catch.hpp>

#include <sys/stat.h>

#include "tests/unit/trust/folder.hpp"
#include "trust/trust.hpp"

using namespace caukham;
using tests::Vendor;

TEST_CASE("a secret key must be its owner's alone") {
  Vendor v;
  trust::make_key(v.root / "secret", v.keys / "a.key", "Example", true);
  struct stat info {};
  REQUIRE(::stat((v.root / "secret").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  ::chmod((v.root / "secret").c_str(), 0644);
  CHECK_THROWS_WITH(trust::sign(trust::subject_of(v.plugin), v.root / "secret", {}), Catch::Contains("can be read by others"));
}
