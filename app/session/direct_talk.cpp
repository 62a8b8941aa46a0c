// The direct meeting's data channels, outwards: evidence, stills, pictures and what the station says.
#include <algorithm>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "json/json_text.hpp"
#include "session/direct_meeting.hpp"

namespace caukham::session {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_kept = 400;   // said again to who joins later

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
      server_->send(socket_of(guest), json_text(Json{{"type", "offer"}, {"sdp", sdp}}));
      seat.mids = mids;
      if (seat.open) seat.peer->send_control(streams_json(seat));
    });
  };
  events.candidate = [=, this](std::string candidate, std::string mid) {
    with_seat([&](Seat&) {
      server_->send(socket_of(guest),
                    json_text(Json{{"type", "candidate"}, {"candidate", candidate}, {"mid", mid}}));
    });
  };
  events.open = [=, this] { with_seat([&](Seat& seat) { on_open(seat); }); };
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

void DirectMeeting::on_open(Seat& seat) {
  seat.open = true;
  Json hello{{"type", "hello"},
             {"v", 1},
             {"station", {{"name", options_.station_name}}},
             {"lang", options_.language},
             {"time_ns", core::now_ns()}};
  auto exam = json_of(options_.exam_json);
  hello["exam"] = exam.is_object() ? std::move(exam) : Json::object();
  seat.peer->send_control(json_text(hello));
  seat.peer->send_control(streams_json(seat));
  for (const auto& kept : kept_) seat.peer->send_control(kept.json);
  for (const auto& still : stills_) seat.peer->send_control(still.json);
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
  return json_text(Json{{"type", "streams"}, {"streams", std::move(list)}});
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
    kept.json = json_text(Json{{"type", "still"},
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
  auto j = json_of(text);
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
  const auto word = [&](const char* name) { return j.contains(name) ? json_text(j[name]) : std::string(); };
  if (type == "capture" || type == "request_state" || type == "clip") key = type + word("id");
  if (type == "spirometry") key = type + word("stream") + "/" + word("manoeuvre");
  if (type == "event" && word("event") == "\"electrodes\"") key = type + word("stream");
  if (type == "chat") key = "chat";
  loop_.post([this, to, key, json = json_text(j)] {
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

}  // namespace caukham::session
