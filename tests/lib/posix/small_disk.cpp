#include "../small_disk.hpp"

#include <sys/mount.h>
#include <unistd.h>

namespace caukham::test {

SmallDisk::SmallDisk(std::uint64_t bytes) {
  char name[] = "/tmp/caukham-small-disk-XXXXXX";
  path_ = ::mkdtemp(name);
  usable_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  if (usable_) ::umount2(path_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace caukham::test
