// What happens by itself while a meeting lasts: clock probes, the line, evidence that waits for room.
#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "json/json_text.hpp"
#include "session/direct_meeting.hpp"

namespace caukham::session {
namespace {

using Json = nlohmann::json;
using core::tr;

// Thresholds: talk alone needs about 40 kbit/s, an ECG 100, a picture of 640 × 480 some 150 more (session.md,
// targets).
std::string line_words(const LineSample& line) {
  const auto kbit = std::to_string(static_cast<long>(line.kbit_s + 0.5));
  const auto loss = std::to_string(static_cast<long>(line.loss_percent + 0.5));
  if (line.kbit_s > 0 && line.kbit_s < 150)
    return tr("Line very weak: {0} kbit/s, loss {1} %. The trace goes first, the picture waits.", kbit, loss);
  if (line.loss_percent >= 10)
    return tr("Line loses much: {0} kbit/s, loss {1} %. Picture and talk may break off.", kbit, loss);
  if (line.kbit_s > 0 && line.kbit_s < 500)
    return tr("Line weak: {0} kbit/s, loss {1} %. The picture is reduced.", kbit, loss);
  if (line.rtt_ms >= 600)
    return tr("Line slow: answers take {0} ms.", std::to_string(static_cast<long>(line.rtt_ms + 0.5)));
  return tr("Line good: {0} kbit/s.", kbit);
}

}  // namespace

void DirectMeeting::beat() {
  const auto now = core::now_ns();
  ++beats_;
  for (auto& [guest, seat] : seats_) {
    if (seat.open && (beats_ % 8 == 0 || !seat.clock.known())) {
      if (seat.probes.size() > 32) seat.probes.erase(seat.probes.begin());
      seat.probes.insert(now);
      seat.peer->send_control(json_text(Json{{"type", "time"}, {"t0", now}}));
    }
    if (seat.open && beats_ % 8 == 0) seat.peer->ask_line();
  }
  pump_all();
}

void DirectMeeting::on_line(const std::string& guest, Seat& seat, const LineSample& sample) {
  LineState line{sample.kbit_s, sample.loss_percent, sample.rtt_ms, line_words(sample)};
  seat.peer->send_control(json_text(Json{{"type", "line"},
                                       {"kbit_s", line.kbit_s},
                                       {"loss_percent", line.loss_percent},
                                       {"rtt_ms", line.rtt_ms},
                                       {"words", line.words}}));
  if (events_.line) events_.line(guest, line);
}

void DirectMeeting::pump_all() {
  for (auto& [guest, seat] : seats_) pump(guest, seat);
}

void DirectMeeting::pump(const std::string& guest, Seat& seat) {
  if (!seat.open || seat.pumping) return;
  if (seat.sender.pump(core::now_ns())) {
    seat.pumping = true;  // more is allowed: after the others on this thread
    loop_.post([this, guest, generation = seat.generation] {
      if (Seat* again = seated(guest, generation)) {
        again->pumping = false;
        pump(guest, *again);
      }
    });
  }
  for (const auto stream : seat.sender.complete()) {
    const auto end = ends_.find(stream);
    if (end == ends_.end() || judged_[guest].count(stream)) continue;
    seat.peer->send_control(json_text(Json{
        {"type", "evidence_end"},
        {"stream", stream},
        {"records", end->second.records},
        {"samples", end->second.samples},
        {"digest",
         end->second.digest}}));
  }
}

// Digests still to come from consoles that are here and take the evidence.
std::size_t DirectMeeting::outstanding() const {
  std::size_t count = 0;
  for (const auto& [guest, seat] : seats_)
    for (const auto& [stream, end] : ends_) {
      const auto judged = judged_.find(guest);
      if (seat.sender.wants(stream) && (judged == judged_.end() || !judged->second.count(stream))) ++count;
    }
  return count;
}

void DirectMeeting::check_outstanding() {
  const std::lock_guard lock(close_mutex_);
  outstanding_ = outstanding();
  if (closing_ && outstanding_ == 0) close_wake_.notify_all();
}

}  // namespace caukham::session
