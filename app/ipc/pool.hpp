// Shared memory in which a plugin host hands samples and pictures to the application: `slots` slots of
// `slot_bytes` bytes. The memory's size is sealed, so that neither side can make the other fault by shrinking
// it. The application sees it read-only. A slot belongs to the plugin host until it sends its number with a
// chunk, then to the application until it gives the number back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ipc/handle.hpp"

namespace caukham::ipc {

struct PoolShape {
  std::uint32_t slots = 0;       // 1..max_slots
  std::uint32_t slot_bytes = 0;  // 1..max_slot_bytes, usable bytes in a slot
  static constexpr std::uint32_t max_slots = 1024;
  static constexpr std::uint32_t max_slot_bytes = 8u << 20;
  static constexpr std::size_t max_bytes = std::size_t{256} << 20;
  bool sane() const;
  std::size_t stride() const { return (std::size_t{slot_bytes} + 63) & ~std::size_t{63}; }
  std::size_t bytes() const { return stride() * slots; }
};

// A mapping of shared memory; unmapped by the destructor.
class Mapping {
 public:
  Mapping() = default;
  // Throws std::system_error; std::runtime_error when the object is smaller than `bytes` or not sealed.
  Mapping(const Handle& memory, std::size_t bytes, bool writable);
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Sealed memory of at least `bytes` bytes, zeroed. Throws std::system_error.
Handle make_sealed_memory(std::size_t bytes);

// The application's side. One thread.
class PoolReader {
 public:
  // Throws std::invalid_argument for a shape out of range, std::system_error.
  explicit PoolReader(PoolShape shape);

  const PoolShape& shape() const { return shape_; }
  // For the plugin host to inherit.
  const Handle& handle() const { return memory_; }

  // The peer says that slot `slot` holds `bytes` valid bytes. Nothing when that cannot be true: no such slot,
  // more bytes than fit, or the slot was never given back to the peer. The peer may still write to it: copy
  // once, then look.
  std::optional<std::span<const std::byte>> take(std::uint32_t slot, std::uint32_t bytes);
  // The slot may be lent to the peer again; send SlotFree afterwards. False: it had not been taken.
  bool give_back(std::uint32_t slot);
  std::uint32_t taken() const { return taken_count_; }
  // A new peer starts with all slots.
  void reset();

 private:
  PoolShape shape_;
  Handle memory_;
  Mapping mapping_;
  std::vector<bool> taken_;
  std::uint32_t taken_count_ = 0;
};

// The plugin host's side: every slot, writable. Which slot is free is the caller's book-keeping.
class PoolWriter {
 public:
  PoolWriter(Handle memory, PoolShape shape);
  const PoolShape& shape() const { return shape_; }
  // Empty when there is no such slot.
  std::span<std::byte> slot(std::uint32_t index) const;

 private:
  PoolShape shape_;
  Handle memory_;
  Mapping mapping_;
};

}  // namespace caukham::ipc
