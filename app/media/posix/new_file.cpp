#include "media/new_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace caukham::media {

bool NewFile::create(const std::string& path, std::string& why) {
  close();
  fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd_ >= 0) return true;
  why = errno == EEXIST ? "a recording of this name exists already: " + path
                        : "the recording's file cannot be made (" + std::string(std::strerror(errno)) + "): " + path;
  return false;
}

bool NewFile::write(const std::uint8_t* bytes, std::size_t n) {
  while (n > 0) {
    const ssize_t done = ::write(fd_, bytes, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) {
      error_ = errno == ENOSPC ? "the disk is full" : std::strerror(errno);
      return false;
    }
    bytes += done;
    n -= static_cast<std::size_t>(done);
  }
  return true;
}

std::int64_t NewFile::seek(std::int64_t offset, int whence) { return ::lseek(fd_, offset, whence); }

bool NewFile::sync() {
  if (::fdatasync(fd_) == 0) return true;
  error_ = std::strerror(errno);
  return false;
}

bool NewFile::close() {
  if (fd_ < 0) return true;
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) == 0) return true;
  error_ = std::strerror(errno);
  return false;
}

}  // namespace caukham::media
