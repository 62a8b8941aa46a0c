// Plays a recording at the speed of life. Settings may change while it plays; everything else is the [stream] thread's.
#pragma once
#include <map>
#include <memory>
#include <mutex>

#include <caukham/cpp/device.hpp>

#include "faults.hpp"
#include "recording.hpp"

namespace caukham::plugins::replay {

struct Settings {
  double from_s = 0, to_s = 0;  // to_s not behind from_s: to the end
  bool loop = true;
  bool original_stamps = false;  // device_ticks: the recording's calendar time in µs; else µs since the start
};

class Player {
 public:
  Player(const sdk::Host& host, Recording& recording, Faults& faults) : host_(host), recording_(recording), faults_(faults) {}

  Settings settings() const;              // [any]
  void change(const Settings& settings);  // [any] another range is played from its begin
  void enable(std::uint32_t mask) { enabled_ = mask; }  // [main & !started]
  void play(const sdk::StreamThread& thread);           // [stream] until it is asked to stop

 private:
  struct Stream {
    std::uint64_t lost = 0;
    std::int64_t last_time_ns = 0;
    std::uint64_t pieces = 0;
    bool broken = true;
  };
  void rewind(std::int64_t host_ns);
  bool wait_until(std::int64_t host_ns, const sdk::StreamThread& thread);
  void send(const Piece& piece, const Faults::Now& fault);
  ck_result commit(const Piece& piece, std::uint32_t count, std::uint64_t ticks, std::int64_t time_ns, Stream& stream);
  void tell_remarks(std::int64_t until_ns);
  void tell_electrodes(std::uint32_t off, std::uint32_t known, std::int64_t time_ns);

  const sdk::Host& host_;
  Recording& recording_;
  Faults& faults_;
  std::uint32_t enabled_ = UINT32_MAX;
  mutable std::mutex mutex_;
  Settings settings_;
  bool changed_ = false;

  Settings now_;
  std::map<std::uint32_t, Stream> streams_;
  // Recording's time `base_at` is played at host time `base_host`, `base_ticks` µs after the start.
  std::int64_t base_at_ns_ = 0, base_host_ns_ = 0, began_host_ns_ = 0, jumped_us_ = 0;
  std::size_t next_remark_ = 0;
  std::uint32_t ever_off_ = 0;
};

}  // namespace caukham::plugins::replay
