// How this station writes JSON onto a control channel.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace caukham::session {

// One line; bytes that are not UTF-8 become U+FFFD, for a browser closes a channel over them. Throws nothing.
inline std::string text_of(const nlohmann::json& j) {
  return j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace caukham::session
