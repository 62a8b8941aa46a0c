#include <stdexcept>

#include "station/station.hpp"

namespace caukham::station {
namespace fs = std::filesystem;

namespace {

#ifdef _WIN32
constexpr const char* program_suffix = ".exe";
#else
constexpr const char* program_suffix = "";
#endif

// The first of the places that exists; the program says which part is missing instead of failing later.
fs::path first_of(const std::string& part, std::initializer_list<fs::path> places) {
  for (const auto& place : places)
    if (fs::exists(place)) return fs::weakly_canonical(place);
  throw std::runtime_error("This installation is not complete: " + part + " is missing (looked in " +
                           places.begin()->string() + "). Install Caukham again.");
}

}  // namespace

Installation find_installation(const fs::path& program_folder) {
  const auto program = [&](const char* room, const std::string& name) {
    const auto file = name + program_suffix;
    return first_of(file, {program_folder / file, program_folder / ".." / "libexec" / "caukham" / file, program_folder / ".." / room / file});
  };
  const auto share = program_folder / ".." / "share" / "caukham";
  Installation found;
  found.plugin_host = program("pluginhost", "caukham-pluginhost");
  found.simulator = program("virtualbus", "caukham-simulator");
  found.plugins = first_of("the plugins folder", {program_folder / ".." / "lib" / "caukham" / "plugins",
                                                  program_folder / "plugins", program_folder / ".." / ".." / "plugins"});
  found.keys = first_of("the vendors' keys", {share / "keys", program_folder / "keys", program_folder / ".." / "trust" / "keys"});
  found.console = first_of("the specialist's page", {share / "console", program_folder / "console",
                                                     fs::path(CAUKHAM_SOURCE_CONSOLE)});
  found.locale = first_of("the languages", {program_folder / ".." / "share" / "locale", program_folder / "locale",
                                            program_folder / ".." / "po"});
  found.reference = first_of("the reference values", {share / "reference", fs::path(CAUKHAM_SOURCE_REFERENCE)});
  return found;
}

}  // namespace caukham::station
