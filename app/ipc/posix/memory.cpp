#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "ipc/pool.hpp"

namespace caukham::ipc {
namespace {

constexpr int size_seals = F_SEAL_SHRINK | F_SEAL_GROW;

}  // namespace

Handle make_sealed_memory(std::size_t bytes) {
  Handle memory(::memfd_create("caukham-pool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory.valid() || ::ftruncate(memory.native(), static_cast<off_t>(bytes)) != 0 ||
      ::fcntl(memory.native(), F_ADD_SEALS, size_seals | F_SEAL_SEAL) != 0)
    throw std::system_error(errno, std::generic_category(), "shared memory for a device");
  return memory;
}

Mapping::Mapping(const Handle& memory, std::size_t bytes, bool writable) {
  struct stat info {};
  if (::fstat(memory.native(), &info) != 0)
    throw std::system_error(errno, std::generic_category(), "shared memory handed over");
  const int seals = ::fcntl(memory.native(), F_GET_SEALS);
  if (seals < 0 || (seals & size_seals) != size_seals)
    throw std::runtime_error("the shared memory is not sealed");
  if (info.st_size < 0 || static_cast<std::size_t>(info.st_size) < bytes)
    throw std::runtime_error("the shared memory is smaller than the pool");
  void* at =
      ::mmap(nullptr, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, memory.native(), 0);
  if (at == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "map shared memory");
  data_ = static_cast<std::byte*>(at);
  size_ = bytes;
}

Mapping::~Mapping() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace caukham::ipc
