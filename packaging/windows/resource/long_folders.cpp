// Part of every program: std::filesystem's directory_iterator, also below a path of more than 260 characters, which mingw's
// own _wopendir has no room for. libstdc++ uses these three and nothing else of what a _WDIR is.
#include <windows.h>

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cwchar>
#include <iterator>
#include <new>
#include <string>

namespace {

struct Listing {
  HANDLE find = INVALID_HANDLE_VALUE;
  WIN32_FIND_DATAW found{};
  bool fresh = true;  // `found` has not been handed out
  _wdirent entry{};
};

int error_number(DWORD error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME: return ENOENT;
    case ERROR_ACCESS_DENIED: return EACCES;
    case ERROR_DIRECTORY: return ENOTDIR;
    default: return EINVAL;
  }
}

Listing* begin(const wchar_t* path) {
  const DWORD what = ::GetFileAttributesW(path);
  if (what == INVALID_FILE_ATTRIBUTES) return nullptr;
  if (!(what & FILE_ATTRIBUTE_DIRECTORY)) return ::SetLastError(ERROR_DIRECTORY), nullptr;
  std::wstring all = path;
  if (all.back() != L'\\' && all.back() != L'/') all += L'\\';
  auto* listing = new Listing;
  listing->find = ::FindFirstFileW((all + L"*").c_str(), &listing->found);
  if (listing->find != INVALID_HANDLE_VALUE) return listing;
  const DWORD error = ::GetLastError();
  delete listing;
  ::SetLastError(error);
  return nullptr;
}

}  // namespace

extern "C" {

_WDIR* _wopendir(const wchar_t* path) {
  try {
    if (auto* listing = begin(path)) return reinterpret_cast<_WDIR*>(listing);
    errno = error_number(::GetLastError());
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
  }
  return nullptr;
}

_wdirent* _wreaddir(_WDIR* folder) {
  auto& listing = *reinterpret_cast<Listing*>(folder);
  if (!listing.fresh && !::FindNextFileW(listing.find, &listing.found)) {
    if (const DWORD error = ::GetLastError(); error != ERROR_NO_MORE_FILES) errno = error_number(error);
    return nullptr;
  }
  listing.fresh = false;
  const std::size_t length = std::min(std::wcslen(listing.found.cFileName), std::size(listing.entry.d_name) - 1);
  std::copy_n(listing.found.cFileName, length, listing.entry.d_name);
  listing.entry.d_name[length] = 0;
  listing.entry.d_namlen = static_cast<unsigned short>(length);
  return &listing.entry;
}

int _wclosedir(_WDIR* folder) {
  auto* listing = reinterpret_cast<Listing*>(folder);
  const bool good = ::FindClose(listing->find);
  delete listing;
  return good ? 0 : -1;
}
}
