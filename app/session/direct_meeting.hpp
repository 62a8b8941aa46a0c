// The station serves: console, signalling and media to a few guests, no other server anywhere.
#pragma once
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "session/evidence_sender.hpp"
#include "session/lobby.hpp"
#include "session/loop.hpp"
#include "session/meeting.hpp"
#include "session/messages.hpp"
#include "session/pace.hpp"
#include "session/peer.hpp"
#include "session/server.hpp"

namespace caukham::session {

// Threads: the loop's, on which everything happens that is not marked otherwise, and the callers'. The lobby
// has a lock because invite() and guests() answer at once.
class DirectMeeting : public Meeting {
 public:
  DirectMeeting(const MeetingOptions& options, MeetingEvents events, EvidenceSource source);
  ~DirectMeeting() override;

  Invitation invite() override;
  void admit(const std::string& guest) override;
  void refuse(const std::string& guest, const std::string& reason) override;
  void dismiss(const std::string& guest) override;
  std::vector<Guest> guests() const override;
  void set_streams(std::vector<StreamCard> cards) override;
  void evidence(StreamNumber stream, std::uint64_t index, std::span<const std::byte> record) override;
  void evidence_end(StreamNumber stream, std::uint64_t records, std::uint64_t samples,
                    std::string digest) override;
  void picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) override;
  void still(const std::string& id, StreamNumber stream, const std::string& side, const std::string& site,
             std::shared_ptr<const std::vector<std::uint8_t>> jpeg, const std::string& sha256,
             std::int64_t taken_ns) override;
  void control(const std::string& json) override;
  void mute(bool muted) override;
  void close(int timeout_ms) override;

 private:
  // One console that is connected right now. Made anew at every resume.
  struct Seat {
    Seat(EvidenceSource source, EvidenceSender::Pipe pipe) : sender(std::move(source), std::move(pipe)) {}
    std::uint64_t generation = 0;  // callbacks of an older seat of the same guest are ignored
    std::unique_ptr<Peer> peer;
    EvidenceSender sender;
    std::map<StreamNumber, std::string> mids;
    bool open = false, pumping = false;
    ConsoleClock clock;
    std::set<std::int64_t> probes;
    TokenBucket messages{60, 240}, pointers{30, 60};
  };
  struct Visitor {  // one WebSocket
    std::string address, guest;  // guest empty: has not knocked yet
    std::int64_t since_ns = 0, pong_ns = 0;
    TokenBucket messages{50, 300};
  };
  struct End { std::uint64_t records = 0, samples = 0; std::string digest; };
  struct KeptStill {
    std::string id, json;
    std::uint32_t number = 0;
    std::uint64_t bytes = 0;
    EvidenceSender::Still jpeg;
  };
  struct Kept { std::string key, json; };

  // direct_meeting.cpp: coming and going
  void on_opened(SocketId socket, const std::string& address);
  void on_signal(SocketId socket, std::string_view text);
  void on_closed(SocketId socket);
  void on_knock(SocketId socket, Visitor& visitor, const Knock& knock);
  void on_resume(SocketId socket, Visitor& visitor, const Resume& resume);
  void seat(SocketId socket, const std::string& guest, const std::string& token);
  void unseat(const std::string& guest);
  void end_visit(const std::string& guest, const std::string& reason, bool told_nurse);
  void turn_away(SocketId socket, const Refusal& why);
  void tick();
  void tell(const std::string& guest);
  SocketId socket_of(const std::string& guest) const;

  // direct_talk.cpp: what is said over the data channels
  PeerEvents peer_events(const std::string& guest, std::uint64_t generation);
  Seat* seated(const std::string& guest, std::uint64_t generation);
  void on_open(Seat& seat);
  std::string streams_json(const Seat& seat) const;
  void send_streams(Seat& seat);
  void keep(const std::string& key, std::string json);
  void broadcast(const std::string& json, const std::string& except = {});

  // direct_listen.cpp: what the consoles say
  void on_control(const std::string& guest, Seat& seat, const std::string& text);
  void handle(const std::string& guest, Seat& seat, const Have& have);
  void handle(const std::string& guest, Seat& seat, const Got& got);
  void handle(const std::string& guest, Seat& seat, const TimeAnswer& answer);
  void handle(const std::string& guest, Seat& seat, const DrawnReport& report);
  void handle(const std::string& guest, Seat& seat, const DigestReport& report);
  void handle(const std::string& guest, Seat& seat, CaptureAsk ask);
  void handle(const std::string& guest, Seat& seat, Pointer pointer);
  void handle(const std::string& guest, Seat& seat, Advice advice);
  void handle(const std::string& guest, Seat& seat, ChatLine line);
  void handle(const std::string& guest, Seat& seat, const Unknown& unknown);
  std::string name_of(const std::string& guest) const;
  bool is_waveform(StreamNumber stream) const;

  // direct_beat.cpp: what happens by itself
  void beat();  // clock probes, line, waiting evidence
  void on_line(const std::string& guest, Seat& seat, const LineSample& sample);
  void pump(const std::string& guest, Seat& seat);
  void pump_all();
  std::size_t outstanding() const;
  void check_outstanding();

  const MeetingOptions options_;
  const MeetingEvents events_;
  const EvidenceSource source_;
  mutable std::mutex lobby_mutex_;
  Lobby lobby_;
  std::string fingerprint_, base_link_;
  std::shared_ptr<PeerFactory> peers_;

  std::map<SocketId, Visitor> visitors_;
  std::map<std::string, Seat> seats_;
  std::vector<StreamCard> cards_;
  std::map<StreamNumber, End> ends_;
  std::map<std::string, std::map<StreamNumber, bool>>
      judged_;  // guest: streams whose digest was compared, and equal?
  std::vector<KeptStill> stills_;
  std::deque<Kept> kept_;
  std::map<std::string, std::set<std::string>>
      heard_;  // guest: ids of asks and advice, so that a repeated one counts once
  std::uint64_t next_generation_ = 1;
  std::uint32_t next_still_ = 1;
  std::uint64_t beats_ = 0;
  bool muted_ = false, closed_ = false;

  std::mutex pictures_mutex_;
  std::map<StreamNumber, std::shared_ptr<const media::Picture>> pictures_;  // the newest not yet handed on

  std::mutex close_mutex_;
  std::condition_variable close_wake_;
  std::size_t outstanding_ = 0;
  bool closing_ = false, said_bye_ = false;

  Loop loop_;                       // last but one: stops before anything above goes
  std::unique_ptr<Server> server_;
};

}  // namespace caukham::session
