// What both camera plugins do with a picture: borrow a slot, copy, stamp, commit; and count what could not be sent.
// Owned and used by the [stream] thread.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include <caukham/cpp/device.hpp>

namespace caukham::plugins {

class PictureStream {
 public:
  PictureStream(const sdk::Host& host, std::uint32_t stream) : host_(host), stream_(stream) {}

  // Pictures known to be missing before the next one; `unknown`: more may be, nobody can tell.
  void lose(std::uint32_t pictures, bool unknown = false) {
    lost_ += pictures;
    unknown_ = unknown_ || unknown;
  }
  // The next picture does not follow on the one before (a new start).
  void begin_anew() { anew_ = true; }

  // A whole JPEG sensed at `time_ns`. A full pool costs this picture, which the next one reports as lost: the host
  // keeps the newest by freeing the oldest, a plugin cannot take back what it gave away.
  void send(std::span<const std::uint8_t> jpeg, std::int64_t time_ns, std::uint32_t error_ns, std::uint64_t ticks) {
    sdk::Slot slot(host_, stream_, static_cast<std::uint32_t>(jpeg.size()));
    if (!slot || slot.capacity() < jpeg.size()) {
      ++lost_;
      if (slot.result() == CK_E_INVALID && !told_size_) {
        told_size_ = true;
        host_.log(CK_LOG_WARNING, "pictures of " + std::to_string(jpeg.size()) + " bytes do not fit the pool's slots");
      }
      return;
    }
    std::memcpy(slot.data(), jpeg.data(), jpeg.size());
    ck_chunk chunk = sdk::make_chunk(stream_);
    chunk.time_ns = last_ns_ = time_ns > last_ns_ ? time_ns : last_ns_ + 1;
    chunk.time_error_ns = error_ns;
    chunk.device_ticks = ticks;
    chunk.count = 1;
    chunk.bytes = static_cast<std::uint32_t>(jpeg.size());
    chunk.lost = lost_;
    if (lost_ != 0 || anew_ || unknown_) chunk.flags |= CK_CHUNK_DISCONT;
    if (unknown_) chunk.flags |= CK_CHUNK_LOST_UNKNOWN;
    if (slot.commit(chunk) < 0) {
      ++lost_;
      return;
    }
    lost_ = 0;
    anew_ = unknown_ = false;
  }

 private:
  const sdk::Host& host_;
  std::uint32_t stream_;
  std::uint32_t lost_ = 0;
  bool unknown_ = false, anew_ = false, told_size_ = false;
  std::int64_t last_ns_ = INT64_MIN / 2;
};

inline void say(const sdk::Host& host, ck_event_kind kind, const std::string& words) {
  ck_event event = sdk::make_event(kind, host.now_ns());
  sdk::set_text(event.text, words);
  host.emit(event);
}

inline void press(const sdk::Host& host, std::uint32_t stream, std::int64_t time_ns, bool down) {
  ck_event event = sdk::make_event(CK_EVENT_BUTTON, time_ns, stream);
  event.value[1] = down ? 1 : 0;
  host.emit(event);
}

}  // namespace caukham::plugins
