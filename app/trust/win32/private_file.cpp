#include "trust/private_file.hpp"

#include <windows.h>
#include <sddl.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace caukham::trust {
namespace {

// This user's SID as text; "" when Windows does not tell. By name, not as "owner": wine knows no owner rights.
std::wstring this_user() {
  HANDLE token = nullptr;
  if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token)) return {};
  alignas(TOKEN_USER) std::byte room[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  DWORD size = 0;
  wchar_t* text = nullptr;
  std::wstring sid;
  if (::GetTokenInformation(token, TokenUser, room, sizeof room, &size) &&
      ::ConvertSidToStringSidW(reinterpret_cast<TOKEN_USER*>(room)->User.Sid, &text)) {
    sid = text;
    ::LocalFree(text);
  }
  ::CloseHandle(token);
  return sid;
}

}  // namespace

void write_private_file(const std::filesystem::path& file, const std::string& text) {
  // For this user and nobody else; nothing is taken over from the folder.
  const auto rights = L"D:P(A;;FA;;;" + this_user() + L")";
  SECURITY_ATTRIBUTES owner_only{sizeof(SECURITY_ATTRIBUTES), nullptr, FALSE};
  if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(rights.c_str(), SDDL_REVISION_1,
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
