#include "../small_disk.hpp"

namespace caukham::test {

SmallDisk::SmallDisk(std::uint64_t) {}  // no RAM disk without a driver
SmallDisk::~SmallDisk() = default;

}  // namespace caukham::test
