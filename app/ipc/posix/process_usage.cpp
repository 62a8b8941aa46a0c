// What a child uses, as Linux tells it in /proc.
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <fstream>
#include <sstream>

#include "ipc/process.hpp"

namespace caukham::ipc {

double Process::cpu_seconds() const {
  if (pid_ <= 0 || status_) return 0;
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  // The name in parentheses may hold anything; fields are counted from the last ')'. utime and stime are 14
  // and 15.
  const auto end = line.rfind(')');
  if (end == std::string::npos) return 0;
  std::istringstream rest(line.substr(end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::uint64_t Process::resident_bytes() const {
  if (pid_ <= 0 || status_) return 0;
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string file_stamp(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return "";
  std::ostringstream text;
  text << s.st_dev << ':' << s.st_ino << ' ' << s.st_size << ' ' << s.st_mtim.tv_sec << '.' << s.st_mtim.tv_nsec << ' '
       << s.st_ctim.tv_sec << '.' << s.st_ctim.tv_nsec;
  return text.str();
}

Handle own_stderr() {
  Handle own(STDERR_FILENO);
  auto copy = own.duplicate();
  own.release();  // borrowed only
  return copy;
}

std::string own_program_path() {
  char path[PATH_MAX];
  const ssize_t n = ::readlink("/proc/self/exe", path, sizeof path);
  return n > 0 ? std::string(path, static_cast<std::size_t>(n)) : std::string();
}

}  // namespace caukham::ipc
