// A section of the paging file: its size is fixed from the beginning, which is what sealing is for elsewhere.
#include <stdexcept>

#include "ipc/pool.hpp"
#include "ipc/win32/windows.hpp"

namespace caukham::ipc {

Handle make_sealed_memory(std::size_t bytes) {
  Handle section(::CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, static_cast<DWORD>(bytes >> 32),
                                      static_cast<DWORD>(bytes & 0xFFFFFFFFu), nullptr));
  if (!section.valid()) throw_last_error("shared memory for a device");
  return section;
}

Mapping::Mapping(const Handle& memory, std::size_t bytes, bool writable) {
  // Fails when the section is smaller.
  void* at = ::MapViewOfFile(memory.native(), writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, bytes);
  if (!at) throw_last_error("map shared memory");
  data_ = static_cast<std::byte*>(at);
  size_ = bytes;
}

Mapping::~Mapping() {
  if (data_) ::UnmapViewOfFile(data_);
}

}  // namespace caukham::ipc
