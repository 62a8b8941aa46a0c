#include "core/i18n.hpp"

#include <algorithm>
#include <array>
#include <boost/dll/runtime_symbol_info.hpp>
#include <boost/locale/gnu_gettext.hpp>
#include <boost/locale/message.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <locale>
#include <memory>
#include <mutex>
#include <utility>

namespace caukham::core {
namespace {
namespace fs = std::filesystem;
using Catalogue = boost::locale::message_format<char>;

std::mutex mutex;
// The classic locale with the catalogue's facet; none: English. Shared, not copied: a locale counts its copies inside the
// C++ library, where ThreadSanitizer sees nothing and reports a race.
using Shared = std::shared_ptr<const std::locale>;
Shared catalogue;
std::string chosen = "en";

Shared load(const std::string& language, const std::string& folder) {
  namespace gt = boost::locale::gnu_gettext;
  gt::messages_info info;
  info.language = language;
  info.encoding = "UTF-8";
  info.domains.push_back(gt::messages_info::domain("caukham"));
  info.paths.push_back(folder);
  try {
    // The facet is used directly, never through a std::locale by name: stations have no Vietnamese system locale.
    auto* facet = gt::create_messages_facet<char>(info);
    if (!facet) return nullptr;
    return std::make_shared<const std::locale>(std::locale::classic(), facet);
  } catch (const std::exception&) {
    return nullptr;  // an unreadable catalogue: English is better than no window
  }
}

// One pass from left to right, so that a patient's name with "{1}" in it stays what it is.
std::string fill(const std::string& pattern, std::initializer_list<const std::string*> arguments) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool hole = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' && pattern[i + 1] >= '0' &&
                      static_cast<std::size_t>(pattern[i + 1] - '0') < arguments.size();
    if (!hole) {
      out += pattern[i];
      continue;
    }
    out += **(arguments.begin() + (pattern[i + 1] - '0'));
    i += 2;
  }
  return out;
}

bool holds_catalogue(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "vi" / "LC_MESSAGES" / "caukham.mo", ignored);
}
}  // namespace

bool set_language(const std::string& language, const std::string& folder) {
  const bool wanted = language != "en" && !folder.empty() &&
                      fs::is_regular_file(fs::path(folder) / language / "LC_MESSAGES" / "caukham.mo");
  auto loaded = wanted ? load(language, folder) : nullptr;
  const std::lock_guard lock(mutex);
  chosen = language;
  catalogue = std::move(loaded);
  return language == "en" || catalogue != nullptr;
}

const std::string& language() { return chosen; }

std::string locale_folder() {
  if (const char* set = std::getenv("CAUKHAM_LOCALE"); set && *set) return set;
  boost::system::error_code error;
  fs::path folder = boost::dll::program_location(error).parent_path().string();
  for (int level = 0; level < 5 && !folder.empty(); ++level, folder = folder.parent_path())
    for (const char* below : {"locale", "share/locale", "app/po"})
      if (holds_catalogue(folder / below)) return (folder / below).string();
  return "";
}

std::string tr(const char* english) {
  Shared current;
  {
    const std::lock_guard lock(mutex);
    current = catalogue;
  }
  if (!current || !*english) return english;  // the empty key would give the catalogue's header
  const char* found = std::use_facet<Catalogue>(*current).get(0, nullptr, english);
  return found && *found ? found : english;
}

std::string tr(const char* english, const std::string& a0) { return fill(tr(english), {&a0}); }

std::string tr(const char* english, const std::string& a0, const std::string& a1) {
  return fill(tr(english), {&a0, &a1});
}

std::string tr(const char* english, const std::string& a0, const std::string& a1, const std::string& a2) {
  return fill(tr(english), {&a0, &a1, &a2});
}

std::string decimal(double value, int places) {
  std::array<char, 400> text = {};  // the largest double has 309 digits before the point
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, places);
  std::string out(text.data(), error == std::errc() ? end : text.data());
  const std::lock_guard lock(mutex);
  if (chosen == "vi") std::replace(out.begin(), out.end(), '.', ',');
  return out;
}

}  // namespace caukham::core
