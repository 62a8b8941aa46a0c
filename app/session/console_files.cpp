#include "session/console_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "core/i18n.hpp"
#include "core/log.hpp"

namespace caukham::session {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string> types = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"}, {".svg", "image/svg+xml"}, {".png", "image/png"},
    {".ico", "image/x-icon"}, {".woff2", "font/woff2"}, {".webmanifest", "application/manifest+json"},
    {".wav", "audio/wav"}, {".ogg", "audio/ogg"}};
constexpr std::size_t max_files = 300;
constexpr std::uintmax_t max_bytes = 4 * 1024 * 1024;

bool plain(const std::string& path) {
  return std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return c < 128 && (std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == '/');
  }) && path.find("..") == std::string::npos;
}

}  // namespace

ConsoleFiles read_console_files(const std::string& folder) {
  ConsoleFiles files;
  const auto root = fs::u8path(folder);
  std::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_regular_file(error) || it->is_symlink(error)) continue;
    const auto type = types.find(it->path().extension().string());
    const auto path = fs::relative(it->path(), root, error).generic_string();
    if (type == types.end() || !plain(path)) continue;
    if (files.size() >= max_files || it->file_size(error) > max_bytes) {
      core::log_warning("session", "a file of the console is too large, or there are too many: " + path);
      continue;
    }
    std::ifstream in(it->path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) continue;
    files[path == "index.html" ? "/" : "/console/" + path] = {type->second, bytes.str()};
  }
  if (!files.count("/"))
    throw std::runtime_error(
        core::tr("The specialist's page is missing in {0}. Install the program again.", folder));
  return files;
}

}  // namespace caukham::session
