#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "analysis/picture/json.hpp"
#include "json/json_text.hpp"
#include "picture.hpp"

using namespace caukham::analysis::picture;
using namespace picture_tests;

TEST_CASE("reports for the schema: a number that is not known is null, never zero") {
  const auto full = to_json(measure(view_of(spots())));
  CHECK(full["algorithm"]["name"] == "caukham-picture");
  CHECK(full["findings"].size() == 7);
  for (const auto& f : full["findings"])
    if (f["verdict"] == "cannot_tell") CHECK(f["value"].is_null());
  const auto empty = to_json(measure(View{})), black = to_json(measure(view_of(Image(320, 240))));
  CHECK(empty["brightness_percent"].is_null());
  CHECK(empty["error"] == "The picture is empty.");
  if (const char* folder = std::getenv("CAUKHAM_REPORTS")) {
    int number = 0;
    for (const auto& report : {full, empty, black})
      std::ofstream(std::string(folder) + "/" + std::to_string(number++) + ".json") << caukham::json_text(report, 1);
  }
}
