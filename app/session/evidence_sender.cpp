#include "session/evidence_sender.hpp"

#include <algorithm>

#include "session/evidence_frame.hpp"

namespace caukham::session {
namespace {

constexpr std::size_t smallest_window = 2 * 1024, first_window = 8 * 1024, largest_window = 256 * 1024;
constexpr std::size_t smallest_piece = 1024;
constexpr std::size_t max_timed = 512;
// How much longer than the line's own time a piece may be under way before the window grows, or must shrink:
// a live sample waits behind it about that long.
constexpr std::int64_t calm_ns = 150'000'000, crowded_ns = 400'000'000;
// No line worth examining over is slower than that when it is empty: a slower first piece says the line is
// narrow.
constexpr std::int64_t longest_line_ns = 600'000'000;
// A console that sends no receipts gets pieces at a pace that a poor line carries.
constexpr std::int64_t patience_ns = 3'000'000'000, blind_pace_ns = 250'000'000;
constexpr std::size_t blind_queue = 32 * 1024;

}  // namespace

bool EvidenceSender::have(StreamNumber stream, std::uint64_t next) {
  const auto count = counts_.count(stream)  ? counts_[stream]
                     : source_.record_count ? source_.record_count(stream)
                                            : 0;
  if (next > count) return false;
  counts_[stream] = count;
  auto& s = streams_[stream];
  s.next = next;
  s.count = count;
  s.ended = ended_[stream];
  s.told = false;
  return true;
}

void EvidenceSender::available(StreamNumber stream, std::uint64_t records) {
  auto& count = counts_[stream];
  count = std::max(count, records);
  if (const auto at = streams_.find(stream); at != streams_.end()) at->second.count = count;
}

void EvidenceSender::ended(StreamNumber stream) {
  ended_[stream] = true;
  if (const auto at = streams_.find(stream); at != streams_.end()) at->second.ended = true;
}

void EvidenceSender::still(std::uint32_t number, std::uint64_t bytes, std::function<Still()> read) {
  stills_.try_emplace(number, Pending{bytes, 0, std::move(read), nullptr});
}

void EvidenceSender::have_still(std::uint32_t number, std::uint64_t next_byte) {
  if (const auto at = stills_.find(number); at != stills_.end())
    at->second.next = std::min(next_byte, at->second.bytes);
}

std::uint64_t EvidenceSender::under_way() const {
  return std::max<std::uint64_t>(blind_ ? 0 : sent_ - got_, pipe_.queued());
}

bool EvidenceSender::got(std::uint64_t bytes, std::int64_t now_ns) {
  if (bytes > sent_ || bytes < got_) return false;
  receipts_ = true;
  blind_ = false;
  got_ = bytes;
  while (!timed_.empty() && timed_.front().end <= bytes) {
    const auto took = now_ns - timed_.front().sent_ns;
    const bool still = timed_.front().still;
    timed_.pop_front();
    if (shortest_ns_ == 0 || took < shortest_ns_) shortest_ns_ = took;
    if (!still)
      continue;  // records come as the patient's heart does: they say nothing about what more would fit
    --pieces_under_way_;
    const auto line_ns = std::min(shortest_ns_, longest_line_ns);
    if (took < line_ns + calm_ns) still_window_ = std::min(largest_window, still_window_ + still_window_ / 4);
    else if (took > line_ns + crowded_ns) still_window_ = std::max(smallest_window, still_window_ / 2);
  }
  return true;
}

bool EvidenceSender::pump(std::int64_t now_ns) {
  if (sent_ > 0 && first_ns_ == 0) first_ns_ = now_ns;
  blind_ = !receipts_ && first_ns_ != 0 && now_ns - first_ns_ > patience_ns;
  for (std::size_t sent = 0; sent < max_records_a_turn; ++sent) {
    if (under_way() >= record_window) return false;
    // The next stream in the circle that has something.
    auto at = streams_.upper_bound(turn_);
    bool moved = false;
    for (std::size_t tried = 0; tried < streams_.size() && !moved; ++tried) {
      if (at == streams_.end()) at = streams_.begin();
      turn_ = at->first;
      if (at->second.next < at->second.count) {
        const auto before = sent_;
        moved = send_record(at->first, at->second);
        if (moved && timed_.size() < max_timed) timed_.push_back({sent_, now_ns, false});
        if (sent_ == before) moved = false;
      }
      ++at;
    }
    if (!moved) {
      while (send_piece(now_ns)) {
      }
      return false;
    }
  }
  return true;
}

bool EvidenceSender::send_record(StreamNumber number, Stream& stream) {
  const auto record = source_.record ? source_.record(number, stream.next) : std::nullopt;
  if (!record || record->size() > frame_max_payload) {
    stream.count = stream.next;  // not readable yet: available() or the next record wakes this stream again
    return false;
  }
  auto frame = encode_frame({FrameKind::record, number, stream.next, *record});
  sent_ += frame.size();
  ++stream.next;
  pipe_.send(std::move(frame));
  return true;
}

bool EvidenceSender::send_piece(std::int64_t now_ns) {
  auto at = std::find_if(stills_.begin(), stills_.end(),
                         [](const auto& s) { return s.second.next < s.second.bytes; });
  if (at == stills_.end()) return false;
  auto& still = at->second;
  if (blind_ && (now_ns < next_piece_ns_ || pipe_.queued() > blind_queue)) return false;
  // What the line carried for the last still says little about now: each starts small.
  if (pieces_under_way_ == 0) still_window_ = std::min(still_window_, first_window);
  const auto piece = std::min<std::uint64_t>(
      std::clamp(blind_ ? still_max_piece : still_window_ / 2, smallest_piece, still_max_piece),
      still.bytes - still.next);
  if (!blind_ && under_way() > 0 && under_way() + piece > still_window_) return false;
  if (!still.open) still.open = still.read();
  if (!still.open || still.open->size() != still.bytes) {
    still.next = still.bytes;  // gone; the announcement stands, the record has it
    still.open.reset();
    return true;
  }
  const auto* from = reinterpret_cast<const std::byte*>(still.open->data()) + still.next;
  auto frame =
      encode_frame({FrameKind::still_piece, at->first, still.next, {from, static_cast<std::size_t>(piece)}});
  sent_ += frame.size();
  if (timed_.size() < max_timed) {
    timed_.push_back({sent_, now_ns, true});
    ++pieces_under_way_;
  }
  next_piece_ns_ = now_ns + blind_pace_ns;
  still.next += piece;
  if (still.next == still.bytes) still.open.reset();
  pipe_.send(std::move(frame));
  return true;
}

std::vector<StreamNumber> EvidenceSender::complete() {
  std::vector<StreamNumber> done;
  for (auto& [number, stream] : streams_) {
    if (!stream.ended || stream.told || stream.next < counts_[number]) continue;
    stream.told = true;
    done.push_back(number);
  }
  return done;
}

}  // namespace caukham::session
