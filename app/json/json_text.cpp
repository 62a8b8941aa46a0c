#include "json/json_text.hpp"

#include <istream>
#include <iterator>

namespace caukham {
namespace {

constexpr int deepest = 64;  // writing a value recurses as deep as it is nested

bool too_deep(std::string_view text) {
  int depth = 0;
  for (const char c : text)  // brackets in strings count, too: this is a bound, not a parser
    if ((depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0) > deepest) return true;
  return false;
}

}  // namespace

std::string json_text(const nlohmann::json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_text(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

nlohmann::json json_of(std::string_view text) {
  if (too_deep(text)) return nlohmann::json(nlohmann::json::value_t::discarded);
  return nlohmann::json::parse(text, nullptr, false);
}

nlohmann::json json_of(std::istream& in) {
  return json_of(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace caukham
