// The bench as the plugin sees it: ck_host, and what is written into the book about every call.
#include <algorithm>
#include <cstring>

#include "ipc/validate.hpp"
#include "plugincheck/bench.hpp"
#include "pluginhost/wire.hpp"

namespace caukham::plugincheck {
namespace {

constexpr std::uint8_t guard_byte = 0xA5, poison_byte = 0xDB;
constexpr std::size_t guard_bytes = 64, max_kept = 200'000;

}  // namespace

void Bench::breaks(Rule rule, const std::string& how) {
  for (const auto& [r, text] : broken_)
    if (r == rule && text == how) return;
  if (broken_.size() < 64) broken_.emplace_back(rule, how);
}

bool Bench::right_now(const char* name) {
  const auto self = std::this_thread::get_id();
  if (!started_) {
    breaks(Rule::state, std::string(name) + " was called while not started");
    return false;
  }
  if (self == main_) {
    breaks(Rule::thread, std::string(name) + " was called on [main] instead of [stream]");
    return false;
  }
  return true;
}

void Bench::check_poison(std::uint32_t index) {
  Slot& slot = slots_[index];
  const std::uint8_t* data = slot_data(index);
  if (std::any_of(data, data + slot.poisoned, [](std::uint8_t b) { return b != poison_byte; }))
    breaks(Rule::touched, "a slot was written to after it had been committed");
  slot.filled = false;
}

ck_result Bench::acquire(std::uint32_t stream, std::uint32_t bytes, ck_buffer* out) {
  std::lock_guard lock(mutex_);
  if (out) *out = {};
  if (!right_now("acquire")) return CK_E_STATE;
  if (!out || !streams_.count(stream) || bytes == 0 || bytes > manifest().pool.slot_bytes) {
    breaks(Rule::argument, "acquire asked for " + std::to_string(bytes) + " bytes of stream " +
                               std::to_string(stream) + "; the manifest's pool has slots of " +
                               std::to_string(manifest().pool.slot_bytes));
    return CK_E_INVALID;
  }
  for (const Slot& slot : slots_)
    if (slot.borrowed && slot.stream == stream) {
      breaks(Rule::slot, "a second slot of one stream was borrowed before the first was given back");
      return CK_E_STATE;
    }
  if (hold_ || free_.empty()) {
    ++refused_[stream];
    return CK_E_FULL;
  }
  const auto self = std::this_thread::get_id();
  // The one that has rested longest, so that late writes into it show.
  const std::uint32_t index = free_.front();
  free_.erase(free_.begin());
  if (slots_[index].filled) check_poison(index);
  slots_[index] = {true, false, stream, bytes, 0, self};
  std::memset(slot_data(index) + bytes, guard_byte, guard_bytes);
  *out = {slot_data(index), bytes, index};
  return CK_OK;
}

ck_result Bench::commit(const ck_buffer* buffer, const ck_chunk* given) {
  std::lock_guard lock(mutex_);
  ck_chunk known;
  const ck_chunk* const chunk = pluginhost::take_wire(known, given, CK_CHUNK_SIZE_1_0) ? &known : nullptr;
  if (given && !chunk) breaks(Rule::header, "a chunk header has the wrong size");
  if (!buffer || !given) return breaks(Rule::slot, "commit was called without a buffer or a chunk"), CK_E_INVALID;
  if (buffer->slot >= slots_.size() || !slots_[buffer->slot].borrowed)
    return breaks(Rule::slot, "commit was called with a slot that was not borrowed"), CK_E_INVALID;
  const std::uint32_t index = buffer->slot;
  Slot& slot = slots_[index];
  slot.borrowed = false;
  free_.push_back(index);
  if (!chunk) return CK_E_INVALID;
  if (!right_now("commit")) return CK_E_STATE;
  if (slot.thread != std::this_thread::get_id()) {
    breaks(Rule::thread, "commit was called on another thread than the one that acquired");
    return CK_E_STATE;
  }
  std::uint8_t* data = slot_data(index);
  const std::uint8_t* guard = data + slot.bytes;
  if (std::any_of(guard, guard + guard_bytes, [](std::uint8_t b) { return b != guard_byte; }))
    breaks(Rule::guard, "bytes behind the end of a slot were written to");
  const auto info = streams_.find(slot.stream);
  const char* why = info == streams_.end()     ? "a chunk belongs to a stream that was never announced"
                    : chunk->bytes > slot.bytes ? "a chunk has more bytes than its slot"
                                                : ipc::wrong_with(*chunk, info->second);
  if (why) return breaks(Rule::header, why), CK_E_INVALID;
  look_at_data(*chunk, info->second, data);
  largest_ = std::max(largest_, chunk->bytes);
  auto& kept = chunks_[chunk->stream];
  if (kept.size() < max_kept) kept.push_back({*chunk, steady_ns()});
  slot.filled = true;
  slot.poisoned = std::min(slot.bytes, 65536u);
  std::memset(data, poison_byte, slot.poisoned);
  changed_.notify_all();
  return CK_OK;
}

void Bench::release(const ck_buffer* buffer) {
  std::lock_guard lock(mutex_);
  if (!buffer || buffer->slot >= slots_.size() || !slots_[buffer->slot].borrowed)
    return breaks(Rule::slot, "release was called with a slot that was not borrowed");
  slots_[buffer->slot] = {};
  free_.push_back(buffer->slot);
}

void Bench::look_at_data(const ck_chunk& c, const ck_stream_info& s, const std::uint8_t* data) {
  if (s.kind == CK_STREAM_VIDEO) {
    if (data[0] != 0xFF || data[1] != 0xD8 || data[c.bytes - 2] != 0xFF || data[c.bytes - 1] != 0xD9)
      breaks(Rule::data, "a picture is not one whole JPEG, FF D8 .. FF D9");
    return;
  }
  const std::size_t width = s.format == CK_FORMAT_I16 ? 2 : 4;
  for (std::size_t i = 0; i + width <= c.bytes; i += width) {
    std::int32_t v = 0;
    std::int16_t narrow = 0;
    if (width == 2) std::memcpy(&narrow, data + i, 2), v = narrow;
    else std::memcpy(&v, data + i, 4);
    if (v >= s.digital_min && v <= s.digital_max) continue;
    return breaks(Rule::data, "a sample is " + std::to_string(v) + ", outside the stream's digital range " +
                                  std::to_string(s.digital_min) + " .. " + std::to_string(s.digital_max));
  }
}

ck_result Bench::emit(const ck_event* given) {
  std::lock_guard lock(mutex_);
  ck_event known;
  if (!given) return breaks(Rule::event, "emit was called without an event"), CK_E_INVALID;
  if (!pluginhost::take_wire(known, given, CK_EVENT_SIZE_1_0))
    return breaks(Rule::event, "an event has the wrong size"), CK_E_INVALID;
  const ck_event* const event = &known;
  if (!open_) return breaks(Rule::state, "emit was called while no device is open"), CK_E_STATE;
  if (event->kind > ipc::last_event_kind) return CK_E_UNSUPPORTED;  // of a later version; nobody's fault
  if (const char* why = ipc::wrong_with(*event)) return breaks(Rule::event, why), CK_E_INVALID;
  if (events_.size() < max_kept) events_.push_back({*event, steady_ns()});
  changed_.notify_all();
  return CK_OK;
}

void Bench::log(ck_log_level level, const char* text) {
  std::lock_guard lock(mutex_);
  if (logs_.size() < max_kept) logs_.push_back({level, text ? std::string(text, ::strnlen(text, 4096)) : ""});
  changed_.notify_all();
}

std::vector<ChunkSeen> Bench::chunks(std::uint32_t stream) {
  std::lock_guard lock(mutex_);
  const auto it = chunks_.find(stream);
  return it == chunks_.end() ? std::vector<ChunkSeen>() : it->second;
}
std::size_t Bench::chunk_count() {
  std::lock_guard lock(mutex_);
  std::size_t n = 0;
  for (const auto& [id, kept] : chunks_) n += kept.size();
  return n;
}
std::map<std::uint32_t, ck_stream_info> Bench::streams() {
  std::lock_guard lock(mutex_);
  return streams_;
}
std::vector<EventSeen> Bench::events() {
  std::lock_guard lock(mutex_);
  return events_;
}
std::vector<LogSeen> Bench::logs() {
  std::lock_guard lock(mutex_);
  return logs_;
}
std::vector<std::string> Bench::broken(Rule rule) {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [r, text] : broken_)
    if (r == rule) out.push_back(text);
  return out;
}
bool Bench::saw(ck_event_kind kind) {
  std::lock_guard lock(mutex_);
  return std::any_of(events_.begin(), events_.end(), [&](const EventSeen& e) { return e.event.kind == kind; });
}
std::uint32_t Bench::largest_chunk() {
  std::lock_guard lock(mutex_);
  return largest_;
}
std::uint64_t Bench::refused(std::uint32_t stream) {
  std::lock_guard lock(mutex_);
  return refused_[stream];
}
void Bench::forget() {
  std::lock_guard lock(mutex_);
  chunks_.clear();
  events_.clear();
  logs_.clear();
  broken_.clear();
  refused_.clear();
}
void Bench::hold(bool on) {
  std::lock_guard lock(mutex_);
  hold_ = on;
  if (on) refused_.clear();
}

}  // namespace caukham::plugincheck
