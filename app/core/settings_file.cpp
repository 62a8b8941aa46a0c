#include "core/settings_file.hpp"

#include <filesystem>
#include <fstream>

#include "json/json_text.hpp"

namespace caukham::core {

nlohmann::json read_settings(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (file.empty() || !in) return nullptr;
  std::string text((1 << 20) + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > 1 << 20) return nullptr;
  auto value = json_of(text);
  return value.is_discarded() ? nlohmann::json() : value;
}

bool write_settings(const std::string& file, const nlohmann::json& value) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const auto beside = file + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << json_text(value, 2) << '\n';
    if (!out.flush()) return false;
  }
  std::filesystem::rename(beside, file, error);
  return !error;
}

}  // namespace caukham::core
