#include "core/timeline.hpp"

#include <algorithm>
#include <cmath>

#include "core/words.hpp"

namespace caukham::core {
namespace {
// A sample cannot have been sensed after it arrived (1 s for badly estimated clocks), nor long before: no device of the
// house stores samples. A plugin that only converts its device's clock would else carry that clock's jumps in here.
constexpr std::int64_t future_ns = 1'000'000'000, past_ns = 30'000'000'000;
// How far device and host may disagree about an interval: USB batches and first estimates of a clock's offset, four
// standard errors, and 2 % of its length (internal oscillators of ADS129x: ±2 % over temperature, data sheet).
constexpr double base_tolerance_ns = 250e6, relative_tolerance = 0.02, errors = 4;
constexpr double learned_after_s = 5;
// A device that sends something again does so at once.
constexpr double repeat_ns = 1.5e9;

double tolerance(double interval_ns, double error_ns) {
  return base_tolerance_ns + errors * error_ns + relative_tolerance * std::abs(interval_ns);
}
}  // namespace

Timeline::Timeline(Shape shape) : shape_(shape) {
  shape_.rate_hz = std::max(shape.rate_hz, 1e-3);  // one sample in a quarter of an hour; keeps the arithmetic in range
}

void Timeline::interrupt(const std::string& reason) {
  new_count_ = true;
  if (begun_ && !interrupted_) interrupted_ = reason;
}

// Nominal until some seconds have been seen, then as measured: converter and time-stamping clock of a device are
// often two oscillators, and over a minute's outage the difference is samples. A measurement that is off by more than
// 3 % is no oscillator but a misunderstanding, and is not used.
double Timeline::ticks_per_sample() const {
  const double nominal = shape_.tick_hz / shape_.rate_hz;
  if (measured_samples_ < learned_after_s * shape_.rate_hz) return nominal;
  const double measured = measured_ticks_ / measured_samples_;
  return std::abs(measured - nominal) <= 0.03 * nominal ? measured : nominal;
}

std::int64_t Timeline::expected_time_ns() const {
  return last_time_ns_ + static_cast<std::int64_t>(std::llround(last_count_ * 1e9 / shape_.rate_hz));
}

Timeline::Loss Timeline::judge_by_host_time(std::int64_t time_ns, double tolerance_ns, std::uint64_t declared) const {
  const double late_ns = static_cast<double>(time_ns - expected_time_ns());
  Loss loss;
  loss.exact = false;
  if (late_ns > tolerance_ns) loss.samples = static_cast<std::uint64_t>(std::llround(late_ns * 1e-9 * shape_.rate_hz));
  loss.samples = std::max(loss.samples, declared);
  return loss;
}

// `broken`: something stands between this chunk and the one before (a restart, a jump of seq, a flag).
Timeline::Loss Timeline::judge(const ck_chunk& header, std::int64_t time_ns, std::uint32_t error_ns,
                               bool broken) const {
  const bool unknown = header.flags & CK_CHUNK_LOST_UNKNOWN;
  const bool counted = !unknown && !interrupted_ && (header.seq == last_seq_ + 1);
  const double late_ns = static_cast<double>(time_ns - expected_time_ns());
  const double tolerance_ns = tolerance(late_ns, static_cast<double>(error_ns) + last_error_ns_);
  const std::uint64_t declared = interrupted_ ? 0 : header.lost;

  if (shape_.tick_hz <= 0) {
    if (counted) return {declared, true, gap_reason::device, nullptr, false};
    // After a break any lateness is loss; there is no better witness.
    auto loss = judge_by_host_time(time_ns, 0, declared);
    loss.reason = gap_reason::device;
    return loss;
  }

  const double per_sample = ticks_per_sample();
  const auto advance = static_cast<std::int64_t>(header.device_ticks - last_ticks_);  // wraps as the clock does
  const double ahead = static_cast<double>(advance) / per_sample - last_count_;         // samples; 0: follows on
  const double ahead_ns = ahead * per_sample / shape_.tick_hz * 1e9;

  // An unbroken chunk whose ticks follow on does follow on, whatever host time says.
  const bool measured = measured_samples_ >= learned_after_s * shape_.rate_hz;
  const double slack = 0.5 + (measured ? 0 : 0.01 * last_count_);
  if (!broken && header.lost == 0 && std::abs(ahead) < slack) return {};

  if (std::abs(ahead_ns - late_ns) > tolerance_ns) {
    // The clocks contradict each other: the device was reset or its clock was set.
    if (counted && header.lost > 0)
      return {declared, true, gap_reason::device, "the device's clock jumped", false, true};
    const double doubt_ns = broken ? 0 : tolerance_ns;  // unbroken: ordinary lateness is no loss
    auto loss = judge_by_host_time(time_ns, doubt_ns, declared);
    loss.reason = gap_reason::clock;
    loss.note = "the device's clock jumped; what was lost is estimated from host time";
    loss.clock_doubted = !interrupted_;  // a device that was restarted counts anew: nothing to wonder at
    return loss;
  }
  if (ahead_ns < -repeat_ns) {  // stamps made from a clock that was set back: new samples, not old ones
    return {declared, true, gap_reason::device, "the device's clock was set back", false, true};
  }
  if (advance <= 0) return {0, true, nullptr, "a chunk repeats what was already delivered; dropped", true};
  if (ahead <= -slack && !interrupted_)
    return {declared, true, gap_reason::device, "a chunk's ticks overlap the chunk before it", false};
  const auto by_ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::llround(ahead)));
  const bool close = by_ticks + 1 >= declared && declared + 1 >= by_ticks;  // one sample: the stamp's own jitter
  Loss loss{counted && header.lost > 0 && close ? declared : by_ticks, true, gap_reason::device, nullptr,
            false};
  if (counted && header.lost > 0 && !close) loss.note = "lost samples as counted differ from the device's clock";
  return loss;
}

void Timeline::learn(const ck_chunk& header, const Loss& loss, bool broken) {
  if (shape_.tick_hz <= 0 || broken || loss.samples != 0 || loss.note) return;
  measured_ticks_ += static_cast<double>(static_cast<std::int64_t>(header.device_ticks - last_ticks_));
  measured_samples_ += last_count_;
}

Timeline::Placed Timeline::place(const ck_chunk& header, std::int64_t arrival_ns, bool pool_was_full) {
  Placed placed;
  placed.time_ns = header.time_ns;
  placed.time_error_ns = header.time_error_ns;
  if (header.time_ns > arrival_ns + future_ns || header.time_ns < arrival_ns - past_ns) {
    placed.time_ns = arrival_ns - static_cast<std::int64_t>(std::llround(header.count * 1e9 / shape_.rate_hz));
    placed.time_error_ns = std::max<std::uint32_t>(header.time_error_ns, 1'000'000'000);
    placed.note = "the plugin's time stamp is impossible; the time of arrival is used";
    placed.clock_doubted = true;
  }
  const bool jumped = begun_ && !new_count_ && header.seq != last_seq_ + 1;
  if (jumped && header.seq <= last_seq_) {
    placed.keep = false;
    placed.note = "a chunk's number repeats or goes backwards; dropped";
    return placed;
  }
  const bool broken = jumped || interrupted_ || (header.flags & (CK_CHUNK_DISCONT | CK_CHUNK_LOST_UNKNOWN));

  Loss loss;
  if (begun_ && shape_.video)
    loss.samples = header.lost;
  else if (begun_)
    loss = judge(header, placed.time_ns, placed.time_error_ns, broken);
  if (loss.drop) {
    placed.keep = false;
    placed.note = loss.note;
    last_seq_ = header.seq;
    new_count_ = false;
    return placed;
  }
  if (loss.note) placed.note = loss.note;
  placed.clock_doubted = placed.clock_doubted || loss.clock_doubted;

  placed.lost = loss.samples;
  placed.first_sample = next_sample_ + loss.samples;
  placed.discontinuous = begun_ && (broken || loss.samples > 0);
  if (begun_ && placed.time_ns < last_time_ns_)
    placed.time_ns = std::max(last_time_ns_, std::min(expected_time_ns(), arrival_ns));
  if (loss.samples > 0 && !shape_.video) {
    const char* reason = loss.reason ? loss.reason : gap_reason::device;
    if (jumped) reason = gap_reason::on_the_way;
    if (pool_was_full) reason = gap_reason::pool_full;
    placed.gap = Gap{0, next_sample_, loss.samples, expected_time_ns(), loss.exact,
                     interrupted_ ? *interrupted_ : std::string(reason)};
  }
  if (begun_) learn(header, loss, broken);

  begun_ = true;
  new_count_ = false;
  interrupted_.reset();
  next_sample_ = placed.first_sample + header.count;
  last_seq_ = header.seq;
  last_ticks_ = header.device_ticks;
  last_count_ = header.count;
  last_time_ns_ = placed.time_ns;
  last_error_ns_ = placed.time_error_ns;
  return placed;
}

}  // namespace caukham::core
