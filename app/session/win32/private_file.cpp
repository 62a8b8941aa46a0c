#include "session/private_file.hpp"

#include <windows.h>

#include <sddl.h>

#include <memory>
#include <system_error>

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

// Its owner and the system, nobody else; nothing is taken over from the folder above.
class OwnerOnly {
 public:
  explicit OwnerOnly(const wchar_t* rights) {
    ::ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1, &attributes_.lpSecurityDescriptor, nullptr);
  }
  ~OwnerOnly() { ::LocalFree(attributes_.lpSecurityDescriptor); }
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;
  explicit operator bool() const { return attributes_.lpSecurityDescriptor; }
  SECURITY_ATTRIBUTES* get() { return &attributes_; }

 private:
  SECURITY_ATTRIBUTES attributes_{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
};

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
  OwnerOnly rights(L"D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)");
  if (rights && (::CreateDirectoryW(folder.c_str(), rights.get()) || ::GetLastError() == ERROR_ALREADY_EXISTS)) return true;
  why = words();
  return false;
}

bool write_private_file(const std::filesystem::path& path, const std::string& content, std::string& why) {
  auto draft = path;
  draft += ".new";
  ::DeleteFileW(draft.c_str());  // left behind by a power cut; it never was the key
  bool good = false;
  {
    OwnerOnly rights(L"D:P(A;;FA;;;OW)(A;;FA;;;SY)");
    const Handle file(rights ? ::CreateFileW(draft.c_str(), GENERIC_WRITE, 0, rights.get(), CREATE_NEW, 0, nullptr) : INVALID_HANDLE_VALUE);
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
