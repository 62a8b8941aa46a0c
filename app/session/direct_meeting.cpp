#include "session/direct_meeting.hpp"

#include <stdexcept>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "json/json_text.hpp"
#include "session/identity.hpp"

namespace caukham::session {
namespace {

using Json = nlohmann::json;
using core::tr;
using namespace std::chrono_literals;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t knock_time_ns = 20 * second_ns;  // a socket that has said nothing by then is closed
constexpr std::int64_t pong_time_ns = 10 * second_ns;

std::string error_json(const Refusal& why) {
  return json_text(Json{{"type", "error"}, {"code", why.code}, {"text", why.text}});
}

}  // namespace

DirectMeeting::DirectMeeting(const MeetingOptions& options, MeetingEvents events, EvidenceSource source)
    : options_(options), events_(std::move(events)), source_(std::move(source)) {
  const auto host = options.public_host.empty() ? own_address() : options.public_host;
  auto identity = load_or_make_identity(options.data_folder, {host});
  fingerprint_ = identity.fingerprint;
  ServerOptions server;
  server.address = options.address;
  server.port = options.port;
  server.key_pem = std::move(identity.key_pem);
  server.certificate_pem = std::move(identity.certificate_pem);
  server.console_folder = options.console_folder;
  peers_ = PeerFactory::get();
  server_ =
      std::make_unique<Server>(loop_, std::move(server),
                               ServerEvents{[this](SocketId s, const std::string& a) { on_opened(s, a); },
                                            [this](SocketId s, std::string_view t) { on_signal(s, t); },
                                            [this](SocketId s) { on_closed(s); }});
  const bool v6 = host.find(':') != std::string::npos;
  base_link_ = "https://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(server_->port()) + "/";
  loop_.every(1s, [this] { tick(); });
  loop_.every(250ms, [this] { beat(); });
}

DirectMeeting::~DirectMeeting() {
  loop_.stop();
  seats_.clear();   // no callback is posted after this
  server_.reset();
  peers_.reset();   // the last meeting's waits here for libwebrtc's threads
}

Invitation DirectMeeting::invite() {
  const std::lock_guard lock(lobby_mutex_);
  const auto fresh = lobby_.invite(core::now_ns());
  return {base_link_ + "#s=" + fresh.secret, fresh.code, fingerprint_};
}

std::vector<Guest> DirectMeeting::guests() const {
  const std::lock_guard lock(lobby_mutex_);
  return lobby_.guests();
}

void DirectMeeting::admit(const std::string& guest) {
  loop_.post([this, guest] {
    const auto socket = socket_of(guest);
    if (!socket) return;
    std::string token;
    {
      const std::lock_guard lock(lobby_mutex_);
      token = lobby_.admit(guest);
    }
    if (!token.empty()) seat(socket, guest, token);
  });
}

void DirectMeeting::refuse(const std::string& guest, const std::string& reason) {
  loop_.post([this, guest, reason] {
    {
      const std::lock_guard lock(lobby_mutex_);
      if (!lobby_.refuse(guest)) return;
    }
    if (const auto socket = socket_of(guest)) {
      server_->send(socket, json_text(Json{{"type", "refused"}, {"reason", reason}}));
      visitors_[socket].guest.clear();
      server_->close(socket);
    }
    tell(guest);
  });
}

void DirectMeeting::dismiss(const std::string& guest) {
  loop_.post([this, guest] { end_visit(guest, tr("The station has ended your visit."), false); });
}

// Ends a guest's visit for good, with words for him. `told_nurse`: it was not the nurse's wish, so she is
// told.
void DirectMeeting::end_visit(const std::string& guest, const std::string& reason, bool told_nurse) {
  {
    const std::lock_guard lock(lobby_mutex_);
    const Guest* known = lobby_.guest(guest);
    if (!known || known->state == Guest::State::left || known->state == Guest::State::refused) return;
    lobby_.left(guest);
  }
  const auto bye = json_text(Json{{"type", "bye"}, {"reason", reason}});
  if (const auto at = seats_.find(guest); at != seats_.end()) at->second.peer->send_control(bye);
  unseat(guest);
  if (const auto socket = socket_of(guest)) {
    visitors_[socket].guest.clear();
    server_->send(socket, bye);
    server_->close(socket);
  }
  if (told_nurse && events_.problem) events_.problem(tr("{0} was disconnected: {1}", name_of(guest), reason));
  tell(guest);
}

void DirectMeeting::on_opened(SocketId socket, const std::string& address) {
  auto& visitor = visitors_[socket];
  visitor.address = address;
  visitor.since_ns = visitor.pong_ns = core::now_ns();
}

void DirectMeeting::on_closed(SocketId socket) {
  const auto at = visitors_.find(socket);
  if (at == visitors_.end()) return;
  const auto guest = at->second.guest;
  visitors_.erase(at);
  if (guest.empty() || socket_of(guest)) return;  // never knocked, or already back on another socket
  {
    const std::lock_guard lock(lobby_mutex_);
    lobby_.abandon(guest);
    lobby_.away(guest);
  }
  unseat(guest);
  tell(guest);
}

void DirectMeeting::turn_away(SocketId socket, const Refusal& why) {
  server_->send(socket, error_json(why));
  server_->close(socket);
}

void DirectMeeting::on_signal(SocketId socket, std::string_view text) {
  const auto at = visitors_.find(socket);
  if (at == visitors_.end()) return;
  Visitor& visitor = at->second;
  Signal signal;
  std::string why;
  const bool flood = !visitor.messages.take(core::now_ns());
  if (flood || !parse_signal(text, signal, why)) {
    if (flood) why = "too many messages";
    core::log_warning("session", "a console's signalling was ended: " + why);
    const auto guest = visitor.guest;
    server_->send(socket, error_json({"malformed", why}));
    if (!guest.empty())
      end_visit(guest, flood ? tr("Too many messages.")
                             : tr("A message could not be understood ({0}). Reload the page.", why), true);
    server_->close(socket);
    return;
  }
  if (const auto* knock = std::get_if<Knock>(&signal)) return on_knock(socket, visitor, *knock);
  if (const auto* resume = std::get_if<Resume>(&signal)) return on_resume(socket, visitor, *resume);
  if (std::holds_alternative<Pong>(signal)) {
    visitor.pong_ns = core::now_ns();
    return;
  }
  if (std::holds_alternative<Leave>(signal)) {
    if (!visitor.guest.empty())
      end_visit(std::string(visitor.guest), tr("You have left the examination."), false);
    else server_->close(socket);
    return;
  }
  const auto seat = seats_.find(visitor.guest);
  if (seat == seats_.end()) return;
  if (auto* answer = std::get_if<Answer>(&signal)) seat->second.peer->answer(std::move(answer->sdp));
  if (auto* candidate = std::get_if<Candidate>(&signal))
    seat->second.peer->candidate(std::move(candidate->candidate), std::move(candidate->mid));
}

void DirectMeeting::on_knock(SocketId socket, Visitor& visitor, const Knock& knock) {
  if (!visitor.guest.empty()) return;
  Refusal why;
  std::optional<std::string> guest;
  {
    const std::lock_guard lock(lobby_mutex_);
    guest = lobby_.knock(visitor.address, knock, core::now_ns(), why);
  }
  if (!guest) return turn_away(socket, why);
  visitor.guest = *guest;
  server_->send(socket, R"({"type":"waiting"})");
  tell(*guest);
}

void DirectMeeting::on_resume(SocketId socket, Visitor& visitor, const Resume& resume) {
  if (!visitor.guest.empty()) return;
  Refusal why;
  std::optional<std::string> guest;
  {
    const std::lock_guard lock(lobby_mutex_);
    guest = lobby_.resume(visitor.address, resume.token, core::now_ns(), why);
  }
  if (!guest) return turn_away(socket, why);
  if (const auto old =
          socket_of(*guest)) {  // the line broke without our noticing, or a second window was opened
    visitors_[old].guest.clear();
    server_->close(old);
  }
  visitor.guest = *guest;
  seat(socket, *guest, resume.token);
}

// A place at the table: a peer connection and what the console lacks of the evidence.
void DirectMeeting::seat(SocketId socket, const std::string& guest, const std::string& token) {
  unseat(guest);
  const auto generation = next_generation_++;
  auto [at, made] = seats_.try_emplace(
      guest, source_, EvidenceSender::Pipe{[this, guest](std::vector<std::byte> frame) {
                                             if (const auto s = seats_.find(guest); s != seats_.end())
                                               s->second.peer->send_evidence(std::move(frame));
                                           },
                                           [this, guest]() -> std::size_t {
                                             const auto s = seats_.find(guest);
                                             return s == seats_.end() ? 0 : s->second.peer->evidence_queued();
                                           }});
  Seat& seat = at->second;
  seat.generation = generation;
  server_->send(socket, json_text(Json{{"type", "admitted"}, {"guest", guest}, {"token", token}}));
  PeerFactory::Options options;
  options.talk = options_.talk;
  options.loopback = options_.loopback;
  options.muted = muted_;
  seat.peer = peers_->make(options, [this](std::function<void()> work) { loop_.post(std::move(work)); },
                           peer_events(guest, generation));
  for (const auto& still : stills_)
    seat.sender.still(still.number, still.bytes, [this, id = still.id, jpeg = still.jpeg] {
      return jpeg ? jpeg : source_.still ? source_.still(id) : nullptr;
    });
  for (const auto& [stream, end] : ends_) seat.sender.ended(stream);
  send_streams(seat);
  tell(guest);
}

void DirectMeeting::unseat(const std::string& guest) {
  seats_.erase(guest);
  check_outstanding();
}

void DirectMeeting::tick() {
  const auto now = core::now_ns();
  std::vector<SocketId> silent;
  for (auto& [socket, visitor] : visitors_) {
    if (visitor.guest.empty() ? now - visitor.since_ns > knock_time_ns : now - visitor.pong_ns > pong_time_ns)
      silent.push_back(socket);
    else if (!visitor.guest.empty())
      server_->send(socket, json_text(Json{{"type", "ping"}, {"t", now}}));
  }
  for (const auto socket : silent) {
    server_->close(socket);
    on_closed(socket);  // its peer goes now, not when TCP notices
  }
}

SocketId DirectMeeting::socket_of(const std::string& guest) const {
  for (const auto& [socket, visitor] : visitors_)
    if (visitor.guest == guest) return socket;
  return 0;
}

void DirectMeeting::tell(const std::string& guest) {
  Guest copy;
  {
    const std::lock_guard lock(lobby_mutex_);
    const Guest* known = lobby_.guest(guest);
    if (!known) return;
    copy = *known;
  }
  if (events_.guest) events_.guest(copy);
}

void DirectMeeting::close(int timeout_ms) {
  const auto say_bye = [this] {
    if (std::exchange(closed_, true)) return;
    broadcast(R"({"type":"exam_closed"})");
    std::vector<std::string> there;
    for (const auto& [socket, visitor] : visitors_)
      if (!visitor.guest.empty()) there.push_back(visitor.guest);
    for (const auto& guest : there) end_visit(guest, tr("The examination is closed."), false);
    {
      const std::lock_guard lock(lobby_mutex_);
      lobby_.close();
    }
    const std::lock_guard lock(close_mutex_);
    said_bye_ = true;
    close_wake_.notify_all();
  };
  if (loop_.is_here()) return say_bye();
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(std::max(0, timeout_ms));
  {
    std::unique_lock lock(close_mutex_);
    closing_ = false;
    lock.unlock();
    loop_.post([this] {
      {
        const std::lock_guard inner(close_mutex_);
        closing_ = true;
      }
      check_outstanding();
    });
    lock.lock();
    close_wake_.wait_until(lock, until, [this] { return closing_ && outstanding_ == 0; });
  }
  loop_.post(say_bye);
  std::unique_lock lock(close_mutex_);
  close_wake_.wait_for(lock, 1s, [this] { return said_bye_; });
}

std::unique_ptr<Meeting> open_direct_meeting(const MeetingOptions& options, MeetingEvents events,
                                             EvidenceSource source) {
  return std::make_unique<DirectMeeting>(options, std::move(events), std::move(source));
}

}  // namespace caukham::session
