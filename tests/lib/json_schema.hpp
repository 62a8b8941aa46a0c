// Enough of JSON Schema (2020-12) for our own schemas: type, enum, required, properties,
// additionalProperties, items, minItems, minLength, minimum, maximum. A keyword it does not know is an error,
// so that no rule goes unheld.
#pragma once
#include <string>
#include <vector>

#include "json/json_text.hpp"

namespace caukham::test {

inline bool has_type(const nlohmann::ordered_json& v, const std::string& type) {
  return type == "object"    ? v.is_object()
         : type == "array"   ? v.is_array()
         : type == "string"  ? v.is_string()
         : type == "boolean" ? v.is_boolean()
         : type == "null"    ? v.is_null()
         : type == "integer" ? v.is_number_integer()
                             : type == "number" && v.is_number();
}

// One line a violation, with the path; empty: valid.
inline std::vector<std::string> violations(const nlohmann::ordered_json& v,
                                           const nlohmann::ordered_json& schema,
                                           const std::string& path = "") {
  std::vector<std::string> out;
  const auto say = [&](const std::string& what) { out.push_back((path.empty() ? "/" : path) + ": " + what); };
  const auto into = [&](const nlohmann::ordered_json& child, const nlohmann::ordered_json& rule,
                        const std::string& name) {
    const auto more = violations(child, rule, path + "/" + name);
    out.insert(out.end(), more.begin(), more.end());
  };
  for (const auto& [key, rule] : schema.items()) {
    if (key == "$schema" || key == "$id" || key == "title" || key == "description") continue;
    if (key == "type") {
      bool good = false;
      for (const auto& t : rule.is_array() ? rule : nlohmann::ordered_json::array({rule}))
        good = good || has_type(v, t);
      if (!good) say("is not " + json_text(rule));
    } else if (key == "enum") {
      bool good = false;
      for (const auto& e : rule) good = good || e == v;
      if (!good) say("is not one of " + json_text(rule));
    } else if (key == "required") {
      for (const auto& name : rule)
        if (v.is_object() && !v.contains(name.get<std::string>())) say("lacks " + json_text(name));
    } else if (key == "properties") {
      if (v.is_object())
        for (const auto& [name, child] : v.items())
          if (rule.contains(name)) into(child, rule[name], name);
    } else if (key == "additionalProperties") {
      if (v.is_object())
        for (const auto& [name, child] : v.items()) {
          if (schema.contains("properties") && schema["properties"].contains(name)) continue;
          if (rule.is_object())
            into(child, rule, name);
          else if (!rule.get<bool>())
            say("has a stranger \"" + name + "\"");
        }
    } else if (key == "items") {
      if (v.is_array())
        for (std::size_t i = 0; i < v.size(); ++i) into(v[i], rule, std::to_string(i));
    } else if (key == "minItems") {
      if (v.is_array() && v.size() < rule.get<std::size_t>()) say("has fewer items than " + json_text(rule));
    } else if (key == "minLength") {
      if (v.is_string() && v.get<std::string>().size() < rule.get<std::size_t>())
        say("is shorter than " + json_text(rule));
    } else if (key == "minimum") {
      if (v.is_number() && v.get<double>() < rule.get<double>()) say("is below " + json_text(rule));
    } else if (key == "maximum") {
      if (v.is_number() && v.get<double>() > rule.get<double>()) say("is above " + json_text(rule));
    } else {
      say("the schema says \"" + key + "\", which is not understood here");
    }
  }
  return out;
}

}  // namespace caukham::test
