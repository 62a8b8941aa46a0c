#include "session/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace caukham::session {
namespace {
struct Handle {
  int fd;
  ~Handle() { if (fd >= 0) ::close(fd); }
};
}  // namespace

FileState read_private_file(const std::filesystem::path& path, std::string& content, std::string& why) {
  const Handle file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) {
    why = std::strerror(errno);
    return errno == ENOENT ? FileState::missing : FileState::unreadable;
  }
  content.assign(65537, '\0');
  std::size_t have = 0;
  while (have < content.size()) {
    const auto n = ::read(file.fd, content.data() + have, content.size() - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      why = std::strerror(errno);
      return FileState::unreadable;
    }
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  if (have == content.size()) {
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
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return true;
  why = std::strerror(errno);
  return false;
}

bool write_private_file(const std::filesystem::path& path, const std::string& content, std::string& why) {
  auto draft = path;
  draft += ".new";
  ::unlink(draft.c_str());  // left behind by a power cut; it never was the key
  {
    const Handle file{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    std::size_t done = 0;
    while (file.fd >= 0 && done < content.size()) {
      const auto n = ::write(file.fd, content.data() + done, content.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    if (file.fd < 0 || done < content.size() || ::fsync(file.fd) != 0) {
      why = std::strerror(errno);
      ::unlink(draft.c_str());
      return false;
    }
  }
  // link, not rename: two stations started together on one folder must end with one key, not with the last
  // one.
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0;
  if (!linked) why = std::strerror(errno);
  ::unlink(draft.c_str());
  const Handle folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.fd >= 0) ::fsync(folder.fd);
  return linked;
}

}  // namespace caukham::session
