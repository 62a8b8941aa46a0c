// Small JSON files of the station's own: read with bounds, replaced as a whole.
#pragma once
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace caukham::core {

// Null when there is no such file, or it is larger than 1 MiB, nested deeply, or no JSON: as if it were not there.
inline nlohmann::json read_settings(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (file.empty() || !in) return nullptr;
  std::string text((1 << 20) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > 1 << 20) return nullptr;
  int depth = 0;
  for (const char c : text)  // the parser itself recurses as deep as the text says
    if ((depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0) > 32) return nullptr;
  auto value = nlohmann::json::parse(text, nullptr, false);
  return value.is_discarded() ? nlohmann::json() : value;
}

// Written beside and moved into place, so that a crash leaves the old or the new file.
inline bool write_settings(const std::string& file, const nlohmann::json& value) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const auto beside = file + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    if (!out.flush()) return false;
  }
  std::filesystem::rename(beside, file, error);
  return !error;
}

}  // namespace caukham::core
