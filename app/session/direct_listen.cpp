// What comes from the consoles over the control channel. Each message has been parsed and bounded before.
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

constexpr std::size_t max_heard = 512;  // ids of one guest's requests

}  // namespace

void DirectMeeting::on_control(const std::string& guest, Seat& seat, const std::string& text) {
  Control message;
  std::string why;
  if (!seat.messages.take(core::now_ns())) return end_visit(guest, tr("Too many messages."), true);
  if (!parse_control(text, message, why)) {
    core::log_warning("session", "a malformed control message: " + why);
    return end_visit(guest, tr("A message could not be understood ({0}). Reload the page.", why), true);
  }
  std::visit([&](auto&& m) { handle(guest, seat, std::forward<decltype(m)>(m)); }, std::move(message));
}

bool DirectMeeting::is_waveform(StreamNumber stream) const {
  return std::any_of(cards_.begin(), cards_.end(),
                     [&](const StreamCard& c) { return c.number == stream && !c.video; });
}

void DirectMeeting::handle(const std::string& guest, Seat& seat, const Have& have) {
  for (const auto& [stream, next] : have.streams) {
    if (!is_waveform(stream)) continue;  // the list may have changed while the message was under way
    // Taken again after a difference: compared again. An equal digest stands, whatever is said later.
    if (const auto old = judged_[guest].find(stream); old != judged_[guest].end() && !old->second)
      judged_[guest].erase(old);
    if (source_.record_count) seat.sender.available(stream, source_.record_count(stream));
    if (!seat.sender.have(stream, next))
      return end_visit(guest, tr("The page has more of the recording than the station. Reload the page."),
                       true);
  }
  for (const auto& [number, next] : have.stills) seat.sender.have_still(number, next);
  check_outstanding();
  pump(guest, seat);
}

void DirectMeeting::handle(const std::string& guest, Seat& seat, const Got& got) {
  if (!seat.sender.got(got.bytes, core::now_ns()))
    return end_visit(guest, tr("The page's receipts are wrong. Reload the page."), true);
  pump(guest, seat);
}

void DirectMeeting::handle(const std::string&, Seat& seat, const TimeAnswer& answer) {
  if (seat.probes.erase(answer.t0)) seat.clock.probe(answer.t0, answer.t1, core::now_ns());
}

void DirectMeeting::handle(const std::string& guest, Seat& seat, const DrawnReport& report) {
  if (!seat.clock.known() || !events_.drawn) return;
  events_.drawn({guest, report.stream, report.time_ns, seat.clock.to_station_ns(report.console_ns)});
}

void DirectMeeting::handle(const std::string& guest, Seat&, const DigestReport& report) {
  const auto end = ends_.find(report.stream);
  if (end == ends_.end() || judged_[guest].count(report.stream)) return;
  EvidenceResult result{guest, report.stream, report.records, report.samples, report.digest, false};
  result.equal = report.records == end->second.records && report.samples == end->second.samples &&
                 report.digest == end->second.digest;
  judged_[guest][report.stream] = result.equal;
  if (!result.equal) core::log_error("session", "a console's digest differs from the record's");
  if (events_.evidence) events_.evidence(result);
  check_outstanding();
}

void DirectMeeting::handle(const std::string& guest, Seat&, CaptureAsk ask) {
  auto& heard = heard_[guest];
  if (heard.size() >= max_heard) return end_visit(guest, tr("Too many requests."), true);
  if (!heard.insert("ask " + ask.id).second) return;  // said again after a broken line
  ask.guest = guest;
  if (events_.ask) events_.ask(ask);
}

void DirectMeeting::handle(const std::string& guest, Seat& seat, Pointer pointer) {
  if (!seat.pointers.take(core::now_ns())) return;  // a hand that is too quick loses a step, not the visit
  pointer.guest = guest;
  broadcast(json_text(Json{{"type", "pointer"},
                         {"from", name_of(guest)},
                         {"stream", pointer.stream},
                         {"x", pointer.x},
                         {"y", pointer.y},
                         {"visible", pointer.visible}}),
            guest);
  if (events_.pointer) events_.pointer(pointer);
}

void DirectMeeting::handle(const std::string& guest, Seat&, Advice advice) {
  auto& heard = heard_[guest];
  if (heard.size() >= max_heard) return end_visit(guest, tr("Too many requests."), true);
  if (!heard.insert("advice " + advice.id).second) return;
  advice.guest = guest;
  if (events_.advice) events_.advice(advice);
}

void DirectMeeting::handle(const std::string& guest, Seat&, ChatLine line) {
  line.guest = guest;
  const auto json = json_text(
      Json{{"type", "chat"}, {"from", name_of(guest)}, {"text", line.text}, {"time_ns", core::now_ns()}});
  keep("chat", json);
  broadcast(json, guest);
  if (events_.chat) events_.chat(line);
}

void DirectMeeting::handle(const std::string&, Seat&, const Unknown& unknown) {
  core::log_debug("session", "a control message of an unknown type: " + unknown.type);
}

std::string DirectMeeting::name_of(const std::string& guest) const {
  const std::lock_guard lock(lobby_mutex_);
  const Guest* known = lobby_.guest(guest);
  return known ? known->name : std::string();
}

}  // namespace caukham::session
