// Through the C library's descriptors, which wide names open; binary, and not for children.
#include "media/new_file.hpp"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace caukham::media {

bool NewFile::create(const std::string& path, std::string& why) {
  close();
  fd_ = ::_wopen(std::filesystem::path(path).c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
  if (fd_ >= 0) return true;
  why = errno == EEXIST ? "a recording of this name exists already: " + path
                        : "the recording's file cannot be made (" + std::string(std::strerror(errno)) + "): " + path;
  return false;
}

bool NewFile::write(const std::uint8_t* bytes, std::size_t n) {
  while (n > 0) {
    const int done = ::_write(fd_, bytes, static_cast<unsigned>(std::min<std::size_t>(n, 1u << 20)));
    if (done <= 0) {
      error_ = errno == ENOSPC ? "the disk is full" : std::strerror(errno);
      return false;
    }
    bytes += done;
    n -= static_cast<std::size_t>(done);
  }
  return true;
}

std::int64_t NewFile::seek(std::int64_t offset, int whence) { return ::_lseeki64(fd_, offset, whence); }

bool NewFile::sync() {
  if (::_commit(fd_) == 0) return true;
  error_ = std::strerror(errno);
  return false;
}

bool NewFile::close() {
  if (fd_ < 0) return true;
  const int fd = fd_;
  fd_ = -1;
  if (::_close(fd) == 0) return true;
  error_ = std::strerror(errno);
  return false;
}

}  // namespace caukham::media
