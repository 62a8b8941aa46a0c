// Files may be read, renamed and removed by others while they are open here, as on Linux. The descriptor is the C library's,
// made from a handle that was opened so.
#include "record/file.hpp"

#include <windows.h>

#include <fcntl.h>
#include <io.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "record/file_words.hpp"

namespace caukham::record {
namespace {

constexpr DWORD disk_quota_exceeded = 1295;  // ERROR_DISK_QUOTA_EXCEEDED; not in mingw-w64 10's header

Trouble trouble_of(DWORD error) {
  switch (error) {
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case disk_quota_exceeded: return Trouble::full;
    case ERROR_FILE_TOO_LARGE: return Trouble::too_large;
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return Trouble::missing;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT: return Trouble::denied;
    default: return Trouble::other;
  }
}

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, DWORD error = ::GetLastError()) {
  throw_trouble(trouble_of(error), path, std::string(what) + ": " + std::system_category().message(static_cast<int>(error)));
}

HANDLE handle_of(int fd) { return reinterpret_cast<HANDLE>(::_get_osfhandle(fd)); }

OVERLAPPED position(std::uint64_t offset) {
  OVERLAPPED at{};
  at.Offset = static_cast<DWORD>(offset);
  at.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return at;
}

// A byte that no file has: a lock keeps others from locking, not from reading.
constexpr std::uint64_t lock_offset = std::uint64_t{1} << 62;
constexpr std::size_t piece_bytes = 1u << 24;

}  // namespace

File File::open(const std::filesystem::path& path, Mode mode) {
  const DWORD access = mode == Mode::read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) throw_not_ordinary(path);
  const HANDLE handle = ::CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                      mode == Mode::create_new ? CREATE_NEW : OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) fail(mode == Mode::create_new ? "created" : "opened", path);
  if (::GetFileType(handle) != FILE_TYPE_DISK) {
    ::CloseHandle(handle);
    throw_not_ordinary(path);
  }
  File file;
  file.path_ = path;
  file.fd_ = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY | _O_NOINHERIT | (mode == Mode::read ? _O_RDONLY : _O_RDWR));
  if (file.fd_ < 0) {
    ::CloseHandle(handle);
    fail("opened", path, ERROR_TOO_MANY_OPEN_FILES);
  }
  return file;
}

File::File(File&& other) noexcept : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
File& File::operator=(File&& other) noexcept {
  if (this == &other) return *this;
  close();
  path_ = std::move(other.path_);
  fd_ = std::exchange(other.fd_, -1);
  return *this;
}
File::~File() { close(); }

void File::close() {
  if (fd_ >= 0) ::_close(std::exchange(fd_, -1));
}

std::uint64_t File::size() const {
  LARGE_INTEGER bytes{};
  if (!::GetFileSizeEx(handle_of(fd_), &bytes)) fail("measured", path_);
  return static_cast<std::uint64_t>(bytes.QuadPart);
}

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    auto at = position(offset + done);
    DWORD n = 0;
    const bool good = ::ReadFile(handle_of(fd_), out.data() + done, static_cast<DWORD>(std::min(piece_bytes, out.size() - done)), &n, &at);
    if (!good && ::GetLastError() != ERROR_HANDLE_EOF) fail("read", path_);
    if (n == 0) break;
    done += n;
  }
  return done;
}

void File::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    auto at = position(offset + done);
    DWORD n = 0;
    if (!::WriteFile(handle_of(fd_), bytes.data() + done, static_cast<DWORD>(std::min(piece_bytes, bytes.size() - done)), &n, &at))
      fail("written", path_);
    if (n == 0) fail("written", path_, ERROR_DISK_FULL);
    done += n;
  }
}

void File::truncate(std::uint64_t size) {
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  if (!::SetFileInformationByHandle(handle_of(fd_), FileEndOfFileInfo, &end, sizeof end)) fail("shortened", path_);
}

void File::sync() {
  if (!::FlushFileBuffers(handle_of(fd_))) fail("made safe on the disk", path_);
}

bool File::try_lock() {
  auto at = position(lock_offset);
  return ::LockFileEx(handle_of(fd_), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at);
}

// NTFS writes names into its journal by itself; there is nothing to ask for.
void fsync_directory(const std::filesystem::path& folder) {
  if (::GetFileAttributesW(folder.c_str()) == INVALID_FILE_ATTRIBUTES) fail("opened", folder);
}

bool hard_link(const std::filesystem::path& existing, const std::filesystem::path& name) {
  if (::CreateHardLinkW(name.c_str(), existing.c_str(), nullptr)) return true;
  const auto error = ::GetLastError();
  if (trouble_of(error) == Trouble::full || trouble_of(error) == Trouble::missing) fail("linked", name, error);
  return false;
}

// Windows refuses for as long as another thread replaces the same file, or a virus scanner looks at it: a moment.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (int tries = 0; !::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH); ++tries) {
    const auto error = ::GetLastError();
    if ((error != ERROR_ACCESS_DENIED && error != ERROR_SHARING_VIOLATION) || tries == 100) fail("renamed", from, error);
    ::Sleep(10);
  }
}

std::uint64_t free_bytes(const std::filesystem::path& folder) {
  ULARGE_INTEGER free{};
  if (!::GetDiskFreeSpaceExW(folder.c_str(), &free, nullptr, nullptr)) fail("measured", folder);
  return free.QuadPart;
}

bool last_error_is_no_room() {
  const Trouble trouble = trouble_of(::GetLastError());
  return trouble == Trouble::full || trouble == Trouble::too_large;
}

}  // namespace caukham::record
