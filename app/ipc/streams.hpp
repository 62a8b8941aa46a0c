// The streams a device has announced, and whether a chunk can be one of theirs.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "caukham/stream.h"

namespace caukham::ipc {

class StreamTable {
 public:
  // nullptr, or why it is refused: invalid, an id twice.
  const char* add(const ck_stream_info& info);
  void clear() { *this = StreamTable(); }
  const ck_stream_info* find(std::uint32_t id) const;
  std::vector<ck_stream_info> all() const;
  std::uint32_t size() const { return count_; }
  // nullptr, or why the chunk cannot be right: unknown stream, sizes that do not multiply out, seq that
  // jumps. Counts on from the chunk when it is right.
  const char* accept(const ck_chunk& chunk);
  // A new start: seq counts from wherever the next chunk begins.
  void restart();

 private:
  std::array<std::optional<ck_stream_info>, CK_MAX_STREAMS> streams_;
  std::array<std::optional<std::uint64_t>, CK_MAX_STREAMS> next_seq_;
  std::uint32_t count_ = 0;
};

}  // namespace caukham::ipc
