// The desk's side of a meeting: invitations, guests, requests, advice, evidence results.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;
using nlohmann::json;

namespace {

const char* text_of(session::Guest::State state) {
  switch (state) {
    case session::Guest::State::knocking: return "knocking";
    case session::Guest::State::admitted: return "admitted";
    case session::Guest::State::away: return "away";
    case session::Guest::State::left: return "left";
    case session::Guest::State::refused: return "refused";
  }
  return "";
}

const char* text_of(core::DeviceState state) {
  switch (state) {
    case core::DeviceState::opening: return "opening";
    case core::DeviceState::live: return "live";
    case core::DeviceState::restarting: return "restarting";
    case core::DeviceState::unplugged: return "unplugged";
    case core::DeviceState::failed: return "failed";
  }
  return "";
}

}  // namespace

session::MeetingEvents StationImpl::meeting_events() {
  session::MeetingEvents events;
  events.guest = [this](const session::Guest& g) { worker_.post([this, g] { on_guest(g); }); };
  events.ask = [this](const session::CaptureAsk& a) { worker_.post([this, a] { on_ask(a); }); };
  events.advice = [this](const session::Advice& a) { worker_.post([this, a] { on_advice(a); }); };
  events.evidence = [this](const session::EvidenceResult& r) { worker_.post([this, r] { on_evidence(r); }); };
  events.pointer = [this](const session::Pointer& p) {
    const std::scoped_lock lock(shared_mutex_);
    if (p.visible) pointers_[p.guest] = {p.stream, p.x, p.y, core::now_ns(), p.guest};
    else pointers_.erase(p.guest);
  };
  events.chat = [this](const session::ChatLine& c) {
    worker_.post([this, c] {
      if (desk_) desk_->chat.push_back(guest_name(c.guest) + ": " + c.text);
      act_now("noting the chat", [&] { record_->note(guest_name(c.guest), "chat", desk_ ? desk_->exam.id : "", "{}"); });
    });
  };
  events.line = [this](const std::string&, const session::LineState& l) {
    worker_.post([this, l] {
      draft_.line_words = l.words;
      draft_.line_kbit_s = l.kbit_s;
    });
  };
  events.drawn = [this](const session::Drawn& d) { to_console_.add_ns(d.drawn_ns - d.sensed_ns); };
  events.problem = [this](const std::string& words) {
    worker_.post([this, words] { notice(Notice::Level::warning, words); });
  };
  return events;
}

void StationImpl::open_session() {
  act_in_exam("opening the session", [this] {
    if (!meeting_) start_meeting();
  });
}

void StationImpl::start_meeting() {
  session::MeetingOptions options;
  options.data_folder = record_->layout().root.string();
  options.console_folder = installation_.console.string();
  options.address = options_.address;
  options.port = options_.port;
  options.public_host = options_.public_host;
  options.language = options_.language;
  options.exam_json = json{{"id", desk_->exam.id},
                           {"patient_name", desk_->patient.name},
                           {"birth_year", desk_->patient.birth_date.substr(0, 4)},
                           {"sex", desk_->patient.sex},
                           {"reason", desk_->exam.reason},
                           {"simulated", options_.simulate || desk_->patient.simulated}}
                          .dump();
  session::EvidenceSource source;
  auto* recorder = desk_->recorder.get();  // outlives the meeting: end_meeting() comes before it is let go
  source.record = [recorder](session::StreamNumber s, std::uint64_t k) { return recorder->record_bytes(s, k); };
  source.record_count = [recorder](session::StreamNumber s) { return recorder->record_count(s); };
  meeting_ = session::open_direct_meeting(options, meeting_events(), std::move(source));
  const auto invitation = meeting_->invite();
  draft_.invitation_link = invitation.link;
  draft_.invitation_code = invitation.code;
  draft_.invitation_fingerprint = invitation.fingerprint;
  record_->note(actor_, "session opened", desk_->exam.id);
  tell_streams();
  const std::scoped_lock lock(link_mutex_);
  meeting_link_ = meeting_.get();
}

void StationImpl::end_meeting() {
  if (!meeting_) return;
  for (const auto& totals : desk_->totals)
    meeting_->evidence_end(totals.info.id, totals.records, totals.recorded, totals.digest);
  meeting_->close(10'000);
  {
    const std::scoped_lock lock(link_mutex_);
    meeting_link_ = nullptr;
  }
  meeting_.reset();  // its thread has ended: its last results wait in our queue
  draft_.invitation_link.clear();
  draft_.invitation_code.clear();
  record_->note(actor_, "session closed", desk_->exam.id);
  const std::scoped_lock lock(shared_mutex_);
  pointers_.clear();
}

void StationImpl::new_invitation() {
  act_in_exam("making an invitation", [this] {
    if (!meeting_) return start_meeting();
    const auto invitation = meeting_->invite();
    draft_.invitation_link = invitation.link;
    draft_.invitation_code = invitation.code;
    record_->note(actor_, "new invitation", desk_->exam.id);
  });
}

void StationImpl::admit(const std::string& guest) {
  act_in_exam("admitting", [this, guest] {
    if (!meeting_) return;
    meeting_->admit(guest);
    record_->note(actor_, "guest admitted", desk_->exam.id, json{{"guest", guest_name(guest)}}.dump());
  });
}

void StationImpl::refuse_guest(const std::string& guest) {
  act_in_exam("refusing", [this, guest] {
    if (!meeting_) return;
    meeting_->refuse(guest, tr("The nurse did not admit you."));
    record_->note(actor_, "guest refused", desk_->exam.id, json{{"guest", guest_name(guest)}}.dump());
  });
}

void StationImpl::refuse_ask(const std::string& ask, const std::string& reason) {
  act_in_exam("refusing a request", [this, ask, reason] {
    answer_ask(ask, "refused", "", reason);
    record_->note(actor_, "request refused", desk_->exam.id, json{{"ask", ask}, {"reason", reason}}.dump());
  });
}

void StationImpl::send_chat(const std::string& text) {
  act_in_exam("sending", [this, text] {
    desk_->chat.push_back(tr("Station") + ": " + text);
    tell({{"type", "chat"}, {"from", tr("Station")}, {"text", text}, {"time_ns", core::now_ns()}});
  });
}

void StationImpl::set_muted(bool muted) {
  worker_.post([this, muted] {
    if (meeting_) meeting_->mute(muted);
    draft_.muted = muted;
  });
}

void StationImpl::tell(const json& message) {
  if (meeting_) meeting_->control(message.dump());
}

void StationImpl::tell_streams() {
  if (!meeting_ || !desk_ || desk_->closed) return;
  std::map<core::StreamId, StreamTotals> recorded;
  for (auto& totals : desk_->recorder->totals()) recorded[totals.info.id] = std::move(totals);
  std::map<core::DeviceId, core::DeviceState> states;
  for (const auto& device : hub_.devices()) states[device.id] = device.state;
  std::vector<session::StreamCard> cards;
  for (const auto& info : hub_.streams()) {
    const bool video = info.kind == core::StreamKind::video;
    // A waveform is announced with its first recorded sample: then its record size is known.
    const auto found = recorded.find(info.id);
    if (!video && found == recorded.end()) continue;
    cards.push_back({info.id, video, info.simulated, info.device_kind, info.device_name, info.name, info.unit,
                     text_of(states[info.device]), info.labels, info.rate_hz, info.scale, info.offset,
                     video ? 0 : found->second.samples_per_record, video ? 0 : found->second.second_zero_ns});
  }
  meeting_->set_streams(std::move(cards));
}

std::string StationImpl::guest_name(const std::string& id) const {
  const auto found = guests_.find(id);
  return found == guests_.end() ? id : found->second.name;
}

void StationImpl::on_guest(const session::Guest& guest) {
  const std::string state = text_of(guest.state);
  auto& card = guests_[guest.id];
  const bool back = guest.state == session::Guest::State::admitted && (card.state == "away" || card.state == state);
  card = {guest.id, guest.name, guest.organisation, state, card.returns + (back ? 1 : 0)};
  act_now("noting a guest", [&] {
    record_->note(guest.name, back ? "guest returned" : "guest " + state, desk_ ? desk_->exam.id : "",
                  json{{"organisation", guest.organisation}}.dump());
  });
  if (guest.state == session::Guest::State::knocking)
    notice(Notice::Level::info, tr("{0} wants to join the examination.", guest.name));
}

AskCard* StationImpl::ask_by_id(const std::string& id) {
  const auto found = std::find_if(desk_->asks.begin(), desk_->asks.end(), [&](auto& a) { return a.id == id; });
  return found == desk_->asks.end() ? nullptr : &*found;
}

// The oldest request that a capture of this kind on this stream answers.
AskCard* StationImpl::open_ask(core::StreamId stream, const std::string& kind) {
  for (auto& ask : desk_->asks)
    if (ask.stream == stream && ask.kind == kind && ask.state == "shown") return &ask;
  return nullptr;
}

void StationImpl::answer_ask(const std::string& id, const std::string& state, const std::string& capture,
                             const std::string& why) {
  auto* ask = ask_by_id(id);
  if (!ask) return;
  ask->state = state;
  json message{{"type", "request_state"}, {"id", id}, {"state", state}};
  if (!capture.empty()) message["capture"] = capture;
  if (!why.empty()) message["reason"] = why;
  tell(message);
}

void StationImpl::on_ask(const session::CaptureAsk& ask) {
  if (!desk_ || desk_->closed || ask_by_id(ask.id) || desk_->asks.size() >= 200) return;
  AskCard card;
  card.id = ask.id;
  card.guest_name = guest_name(ask.guest);
  card.kind = ask.kind;
  card.side = ask.side;
  card.site = ask.site;
  card.text = ask.text;
  card.state = "shown";
  card.stream = ask.stream;
  if (const auto info = hub_.stream(ask.stream)) card.device_kind = info->device_kind;
  desk_->asks.push_back(card);
  act_now("noting a request", [&] {
    record_->note(card.guest_name, "capture asked", desk_->exam.id,
                  json{{"kind", ask.kind}, {"device", card.device_kind}, {"side", ask.side}}.dump());
  });
  tell({{"type", "request_state"}, {"id", ask.id}, {"state", "shown"}});
}

void StationImpl::on_advice(const session::Advice& advice) {
  if (!desk_ || desk_->closed) return;
  act_now("storing the advice", [&] {
    const auto author = guest_name(advice.guest);
    record_->add_advice(author, {"", desk_->exam.id, author, advice.finding, advice.conclusion,
                                 advice.next_step + (advice.urgency.empty() ? "" : " [" + advice.urgency + "]"), 0});
    const auto capture = add_capture("advice", nullptr, author, core::now_ns(), advice.conclusion);
    const auto text = json{{"author", author}, {"finding", advice.finding}, {"conclusion", advice.conclusion},
                           {"next_step", advice.next_step}, {"urgency", advice.urgency}}.dump(2);
    made_durable(capture, record_->attach(author, capture, std::as_bytes(std::span(text)), "application/json", "advice.json"));
    desk_->advice = author + ": " + advice.finding + "\n" + advice.conclusion + "\n" + advice.next_step;
    tell({{"type", "advice_stored"}, {"id", advice.id}});
  });
}

void StationImpl::on_evidence(const session::EvidenceResult& result) {
  if (!desk_) return;
  for (auto& known : desk_->evidence)
    if (known.guest == result.guest && known.stream == result.stream) return;
  desk_->evidence.push_back(result);
}

}  // namespace caukham::station
