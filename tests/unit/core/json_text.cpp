#include "json/json_text.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace caukham;

TEST_CASE("a name that is not UTF-8 must not stop a file from being written") {
  const nlohmann::json name = {{"patient", "Ho\xe0ng"}};
  CHECK(json_text(name) == "{\"patient\":\"Ho\xef\xbf\xbdng\"}");
  CHECK(json_text(nlohmann::ordered_json{{"b", 1}, {"a", 2}}, 1) == "{\n \"b\": 1,\n \"a\": 2\n}");
}

TEST_CASE("text that is no JSON, or nested beyond all sense, must be told as such") {
  CHECK(json_of("{\"a\": [1, 2]}")["a"].size() == 2);
  CHECK(json_of("").is_discarded());
  CHECK(json_of("{\"a\": ").is_discarded());
  CHECK(json_of(std::string(64, '[') + std::string(64, ']')).is_array());
  CHECK(json_of(std::string(65, '[') + std::string(65, ']')).is_discarded());
  CHECK(json_of(std::string(1 << 20, '{')).is_discarded());
  std::istringstream in("[true]\n");
  CHECK(json_of(in)[0] == true);
}
