// Where a chunk's samples stand on their stream's grid, and how long the hole before them is.
//
// Three witnesses: what the plugin says was lost, the device's own clock, and host time. The device's clock counts to
// the sample and runs on while a plugin is dead, so it is believed before the others; but only as long as host time
// agrees, because a device that was reset or whose clock jumped would else make an hour of lost samples out of
// nothing. Without a clock the plugin's count is believed; where there is none either, host time estimates.
// Pure: no clock of its own, no threads. One object a stream, used by one thread.
#pragma once
#include <caukham/stream.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/types.hpp"

namespace caukham::core {

class Timeline {
 public:
  struct Shape {
    double rate_hz = 0;  // nominal samples per channel and second, > 0
    double tick_hz = 0;  // of the device's clock; 0: it has none
    bool video = false;  // pictures: numbered, never a Gap, no rate to rely on
  };
  struct Placed {
    bool keep = true;                // false: a repeated or backward chunk, to be dropped
    std::uint64_t first_sample = 0;  // grid number
    std::uint64_t lost = 0;          // immediately before
    std::int64_t time_ns = 0;        // of the first sample; never before an earlier chunk's
    std::uint32_t time_error_ns = 0;
    bool discontinuous = false;
    std::optional<Gap> gap;      // when lost > 0 (waveforms); its stream is the caller's to fill in
    const char* note = nullptr;  // for the technician's log: what was odd about this chunk
    bool clock_doubted = false;  // a stamp or the device's clock was not believed
  };

  explicit Timeline(Shape shape);

  // The next chunk comes after a break (plugin restarted, device unplugged) and its seq starts anew. `reason` is the
  // English key that the gap will carry; of several breaks before one chunk the first names the gap.
  void interrupt(const std::string& reason);

  // `header` has passed the wire's checks (count, bytes, stream); arrival_ns: core::now_ns() when it came in.
  // `pool_was_full`: the plugin host had no room for what came before this chunk, so that is why it was lost.
  Placed place(const ck_chunk& header, std::int64_t arrival_ns, bool pool_was_full = false);

  // Grid number of the sample that comes next if nothing is lost.
  std::uint64_t next_sample() const { return next_sample_; }

 private:
  struct Loss {
    std::uint64_t samples = 0;
    bool exact = true;
    const char* reason = nullptr;
    const char* note = nullptr;
    bool drop = false;
    bool clock_doubted = false;
  };
  Loss judge(const ck_chunk& header, std::int64_t time_ns, std::uint32_t error_ns, bool broken) const;
  Loss judge_by_host_time(std::int64_t time_ns, double tolerance_ns, std::uint64_t declared) const;
  double ticks_per_sample() const;
  std::int64_t expected_time_ns() const;
  void learn(const ck_chunk& header, const Loss& loss, bool broken);

  Shape shape_;
  bool begun_ = false;
  std::optional<std::string> interrupted_;
  bool new_count_ = true;  // seq starts anew
  std::uint64_t next_sample_ = 0;
  std::uint64_t last_seq_ = 0, last_ticks_ = 0;
  std::uint32_t last_count_ = 0, last_error_ns_ = 0;
  std::int64_t last_time_ns_ = 0;
  double measured_ticks_ = 0, measured_samples_ = 0;  // over unbroken runs: the converter's real rate
};

}  // namespace caukham::core
