#include "player.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

namespace caukham::plugins::replay {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::uint32_t stamp_error_ns = 100'000;  // the system's timers
constexpr int flood_copies = 500;

// "RA LA" of our recorder's remark to bits.
std::uint32_t electrodes_of(std::string_view names) {
  constexpr std::string_view all[] = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};
  std::uint32_t mask = 0;
  while (!names.empty()) {
    const auto end = std::min(names.find_first_of(" ,"), names.size());
    for (std::uint32_t bit = 0; bit < std::size(all); ++bit)
      if (names.substr(0, end) == all[bit]) mask |= 1u << bit;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return mask;
}
}  // namespace

Settings Player::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

void Player::change(const Settings& settings) {
  const std::lock_guard lock(mutex_);
  settings_ = settings;
  changed_ = true;
}

// The range's begin is played at host_ns.
void Player::rewind(std::int64_t host_ns) {
  {
    const std::lock_guard lock(mutex_);
    now_ = settings_;
    changed_ = false;
  }
  base_at_ns_ = static_cast<std::int64_t>(now_.from_s * second_ns);
  base_host_ns_ = host_ns;
  recording_.seek(base_at_ns_, now_.to_s > now_.from_s ? static_cast<std::int64_t>(now_.to_s * second_ns) : INT64_MAX);
  const auto& remarks = recording_.remarks();
  next_remark_ = static_cast<std::size_t>(
      std::find_if(remarks.begin(), remarks.end(), [&](const Remark& r) { return r.at_ns >= base_at_ns_; }) - remarks.begin());
  for (auto& [id, stream] : streams_) stream.broken = true;
}

bool Player::wait_until(std::int64_t host_ns, const sdk::StreamThread& thread) {
  for (;;) {
    const auto left_ns = host_ns - host_.now_ns();
    if (thread.stopping()) return false;
    if (left_ns <= 0) return true;
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min<std::int64_t>(left_ns, 50'000'000)));
  }
}

void Player::play(const sdk::StreamThread& thread) {
  streams_.clear();
  began_host_ns_ = host_.now_ns();
  jumped_us_ = 0;
  rewind(began_host_ns_);
  bool over = false, any = false;
  std::int64_t end_host_ns = began_host_ns_;
  sdk::Silence silence("The replayed device sends nothing, because it was made to stall.");
  silence.heard(host_);
  while (!thread.stopping()) {
    if ([&] { const std::lock_guard lock(mutex_); return changed_; }()) {
      rewind(host_.now_ns());
      over = any = false;
    }
    const auto fault = faults_.take();
    if (fault.electrodes_changed) tell_electrodes(fault.off, fault.known, host_.now_ns());
    if (over) {
      wait_until(host_.now_ns() + 50'000'000, thread);
      continue;
    }
    auto piece = recording_.next();
    if (!piece) {
      if (now_.loop && any) {
        rewind(end_host_ns);
      } else {
        over = true;
        host_.say(CK_EVENT_WARNING, any ? "The recording has been played to its end."
                                        : "The recording holds nothing in the range that was chosen.");
      }
      any = false;
      continue;
    }
    any = true;
    const auto due_ns = base_host_ns_ + piece->at_ns - base_at_ns_ + piece->length_ns;
    // The next round begins where the recording would have gone on: of pictures one period behind the last.
    const auto period_ns = static_cast<std::int64_t>(1e9 / recording_.streams()[piece->stream].rate_hz);
    end_host_ns = std::max(end_host_ns, due_ns + (piece->length_ns > 0 ? 0 : period_ns));
    if (!wait_until(due_ns, thread)) break;
    tell_remarks(piece->at_ns + piece->length_ns);
    auto& stream = streams_[piece->stream];
    if (piece->broken) stream.broken = true, stream.lost += piece->lost;
    const bool left_out = fault.stalled || fault.once == Fault::corrupt || stream.pieces++ % static_cast<unsigned>(fault.every) != 0;
    if (left_out) {
      stream.lost += piece->count;
      stream.broken = true;
    } else {
      send(*piece, fault);
    }
    fault.stalled ? silence.look(host_) : silence.heard(host_);
  }
}

void Player::send(const Piece& piece, const Faults::Now& fault) {
  if (!(enabled_ >> piece.stream & 1)) return;
  auto& stream = streams_[piece.stream];
  const auto time_ns = std::max(base_host_ns_ + piece.at_ns - base_at_ns_, stream.last_time_ns);
  if (fault.once == Fault::clock_jump) stream.broken = true;
  jumped_us_ = fault.jump_ms * 1000;
  const auto known_start = recording_.start_unix_ns();
  const auto ticks_us = (now_.original_stamps ? known_start + piece.at_ns : time_ns - began_host_ns_) / 1000 + jumped_us_;
  const auto ticks = static_cast<std::uint64_t>(std::max<std::int64_t>(0, ticks_us));
  stream.last_time_ns = time_ns;
  // What it says of its own size cannot be: the host refuses it, and it is lost.
  const auto claimed = fault.once == Fault::lie ? UINT32_MAX : piece.count;
  if (commit(piece, claimed, ticks, time_ns, stream) < 0) {
    stream.lost += piece.count;
    stream.broken = true;
    return;
  }
  stream.lost = 0;
  stream.broken = false;
  for (int n = 0; fault.once == Fault::flood && n < flood_copies; ++n) commit(piece, piece.count, ticks, time_ns, stream);
}

ck_result Player::commit(const Piece& piece, std::uint32_t count, std::uint64_t ticks, std::int64_t time_ns, Stream& stream) {
  const bool video = !piece.picture.empty();
  const void* data = video ? static_cast<const void*>(piece.picture.data()) : piece.samples.data();
  const auto bytes = static_cast<std::uint32_t>(video ? piece.picture.size() : piece.samples.size() * sizeof(std::int32_t));
  sdk::Slot slot(host_, piece.stream, bytes);
  if (!slot) return slot.result();
  std::memcpy(slot.data(), data, bytes);
  auto chunk = sdk::make_chunk(piece.stream);
  chunk.count = count;
  chunk.bytes = bytes;
  chunk.time_ns = time_ns;
  chunk.time_error_ns = stamp_error_ns;
  chunk.device_ticks = ticks;
  chunk.lost = static_cast<std::uint32_t>(std::min<std::uint64_t>(stream.lost, UINT32_MAX));
  if (stream.broken) chunk.flags |= CK_CHUNK_DISCONT;
  return slot.commit(chunk);
}

// What our recorder noted of electrodes becomes events again; other remarks have no event of their own.
void Player::tell_remarks(std::int64_t until_ns) {
  const auto& remarks = recording_.remarks();
  for (; next_remark_ < remarks.size() && remarks[next_remark_].at_ns < until_ns; ++next_remark_) {
    const std::string_view text = remarks[next_remark_].text;
    constexpr std::string_view off_prefix = "electrodes off: ";
    if (text != "electrodes on" && !text.starts_with(off_prefix)) continue;
    const auto off = text.starts_with(off_prefix) ? electrodes_of(text.substr(off_prefix.size())) : 0;
    ever_off_ |= off;
    // The recording does not say which electrodes could be judged: those that were off once could.
    tell_electrodes(off, ever_off_, std::min(host_.now_ns(), base_host_ns_ + remarks[next_remark_].at_ns - base_at_ns_));
  }
}

void Player::tell_electrodes(std::uint32_t off, std::uint32_t known, std::int64_t time_ns) {
  auto event = sdk::make_event(CK_EVENT_ELECTRODES, time_ns);
  event.value[0] = off;
  event.value[1] = known;
  host_.emit(event);
}

}  // namespace caukham::plugins::replay
