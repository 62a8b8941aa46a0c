#include "trust/private_file.hpp"

#include <windows.h>
#include <sddl.h>

#include <stdexcept>

namespace caukham::trust {

void write_private_file(const std::filesystem::path& file, const std::string& text) {
  // For its owner and nobody else; nothing is taken over from the folder.
  SECURITY_ATTRIBUTES owner_only{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
  if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;FA;;;OW)", SDDL_REVISION_1,
                                                              &owner_only.lpSecurityDescriptor, nullptr))
    throw std::runtime_error(file.string() + " cannot be protected from others");
  const HANDLE out = ::CreateFileW(file.wstring().c_str(), GENERIC_WRITE, 0, &owner_only, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
  ::LocalFree(owner_only.lpSecurityDescriptor);
  if (out == INVALID_HANDLE_VALUE) throw std::runtime_error(file.string() + " cannot be created; is it there already?");
  DWORD written = 0;
  const bool good = ::WriteFile(out, text.data(), static_cast<DWORD>(text.size()), &written, nullptr) && written == text.size();
  ::CloseHandle(out);
  if (!good) throw std::runtime_error(file.string() + " cannot be written");
}

// The rights were given when the file was made; what an administrator changes afterwards is the administrator's affair.
std::string wrong_with_private_file(const std::filesystem::path& file) {
  return ::GetFileAttributesW(file.wstring().c_str()) == INVALID_FILE_ATTRIBUTES ? file.string() + " cannot be read" : "";
}

}  // namespace caukham::trust
