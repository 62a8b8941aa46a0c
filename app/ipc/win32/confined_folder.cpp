#include "ipc/confined_folder.hpp"

#include "ipc/win32/windows.hpp"

#include <sddl.h>

#include <filesystem>

namespace caukham::ipc {

// The label is given while the folder is made: later it takes the right to change owners, which a nurse's account has not.
bool make_confined_folder(const std::string& path) {
  const std::filesystem::path folder = wide(path);
  std::error_code error;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (error) return false;
  // For it and all that will lie in it: low integrity may write. Who may otherwise is inherited from above.
  SECURITY_ATTRIBUTES attributes{sizeof attributes, nullptr, FALSE};
  if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(L"S:(ML;OICI;NW;;;LW)", SDDL_REVISION_1,
                                                              &attributes.lpSecurityDescriptor, nullptr))
    return false;
  const bool made = ::CreateDirectoryW(folder.c_str(), &attributes) || ::GetLastError() == ERROR_ALREADY_EXISTS;
  ::LocalFree(attributes.lpSecurityDescriptor);
  return made && std::filesystem::is_directory(folder, error);
}

}  // namespace caukham::ipc
