#include <catch2/catch.hpp>

#include "record/record.hpp"

TEST_CASE("The data folder must be one for all who log on to the station") {
  const auto folder = caukham::record::default_data_folder();
  CHECK(folder.filename() == "Caukham");
  CHECK(folder.parent_path().filename() == "ProgramData");
}
