#include "ipc/streams.hpp"

#include "ipc/validate.hpp"

namespace caukham::ipc {

const char* StreamTable::add(const ck_stream_info& info) {
  if (const char* why = wrong_with(info)) return why;
  if (streams_[info.id]) return "two streams have the same id";
  streams_[info.id] = info;
  ++count_;
  return nullptr;
}

const ck_stream_info* StreamTable::find(std::uint32_t id) const {
  return id < CK_MAX_STREAMS && streams_[id] ? &*streams_[id] : nullptr;
}

std::vector<ck_stream_info> StreamTable::all() const {
  std::vector<ck_stream_info> out;
  for (const auto& stream : streams_)
    if (stream) out.push_back(*stream);
  return out;
}

const char* StreamTable::accept(const ck_chunk& chunk) {
  const ck_stream_info* stream = find(chunk.stream);
  if (!stream) return "a chunk belongs to a stream that was never announced";
  if (const char* why = wrong_with(chunk, *stream)) return why;
  auto& next = next_seq_[chunk.stream];
  if (next && chunk.seq != *next) return "a chunk's sequence number jumps";
  next = chunk.seq + 1;
  return nullptr;
}

void StreamTable::restart() { next_seq_ = {}; }

}  // namespace caukham::ipc
