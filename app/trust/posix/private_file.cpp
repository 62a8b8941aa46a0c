#include "trust/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace caukham::trust {

void write_private_file(const std::filesystem::path& file, const std::string& text) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error(file.string() + " cannot be created: " + std::strerror(errno));
  const auto written = ::write(fd, text.data(), text.size());
  const bool good = written == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!good) throw std::runtime_error(file.string() + " cannot be written");
}

std::string wrong_with_private_file(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return file.string() + " cannot be read: " + std::strerror(errno);
  if ((info.st_mode & 077) != 0)
    return file.string() + " can be read by others than its owner, so it is no secret any more; make a new key, or run chmod 600 "
                           "on it if nobody else can have read it";
  return "";
}

}  // namespace caukham::trust
