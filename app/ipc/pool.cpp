#include "ipc/pool.hpp"

#include <stdexcept>

namespace caukham::ipc {
namespace {

PoolShape checked(PoolShape shape) {
  if (!shape.sane()) throw std::invalid_argument("the pool's shape is out of range (slots, slot_bytes)");
  return shape;
}

}  // namespace

bool PoolShape::sane() const {
  return slots >= 1 && slots <= max_slots && slot_bytes >= 1 && slot_bytes <= max_slot_bytes &&
         bytes() <= max_bytes;
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

PoolReader::PoolReader(PoolShape shape)
    : shape_(checked(shape)),
      memory_(make_sealed_memory(shape_.bytes())),
      mapping_(memory_, shape_.bytes(), false),
      taken_(shape_.slots, false) {}

std::optional<std::span<const std::byte>> PoolReader::take(std::uint32_t slot, std::uint32_t bytes) {
  if (slot >= shape_.slots || bytes > shape_.slot_bytes || taken_[slot]) return std::nullopt;
  taken_[slot] = true;
  ++taken_count_;
  return std::span<const std::byte>(mapping_.data() + slot * shape_.stride(), bytes);
}

bool PoolReader::give_back(std::uint32_t slot) {
  if (slot >= shape_.slots || !taken_[slot]) return false;
  taken_[slot] = false;
  --taken_count_;
  return true;
}

void PoolReader::reset() {
  taken_.assign(shape_.slots, false);
  taken_count_ = 0;
}

PoolWriter::PoolWriter(Handle memory, PoolShape shape)
    : shape_(checked(shape)), memory_(std::move(memory)), mapping_(memory_, shape_.bytes(), true) {}

std::span<std::byte> PoolWriter::slot(std::uint32_t index) const {
  if (index >= shape_.slots) return {};
  return {mapping_.data() + index * shape_.stride(), shape_.slot_bytes};
}

}  // namespace caukham::ipc
