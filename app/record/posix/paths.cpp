#include "record/paths.hpp"

#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

#include "core/i18n.hpp"
#include "record/error.hpp"

namespace caukham::record {

std::filesystem::path default_data_folder() {
  const char* xdg = std::getenv("XDG_DATA_HOME");
  if (xdg && xdg[0] == '/')
    return std::filesystem::path(xdg) / "caukham";  // relative values are to be ignored (XDG)
  const char* home = std::getenv("HOME");
  if (!home || home[0] != '/') {
    const passwd* user = getpwuid(getuid());
    home = user ? user->pw_dir : nullptr;
  }
  if (!home || home[0] != '/')
    throw RecordError(Fault::io,
                      core::tr("This user has no home folder to keep the record in. Set XDG_DATA_HOME."));
  return std::filesystem::path(home) / ".local" / "share" / "caukham";
}

}  // namespace caukham::record
