#include "record/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include "record/file_words.hpp"

namespace caukham::record {
namespace {

Trouble trouble_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return Trouble::full;
    case EFBIG: return Trouble::too_large;
    case ENOENT: return Trouble::missing;
    case EACCES:
    case EPERM:
    case EROFS: return Trouble::denied;
    default: return Trouble::other;
  }
}

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int error) {
  throw_trouble(trouble_of(error), path, std::string(what) + ": " + std::strerror(error));
}

}  // namespace

File File::open(const std::filesystem::path& path, Mode mode) {
  const int flags = mode == Mode::read         ? O_RDONLY
                    : mode == Mode::read_write ? O_RDWR
                                               : O_RDWR | O_CREAT | O_EXCL;
  File file;
  file.path_ = path;
  // Patients' data: nobody but this user. Non-blocking, so that a pipe under a file's name cannot hang us.
  file.fd_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file.fd_ < 0) fail(mode == Mode::create_new ? "created" : "opened", path, errno);
  struct stat st {};
  if (fstat(file.fd_, &st) != 0) fail("opened", path, errno);
  if (!S_ISREG(st.st_mode)) throw_not_ordinary(path);
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
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::uint64_t File::size() const {
  struct stat st {};
  if (fstat(fd_, &st) != 0) fail("measured", path_, errno);
  return static_cast<std::uint64_t>(st.st_size);
}

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read", path_, errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

void File::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n =
        pwrite(fd_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("written", path_, errno);
    if (n == 0) fail("written", path_, ENOSPC);
    done += static_cast<std::size_t>(n);
  }
}

void File::truncate(std::uint64_t size) {
  if (ftruncate(fd_, static_cast<off_t>(size)) != 0) fail("shortened", path_, errno);
}

void File::sync() {
  if (fdatasync(fd_) != 0)
    fail("made safe on the disk", path_, errno);  // fdatasync also keeps a changed size
}

bool File::try_lock() { return flock(fd_, LOCK_EX | LOCK_NB) == 0; }

void fsync_directory(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail("opened", folder, errno);
  const int rc = fsync(fd), error = errno;
  ::close(fd);
  if (rc != 0 && error != EINVAL)
    fail("made safe on the disk", folder, error);  // EINVAL: no such notion there
}

bool hard_link(const std::filesystem::path& existing, const std::filesystem::path& name) {
  if (linkat(AT_FDCWD, existing.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return true;
  if (errno == ENOSPC || errno == EDQUOT || errno == ENOENT) fail("linked", name, errno);
  return false;
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("renamed", from, errno);
  fsync_directory(to.parent_path());
  if (from.parent_path() != to.parent_path()) fsync_directory(from.parent_path());
}

std::uint64_t free_bytes(const std::filesystem::path& folder) {
  struct statvfs st {};
  if (statvfs(folder.c_str(), &st) != 0) fail("measured", folder, errno);
  return static_cast<std::uint64_t>(st.f_bavail) * st.f_frsize;
}

bool last_error_is_no_room() {
  const Trouble trouble = trouble_of(errno);
  return trouble == Trouble::full || trouble == Trouble::too_large;
}

}  // namespace caukham::record
