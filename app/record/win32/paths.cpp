#include "record/paths.hpp"

#include <windows.h>

#include <shlobj.h>

#include "core/i18n.hpp"
#include "record/error.hpp"

namespace caukham::record {

// One record a station, whoever is logged on: C:\ProgramData\Caukham. The installer gives its rights.
std::filesystem::path default_data_folder() {
  PWSTR folder = nullptr;
  const bool good = SUCCEEDED(::SHGetKnownFolderPath(FOLDERID_ProgramData, 0, nullptr, &folder));
  const std::filesystem::path found = good ? folder : L"";
  ::CoTaskMemFree(folder);
  if (found.empty())
    throw RecordError(Fault::io, core::tr("This PC has no folder for programs' data to keep the record in. Ask IT."));
  return found / "Caukham";
}

}  // namespace caukham::record
