#include <stdexcept>
#include <string>
#include <vector>

#include "core/i18n.hpp"
#include "station/station.hpp"

namespace caukham::station {
namespace fs = std::filesystem;

namespace {

#ifdef _WIN32
constexpr const char* program_suffix = ".exe";
#else
constexpr const char* program_suffix = "";
#endif

// The first of the places that exists, or nothing.
fs::path any_of(const std::vector<fs::path>& places) {
  for (const auto& place : places)
    if (fs::exists(place)) return fs::weakly_canonical(place);
  return {};
}

// The program says which part is missing instead of failing later.
fs::path first_of(const std::string& part, const std::vector<fs::path>& places) {
  if (auto found = any_of(places); !found.empty()) return found;
  throw std::runtime_error(core::tr("This installation is not complete: {0} is missing (looked in {1}). Install Caukham again.", part,
                                    places.front().string()));
}

}  // namespace

Installation find_installation(const fs::path& program_folder) {
  const auto places = [&](const char* room, const std::string& file) {
    return std::vector{program_folder / file, program_folder / ".." / "libexec" / "caukham" / file, program_folder / ".." / room / file};
  };
  const auto host = std::string("caukham-pluginhost") + program_suffix;
  const auto share = program_folder / ".." / "share" / "caukham";
  Installation found;
  found.plugin_host = first_of(host, places("pluginhost", host));
  // Practice only: an installation may be without it.
  found.simulator = any_of(places("virtualbus", std::string("caukham-simulator") + program_suffix));
  found.plugins = first_of(core::tr("the plugins folder"), {program_folder / ".." / "lib" / "caukham" / "plugins",
                                                  program_folder / "plugins", program_folder / ".." / ".." / "plugins"});
  found.keys = first_of(core::tr("the vendors' keys"), {share / "keys", program_folder / "keys", program_folder / ".." / "trust" / "keys"});
  found.console = first_of(core::tr("the specialist's page"), {share / "console", program_folder / "console",
                                                     fs::path(CAUKHAM_SOURCE_CONSOLE)});
  found.locale = first_of(core::tr("the languages"), {program_folder / ".." / "share" / "locale", program_folder / "locale",
                                            program_folder / ".." / "po"});
  found.reference = first_of(core::tr("the reference values"), {share / "reference", fs::path(CAUKHAM_SOURCE_REFERENCE)});
  return found;
}

}  // namespace caukham::station
