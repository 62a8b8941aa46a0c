#include "session/private_file.hpp"

#include <windows.h>

#include <memory>
#include <system_error>

// The rights are those of the folder above. The station is one for all who log on to the PC, and so is the key by which
// specialists know it: in ProgramData the installer's rights close it to all others, in a user's own folder Windows' do.
namespace caukham::session {
namespace {

constexpr std::size_t max_bytes = 65536;

struct Close {
  void operator()(void* handle) const {
    if (handle != INVALID_HANDLE_VALUE) ::CloseHandle(handle);
  }
};
using Handle = std::unique_ptr<void, Close>;

std::string words() { return std::system_category().message(static_cast<int>(::GetLastError())); }

}  // namespace

FileState read_private_file(const std::filesystem::path& path, std::string& content, std::string& why) {
  const Handle file(::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING, 0, nullptr));
  if (file.get() == INVALID_HANDLE_VALUE) {
    const auto error = ::GetLastError();
    why = words();
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND ? FileState::missing : FileState::unreadable;
  }
  content.assign(max_bytes + 1, '\0');
  DWORD have = 0;
  if (!::ReadFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &have, nullptr)) {
    why = words();
    return FileState::unreadable;
  }
  if (have > max_bytes) {
    why = "the file is too large";
    return FileState::unreadable;
  }
  content.resize(have);
  return FileState::read;
}

bool make_private_folder(const std::filesystem::path& folder, std::string& why) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return true;
  std::filesystem::create_directories(folder.parent_path(), error);
  if (::CreateDirectoryW(folder.c_str(), nullptr) || ::GetLastError() == ERROR_ALREADY_EXISTS) return true;
  why = words();
  return false;
}

bool write_private_file(const std::filesystem::path& path, const std::string& content, std::string& why) {
  auto draft = path;
  draft += ".new";
  ::DeleteFileW(draft.c_str());  // left behind by a power cut; it never was the key
  bool good = false;
  {
    const Handle file(::CreateFileW(draft.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr));
    DWORD done = 0;
    good = file.get() != INVALID_HANDLE_VALUE &&
           ::WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &done, nullptr) && done == content.size() &&
           ::FlushFileBuffers(file.get());
    if (!good) why = words();
  }
  // Not replacing: two stations started together on one folder must end with one key, not with the last one.
  if (good && !::MoveFileExW(draft.c_str(), path.c_str(), MOVEFILE_WRITE_THROUGH)) {
    why = words();
    good = false;
  }
  if (!good) ::DeleteFileW(draft.c_str());
  return good;
}

}  // namespace caukham::session
