// The desk's side of a meeting: invitations, guests, requests, advice, evidence results.
#include <algorithm>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/words.hpp"
#include "json/json_text.hpp"
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
      if (!desk_) return;
      desk_->chat.push_back(guest_name(c.guest) + ": " + c.text);
      note(guest_name(c.guest), "chat", json::object());
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
  options.exam_json = json_text(json{{"id", desk_->exam.id},
                                     {"patient_name", desk_->patient.name},
                                     {"birth_year", desk_->patient.birth_date.substr(0, 4)},
                                     {"sex", desk_->patient.sex},
                                     {"reason", desk_->exam.reason},
                                     {"simulated", options_.simulate || desk_->patient.simulated}});
  session::EvidenceSource source;
  auto* recorder = desk_->recorder.get();  // outlives the meeting, whose end exam_is_over() waits for
  source.record = [recorder](session::StreamNumber s, std::uint64_t k) { return recorder->record_bytes(s, k); };
  source.record_count = [recorder](session::StreamNumber s) { return recorder->record_count(s); };
  meeting_ = session::open_direct_meeting(options, meeting_events(), std::move(source));
  show_invitation(meeting_->invite());
  note(actor_, "session opened", json::object());
  tell_streams();
  const std::scoped_lock lock(link_mutex_);
  meeting_link_ = meeting_.get();
}

void StationImpl::show_invitation(const session::Invitation& invitation) {
  draft_.invitation_link = invitation.link;
  draft_.invitation_code = invitation.code;
  draft_.invitation_fingerprint = invitation.fingerprint;
}

void StationImpl::new_invitation() {
  act_in_exam("making an invitation", [this] {
    if (!meeting_) return start_meeting();
    show_invitation(meeting_->invite());
    note(actor_, "new invitation", json::object());
  });
}

void StationImpl::admit(const std::string& guest) {
  act_in_exam("admitting", [this, guest] {
    if (!meeting_) return;
    meeting_->admit(guest);
    note(actor_, "guest admitted", {{"guest", guest_name(guest)}});
  });
}

void StationImpl::refuse_guest(const std::string& guest) {
  act_on_exam("refusing", [this, guest] {
    if (!meeting_) return;
    meeting_->refuse(guest, tr("The nurse did not admit you."));
    note(actor_, "guest refused", {{"guest", guest_name(guest)}});
  });
}

void StationImpl::refuse_ask(const std::string& ask, const std::string& reason) {
  act_on_exam("refusing a request", [this, ask, reason] {
    answer_ask(ask, "refused", "", reason);
    note(actor_, "request refused", {{"ask", ask}, {"reason", reason}});
  });
}

void StationImpl::send_chat(const std::string& text) {
  act_on_exam("sending", [this, text] {
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
  if (meeting_) meeting_->control(json_text(message));
}

void StationImpl::tell_streams() {
  if (!meeting_ || !desk_ || !desk_->recorder) return;
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
                     core::text_of(states[info.device]), info.labels, info.rate_hz, info.scale, info.offset,
                     video ? 0 : found->second.samples_per_record, video ? 0 : found->second.second_zero_ns});
  }
  meeting_->set_streams(std::move(cards));
}

std::string StationImpl::guest_name(const std::string& id) const {
  if (desk_)
    for (const auto& guest : desk_->guests)
      if (guest.id == id) return guest.name;
  return id;
}

void StationImpl::on_guest(const session::Guest& guest) {
  if (!desk_) return;
  const std::string state = text_of(guest.state);
  auto& guests = desk_->guests.edit();
  auto card = std::find_if(guests.begin(), guests.end(), [&](const auto& g) { return g.id == guest.id; });
  if (card == guests.end()) card = guests.insert(guests.end(), GuestCard{});
  const bool back = guest.state == session::Guest::State::admitted && (card->state == "away" || card->state == state);
  *card = {guest.id, guest.name, guest.organisation, state, card->returns + (back ? 1 : 0)};
  note(guest.name, back ? "guest returned" : "guest " + state, {{"organisation", guest.organisation}});
  if (guest.state == session::Guest::State::knocking)
    notice(Notice::Level::info, tr("{0} wants to join the examination.", guest.name));
}

const AskCard* StationImpl::ask_by_id(const std::string& id) const {
  for (const auto& ask : desk_->asks)
    if (ask.id == id) return &ask;
  return nullptr;
}

// The oldest request that a capture of this kind on this stream answers.
const AskCard* StationImpl::open_ask(core::StreamId stream, const std::string& kind) const {
  for (const auto& ask : desk_->asks)
    if (ask.stream == stream && ask.kind == kind && ask.state == "shown") return &ask;
  return nullptr;
}

void StationImpl::answer_ask(const std::string& id, const std::string& state, const std::string& capture,
                             const std::string& why) {
  if (!ask_by_id(id)) return;
  for (auto& ask : desk_->asks.edit())
    if (ask.id == id) ask.state = state;
  json message{{"type", "request_state"}, {"id", id}, {"state", state}};
  if (!capture.empty()) message["capture"] = capture;
  if (!why.empty()) message["reason"] = why;
  tell(message);
}

void StationImpl::on_ask(const session::CaptureAsk& ask) {
  if (!desk_ || !desk_->running() || ask_by_id(ask.id) || desk_->asks.size() >= 200) return;
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
  note(card.guest_name, "capture asked", {{"kind", ask.kind}, {"device", card.device_kind}, {"side", ask.side}});
  desk_->asks.push_back(std::move(card));
  tell({{"type", "request_state"}, {"id", ask.id}, {"state", "shown"}});
}

// Shown at once; the specialist is told that it is stored when it is.
void StationImpl::on_advice(const session::Advice& advice) {
  if (!desk_ || desk_->over()) return;
  const auto author = guest_name(advice.guest);
  desk_->advice = author + ": " + advice.finding + "\n" + advice.conclusion + "\n" + advice.next_step;
  store([this, author, advice] {
    record_->add_advice(author, {"", desk_->exam.id, author, advice.finding, advice.conclusion,
                                 advice.next_step + (advice.urgency.empty() ? "" : " [" + advice.urgency + "]"), 0});
  });
  const auto text = json_text(json{{"author", author}, {"finding", advice.finding}, {"conclusion", advice.conclusion},
                                   {"next_step", advice.next_step}, {"urgency", advice.urgency}}, 2);
  store_capture(begin_capture("advice", nullptr, author, core::now_ns(), advice.conclusion), author,
                [this, author, text](const std::string& capture) {
                  return record_->attach(author, capture, std::as_bytes(std::span(text)), "application/json",
                                         "advice.json");
                },
                [this, id = advice.id](const CaptureCard&) { tell({{"type", "advice_stored"}, {"id", id}}); });
}

void StationImpl::on_evidence(const session::EvidenceResult& result) {
  if (!desk_) return;
  for (auto& known : desk_->evidence)
    if (known.guest == result.guest && known.stream == result.stream) return;
  desk_->evidence.push_back(result);
}

}  // namespace caukham::station
