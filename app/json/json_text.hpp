// JSON to text and back, compiled once: parser and writer in every file that needs them were ten seconds of it each.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace caukham {

// `indent` < 0: one line. Bytes that are not UTF-8 become U+FFFD: a name from a device must never stop a file from being
// written, or a browser from reading it. [any thread]
std::string json_text(const nlohmann::json& value, int indent = -1);
std::string json_text(const nlohmann::ordered_json& value, int indent = -1);

// is_discarded() when the text is no JSON or is nested deeper than 64. Throws nothing. [any thread]
nlohmann::json json_of(std::string_view text);

// All that is left in the stream, as above.
nlohmann::json json_of(std::istream& in);

}  // namespace caukham
