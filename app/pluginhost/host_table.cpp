#include "pluginhost/host_table.hpp"

#include <chrono>
#include <cstring>

#include "ipc/validate.hpp"
#include "pluginhost/transport/transport.hpp"
#include "pluginhost/wire.hpp"

namespace caukham::pluginhost {
namespace {

// How long a plugin's thread may wait for the application to read before the chunk counts as lost. The pool
// is what normally limits; the pipe only fills when the application stands still.
constexpr int commit_wait_ms = 20;
constexpr int event_wait_ms = 200;

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

HostTable::HostTable(const ipc::PoolWriter& pool, Sender& sender, std::string plugin, std::function<void()> wake)
    : pool_(pool), sender_(sender), plugin_(std::move(plugin)), wake_(std::move(wake)), slots_(pool.shape().slots) {
  for (std::uint32_t i = pool.shape().slots; i > 0; --i) free_.push_back(i - 1);
  table_.abi_major = CK_ABI_MAJOR;
  table_.abi_minor = CK_ABI_MINOR;
  table_.ctx = this;
  table_.now_ns = [](const ck_host*) { return monotonic_ns(); };
  table_.acquire = [](const ck_host* host, std::uint32_t stream, std::uint32_t bytes, ck_buffer* out) {
    return of(host).acquire(stream, bytes, out);
  };
  table_.commit = [](const ck_host* host, const ck_buffer* buffer, const ck_chunk* given) -> ck_result {
    if (!buffer) return of(host).plugin_misbehaves("commit", "called without a buffer"), CK_E_INVALID;
    ck_chunk chunk;
    if (!take_wire(chunk, given, CK_CHUNK_SIZE_1_0)) {
      of(host).plugin_misbehaves("commit", given ? "a chunk header has the wrong size" : "called without a chunk");
      of(host).release(*buffer);
      return CK_E_INVALID;
    }
    return of(host).commit(*buffer, chunk);
  };
  table_.release = [](const ck_host* host, const ck_buffer* buffer) {
    if (buffer) of(host).release(*buffer);
  };
  table_.emit = [](const ck_host* host, const ck_event* event) -> ck_result {
    ck_event known;
    if (take_wire(known, event, CK_EVENT_SIZE_1_0)) return of(host).emit(known);
    of(host).plugin_misbehaves("emit", event ? "an event has the wrong size" : "called without an event");
    return CK_E_INVALID;
  };
  table_.log = [](const ck_host* host, ck_log_level level, const char* text) {
    if (text) of(host).log(level, text);
  };
  table_.request_main = [](const ck_host* host) {
    of(host).main_requested_ = true;
    of(host).wake_();
  };
  table_.get_extension = [](const ck_host* host, const char* id) -> const void* {
    const Transport* transport = of(host).transport_;
    return id && transport && std::strcmp(id, CK_EXT_TRANSPORT) == 0 ? transport->table() : nullptr;
  };
}

void HostTable::set_streams(const ipc::StreamTable& streams, std::uint32_t left_off) {
  std::lock_guard lock(mutex_);
  streams_ = streams;
  left_off_ = left_off;
}

void HostTable::begin() {
  std::lock_guard lock(mutex_);
  started_ = true;
  misbehaviours_ = 0;
  for (auto& seq : next_seq_) seq = 0;
  for (auto& full : was_full_) full = false;
}

void HostTable::end() {
  bool kept = false;
  {
    std::lock_guard lock(mutex_);
    started_ = false;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].holder != Holder::plugin) continue;
      take_back(i);
      kept = true;
    }
  }
  if (kept) plugin_misbehaves("stop", "kept a borrowed slot");
}

bool HostTable::slot_free(std::uint32_t slot) {
  std::lock_guard lock(mutex_);
  if (slot >= slots_.size() || slots_[slot].holder != Holder::application) return false;
  take_back(slot);
  return true;
}

void HostTable::take_back(std::uint32_t slot) {
  slots_[slot] = {};
  free_.push_back(slot);
}

std::string HostTable::take_last_error() {
  std::lock_guard lock(mutex_);
  return std::exchange(last_error_, {});
}

const char* HostTable::wrong_now() {
  if (!started_) return "called while not started";
  return on_main() ? "called on [main] instead of [stream]" : nullptr;
}

const char* HostTable::wrong_thread(const Slot& slot) {
  return slot.thread == std::this_thread::get_id() ? nullptr : "called on another thread than the one that acquired";
}

HostTable::Slot* HostTable::held(const ck_buffer& buffer) {
  return buffer.slot < slots_.size() && slots_[buffer.slot].holder == Holder::plugin ? &slots_[buffer.slot]
                                                                                     : nullptr;
}

ck_result HostTable::acquire(std::uint32_t stream, std::uint32_t bytes, ck_buffer* out) {
  const char* rule = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (out) *out = {};
    if (!(rule = wrong_now())) {
      if (!out) return CK_E_INVALID;
      if (stream < CK_MAX_STREAMS && ((left_off_ >> stream) & 1u)) return CK_E_UNSUPPORTED;
      if (!streams_.find(stream)) return CK_E_INVALID;
      if (bytes == 0 || bytes > pool_.shape().slot_bytes) return CK_E_INVALID;
      for (const Slot& slot : slots_)
        if (slot.holder == Holder::plugin && slot.stream == stream)
          rule = "a slot of this stream is already borrowed";
    }
    if (!rule) {
      if (free_.empty()) {
        was_full_[stream] = true;
        return CK_E_FULL;
      }
      const std::uint32_t index = free_.back();
      free_.pop_back();
      slots_[index] = {Holder::plugin, stream, pool_.shape().slot_bytes, std::this_thread::get_id()};
      *out = {pool_.slot(index).data(), pool_.shape().slot_bytes, index};
      return CK_OK;
    }
  }
  plugin_misbehaves("acquire", rule);
  return CK_E_STATE;
}

ck_result HostTable::commit(const ck_buffer& buffer, ck_chunk chunk) {
  const char* rule = nullptr;
  ck_result result = CK_E_INVALID;
  {
    std::lock_guard lock(mutex_);
    Slot* slot = held(buffer);
    if (!slot) {
      rule = "the buffer is not borrowed";
    } else if ((rule = wrong_now()) || (rule = wrong_thread(*slot))) {
      result = CK_E_STATE;
      take_back(buffer.slot);
    } else {
      const ck_stream_info* stream = streams_.find(slot->stream);
      rule = !stream                                ? "the stream has gone away"
             : (rule = ipc::wrong_with(chunk, *stream)) ? rule
             : chunk.bytes > slot->bytes            ? "more bytes than the slot holds"
                                                    : nullptr;
      if (!rule) {
        chunk.seq = next_seq_[chunk.stream];
        slot->holder = Holder::application;  // before it is sent: the answer may be quicker than we are
        auto& was_full = was_full_[chunk.stream];
        switch (sender_.post(ipc::ChunkReady{chunk, buffer.slot, was_full ? 1U : 0U}, commit_wait_ms)) {
          case ipc::Sent::ok:
            ++next_seq_[chunk.stream];
            was_full = false;
            return CK_OK;
          case ipc::Sent::would_block:
            take_back(buffer.slot);
            was_full = true;
            return CK_E_FULL;
          default: take_back(buffer.slot); return CK_E_INTERNAL;
        }
      }
      take_back(buffer.slot);
    }
  }
  plugin_misbehaves("commit", rule);
  return result;
}

void HostTable::release(const ck_buffer& buffer) {
  const char* rule = "the buffer is not borrowed";
  {
    std::lock_guard lock(mutex_);
    if (const Slot* slot = held(buffer)) {
      rule = wrong_thread(*slot);
      take_back(buffer.slot);
    }
  }
  if (rule) plugin_misbehaves("release", rule);
}

ck_result HostTable::emit(const ck_event& event) {
  if (!open_) {
    plugin_misbehaves("emit", "called while no device is open");
    return CK_E_STATE;
  }
  if (event.kind > ipc::last_event_kind) return CK_E_UNSUPPORTED;  // of a later version; nobody's fault
  if (const char* rule = ipc::wrong_with(event)) {
    plugin_misbehaves("emit", rule);
    return CK_E_INVALID;
  }
  return sender_.post(ipc::EventReady{event}, event_wait_ms) == ipc::Sent::ok ? CK_OK : CK_E_FULL;
}

void HostTable::log(ck_log_level level, const std::string& text) {
  ipc::Log line{};
  line.level = level < CK_LOG_DEBUG || level > CK_LOG_PLUGIN_MISBEHAVING ? CK_LOG_WARNING : level;
  const std::string clean = ipc::clean_text(text);
  ipc::put_text(line.text, clean);
  if (line.level == CK_LOG_ERROR) {
    std::lock_guard lock(mutex_);
    last_error_ = clean;
  }
  sender_.post(line, 0);  // a log line is not worth waiting for
}

void HostTable::plugin_misbehaves(const char* call, const char* rule) {
  if (misbehaviours_.fetch_add(1) < 20)
    log(CK_LOG_PLUGIN_MISBEHAVING, plugin_ + ": ck_host." + call + ": " + rule);
}

}  // namespace caukham::pluginhost
