// The direct meeting's data channels: evidence out, guidance in.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "session/direct_meeting.hpp"

namespace caukham::session {
namespace {

using Json = nlohmann::json;
using core::tr;

constexpr std::size_t max_kept = 400;   // said again to who joins later
constexpr std::size_t max_heard = 512;  // ids of one guest's requests

std::string text_of(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace); }

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

DirectMeeting::Seat* DirectMeeting::seated(const std::string& guest, std::uint64_t generation) {
  const auto at = seats_.find(guest);
  return at == seats_.end() || at->second.generation != generation ? nullptr : &at->second;
}

PeerEvents DirectMeeting::peer_events(const std::string& guest, std::uint64_t generation) {
  PeerEvents events;
  const auto with_seat = [this, guest, generation](auto work) {
    if (Seat* seat = seated(guest, generation)) work(*seat);
  };
  events.offer = [=, this](std::string sdp, std::map<StreamNumber, std::string> mids) {
    with_seat([&](Seat& seat) {
      server_->send(socket_of(guest), Json{{"type", "offer"}, {"sdp", sdp}}.dump());
      seat.mids = mids;
      if (seat.open) seat.peer->send_control(streams_json(seat));
    });
  };
  events.candidate = [=, this](std::string candidate, std::string mid) {
    with_seat([&](Seat&) {
      server_->send(socket_of(guest),
                    Json{{"type", "candidate"}, {"candidate", candidate}, {"mid", mid}}.dump());
    });
  };
  events.open = [=, this] { with_seat([&](Seat& seat) { on_open(guest, seat); }); };
  events.control = [=, this](std::string text) {
    with_seat([&](Seat& seat) { on_control(guest, seat, text); });
  };
  events.evidence_low = [=, this] { with_seat([&](Seat& seat) { pump(guest, seat); }); };
  events.line = [=, this](LineSample sample) {
    with_seat([&](Seat& seat) { on_line(guest, seat, sample); });
  };
  events.trouble = [=, this](std::string why) {
    with_seat([&](Seat&) {
      // The pipe is broken, the guest is not: the socket is closed, and the console comes back with its
      // token.
      core::log_info("session", "a console's media line ended: " + why);
      if (const auto socket = socket_of(guest)) {
        server_->close(socket);
        on_closed(socket);
      } else {
        unseat(guest);
      }
    });
  };
  return events;
}

void DirectMeeting::on_open(const std::string& guest, Seat& seat) {
  seat.open = true;
  Json hello{{"type", "hello"},
             {"v", 1},
             {"station", {{"name", options_.station_name}}},
             {"lang", options_.language},
             {"time_ns", core::now_ns()}};
  auto exam = Json::parse(options_.exam_json, nullptr, false);
  hello["exam"] = exam.is_object() ? std::move(exam) : Json::object();
  seat.peer->send_control(text_of(hello));
  seat.peer->send_control(streams_json(seat));
  for (const auto& kept : kept_) seat.peer->send_control(kept.json);
  for (const auto& still : stills_) seat.peer->send_control(still.json);
  (void)guest;
}

std::string DirectMeeting::streams_json(const Seat& seat) const {
  Json list = Json::array();
  for (const auto& card : cards_) {
    Json j{{"id", card.number},
           {"device_kind", card.device_kind},
           {"device_name", card.device_name},
           {"name", card.name},
           {"kind", card.video ? "video" : "waveform"},
           {"labels", card.labels},
           {"unit", card.unit},
           {"rate_hz", card.rate_hz},
           {"scale", card.scale},
           {"offset", card.offset},
           {"samples_per_record", card.samples_per_record},
           {"start_ns", card.start_ns},
           {"channels", card.labels.empty() ? 1 : card.labels.size()},
           {"simulated", card.simulated},
           {"state", card.state}};
    if (const auto mid = seat.mids.find(card.number); mid != seat.mids.end()) j["mid"] = mid->second;
    list.push_back(std::move(j));
  }
  return text_of(Json{{"type", "streams"}, {"streams", std::move(list)}});
}

void DirectMeeting::send_streams(Seat& seat) {
  std::vector<StreamNumber> video;
  for (const auto& card : cards_)
    if (card.video && card.state != "ended") video.push_back(card.number);
  seat.peer->set_video(std::move(video));
  if (seat.open) seat.peer->send_control(streams_json(seat));
}

void DirectMeeting::set_streams(std::vector<StreamCard> cards) {
  loop_.post([this, cards = std::move(cards)]() mutable {
    cards_ = std::move(cards);
    for (auto& [guest, seat] : seats_) send_streams(seat);
  });
}

void DirectMeeting::evidence(StreamNumber stream, std::uint64_t index, std::span<const std::byte>) {
  loop_.post([this, stream, index] {
    for (auto& [guest, seat] : seats_) {
      seat.sender.available(stream, index + 1);
      pump(guest, seat);
    }
  });
}

void DirectMeeting::evidence_end(StreamNumber stream, std::uint64_t records, std::uint64_t samples,
                                 std::string digest) {
  loop_.post([this, stream, records, samples, digest = std::move(digest)] {
    ends_[stream] = {records, samples, digest};
    for (auto& [guest, seat] : seats_) {
      seat.sender.available(stream, records);
      seat.sender.ended(stream);
      pump(guest, seat);
    }
    check_outstanding();
  });
}

void DirectMeeting::still(const std::string& id, StreamNumber stream, const std::string& side,
                          const std::string& site, std::shared_ptr<const std::vector<std::uint8_t>> jpeg,
                          const std::string& sha256, std::int64_t taken_ns) {
  if (!jpeg) return;
  loop_.post([=, this] {
    KeptStill kept;
    kept.id = id;
    kept.number = next_still_++;
    kept.bytes = jpeg->size();
    kept.json = text_of(Json{{"type", "still"},
                             {"id", id},
                             {"number", kept.number},
                             {"stream", stream},
                             {"side", side},
                             {"site", site},
                             {"media_type", "image/jpeg"},
                             {"bytes", kept.bytes},
                             {"sha256", sha256},
                             {"taken_ns", taken_ns}});
    if (!source_.still)
      kept.jpeg = jpeg;  // else it is read again from the exam's folder when the line has room
    for (auto& [guest, seat] : seats_) {
      if (seat.open) seat.peer->send_control(kept.json);
      seat.sender.still(kept.number, kept.bytes, [this, id, own = kept.jpeg, first = jpeg]() mutable {
        auto bytes = own ? own : source_.still ? source_.still(id) : nullptr;
        if (!bytes) bytes = first;
        first.reset();
        return bytes;
      });
      pump(guest, seat);
    }
    stills_.push_back(std::move(kept));
  });
}

void DirectMeeting::picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) {
  if (!picture) return;
  {
    const std::lock_guard lock(pictures_mutex_);
    auto& slot = pictures_[stream];
    const bool waiting = slot != nullptr;
    slot = std::move(picture);
    if (waiting) return;  // the one before has not been taken yet: only the newest is worth showing
  }
  loop_.post([this, stream] {
    std::shared_ptr<const media::Picture> newest;
    {
      const std::lock_guard lock(pictures_mutex_);
      newest = std::exchange(pictures_[stream], nullptr);
    }
    if (!newest) return;
    for (auto& [guest, seat] : seats_) seat.peer->picture(stream, newest);
  });
}

void DirectMeeting::control(const std::string& text) {
  auto j = Json::parse(text, nullptr, false);
  if (!j.is_object() || !j.contains("type") || !j["type"].is_string() || text.size() > max_control_bytes) {
    core::log_error("session",
                    "a control message of this station is no JSON object with a type, or is too long");
    return;
  }
  std::string to;
  if (j.contains("to") && j["to"].is_string()) to = j["to"].get<std::string>();
  j.erase("to");
  const auto type = j["type"].get<std::string>();
  // Said again to who joins later: the newest of each thing, and all of chat.
  std::string key;
  const auto word = [&](const char* name) { return j.contains(name) ? text_of(j[name]) : std::string(); };
  if (type == "capture" || type == "request_state" || type == "clip") key = type + word("id");
  if (type == "spirometry") key = type + word("stream") + "/" + word("manoeuvre");
  if (type == "event" && word("event") == "\"electrodes\"") key = type + word("stream");
  if (type == "chat") key = "chat";
  loop_.post([this, to, key, json = text_of(j)] {
    if (to.empty()) {
      if (!key.empty()) keep(key, json);
      broadcast(json);
    } else if (const auto at = seats_.find(to); at != seats_.end() && at->second.open) {
      at->second.peer->send_control(json);
    }
  });
}

void DirectMeeting::keep(const std::string& key, std::string json) {
  if (key != "chat") std::erase_if(kept_, [&](const Kept& k) { return k.key == key; });
  kept_.push_back({key, std::move(json)});
  if (kept_.size() > max_kept) kept_.pop_front();
}

void DirectMeeting::broadcast(const std::string& json, const std::string& except) {
  for (auto& [guest, seat] : seats_)
    if (seat.open && guest != except) seat.peer->send_control(json);
}

void DirectMeeting::mute(bool muted) {
  loop_.post([this, muted] {
    muted_ = muted;
    for (auto& [guest, seat] : seats_) seat.peer->mute(muted);
  });
}

// From the console
// -----------------------------------------------------------------------------------------------
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
  broadcast(text_of(Json{{"type", "pointer"},
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
  const auto json = text_of(
      Json{{"type", "chat"}, {"from", name_of(guest)}, {"text", line.text}, {"time_ns", core::now_ns()}});
  keep("chat", json);
  broadcast(json, guest);
  if (events_.chat) events_.chat(line);
}

void DirectMeeting::handle(const std::string&, Seat&, const Unknown& unknown) {
  core::log_debug("session", "a control message of an unknown type: " + unknown.type);
}

// The beat
// --------------------------------------------------------------------------------------------------------
void DirectMeeting::beat() {
  const auto now = core::now_ns();
  ++beats_;
  for (auto& [guest, seat] : seats_) {
    if (seat.open && (beats_ % 8 == 0 || !seat.clock.known())) {
      if (seat.probes.size() > 32) seat.probes.erase(seat.probes.begin());
      seat.probes.insert(now);
      seat.peer->send_control(Json{{"type", "time"}, {"t0", now}}.dump());
    }
    if (seat.open && beats_ % 8 == 0) seat.peer->ask_line();
  }
  pump_all();
}

void DirectMeeting::on_line(const std::string& guest, Seat& seat, const LineSample& sample) {
  LineState line{sample.kbit_s, sample.loss_percent, sample.rtt_ms, line_words(sample)};
  seat.peer->send_control(text_of(Json{{"type", "line"},
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
    seat.peer->send_control(Json{
        {"type", "evidence_end"},
        {"stream", stream},
        {"records", end->second.records},
        {"samples", end->second.samples},
        {"digest",
         end->second.digest}}.dump());
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

std::string DirectMeeting::name_of(const std::string& guest) const {
  const std::lock_guard lock(lobby_mutex_);
  const Guest* known = lobby_.guest(guest);
  return known ? known->name : std::string();
}

}  // namespace caukham::session
