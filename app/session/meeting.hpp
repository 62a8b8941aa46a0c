// Who meets over an examination, whichever way they meet. Implementations: DirectMeeting (this station
// serves).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace caukham::media { struct Picture; }

namespace caukham::session {

using StreamNumber = std::uint32_t;  // the evidence stream's number, stable in the exam

struct Guest {
  std::string id, name, organisation, role;  // role: "observer", "consultant", "chair"
  enum class State : std::uint8_t { knocking, admitted, away, left, refused } state = State::knocking;
};

struct Invitation {
  std::string link;         // https://host:port/#s=secret
  std::string code;         // six digits, for reading aloud
  std::string fingerprint;  // SHA-256 of the station's certificate, colon-separated hex
};

struct CaptureAsk {
  std::string id, guest, kind, side, site, text;
  StreamNumber stream = 0;
};
struct Pointer {
  std::string guest;
  StreamNumber stream = 0;
  double x = 0, y = 0;  // 0..1 of the picture
  bool visible = false;
};
struct Advice { std::string id, guest, finding, conclusion, next_step, urgency; };
struct ChatLine { std::string guest, text; };
struct LineState { double kbit_s = 0, loss_percent = 0, rtt_ms = 0; std::string words; };
// The console's word on a complete stream, compared with ours.
struct EvidenceResult {
  std::string guest;
  StreamNumber stream = 0;
  std::uint64_t records = 0, samples = 0;
  std::string digest;
  bool equal = false;
};
struct Drawn { std::string guest; StreamNumber stream = 0; std::int64_t sensed_ns = 0, drawn_ns = 0; };

// What the meeting tells the station. Called on the meeting's own thread; must return at once.
struct MeetingEvents {
  std::function<void(const Guest&)> guest;  // every change of state
  std::function<void(const CaptureAsk&)> ask;
  std::function<void(const Pointer&)> pointer;
  std::function<void(const Advice&)> advice;
  std::function<void(const ChatLine&)> chat;
  std::function<void(const std::string& guest, const LineState&)> line;
  std::function<void(const EvidenceResult&)> evidence;
  std::function<void(const Drawn&)> drawn;
  std::function<void(const std::string& problem)> problem;  // words for the nurse
};

// One evidence stream as the console must know it (`streams` of protocol.md).
struct StreamCard {
  StreamNumber number = 0;
  bool video = false, simulated = false;
  std::string device_kind, device_name, name, unit, state;
  std::vector<std::string> labels;
  double rate_hz = 0, scale = 1, offset = 0;
  std::uint32_t samples_per_record = 0;
  std::int64_t start_ns = 0;  // waveforms: station clock of second 0 of the records
};

// Where back-fill comes from: the exam's own files. Called on the meeting's thread.
struct EvidenceSource {
  // Bytes of record `index`, or nothing when it is not (yet) there.
  std::function<std::optional<std::vector<std::byte>>(StreamNumber, std::uint64_t index)> record;
  std::function<std::uint64_t(StreamNumber)> record_count;
  // The bytes of a still announced by Meeting::still, by its id. Without it the meeting keeps the bytes it
  // was handed.
  std::function<std::shared_ptr<const std::vector<std::uint8_t>>(const std::string& id)> still;
};

struct MeetingOptions {
  std::string data_folder;     // key and certificate live here, made at first start
  std::string console_folder;  // the page's files
  std::string address = "0.0.0.0";
  std::uint16_t port = 0;      // 0: any free one
  std::string public_host;     // for the link; empty: the first non-loopback address
  std::string language = "vi", station_name = "Caukham";
  std::string exam_json = "{}";  // the `exam` object of `hello`
  bool talk = true;
  bool loopback = false;  // media over 127.0.0.1 too: only for tests on a computer without a network
};

// All functions: [any thread], return at once unless said otherwise.
class Meeting {
 public:
  virtual ~Meeting() = default;
  virtual Invitation invite() = 0;  // a fresh secret and code; older unused ones stop working
  virtual void admit(const std::string& guest) = 0;
  virtual void refuse(const std::string& guest, const std::string& reason) = 0;
  virtual void dismiss(const std::string& guest) = 0;
  virtual std::vector<Guest> guests() const = 0;

  virtual void set_streams(std::vector<StreamCard> cards) = 0;
  // Record `index` is durable. Its bytes are not kept: EvidenceSource is asked for them when the line has
  // room.
  virtual void evidence(StreamNumber stream, std::uint64_t index, std::span<const std::byte> record) = 0;
  virtual void evidence_end(StreamNumber stream, std::uint64_t records, std::uint64_t samples,
                            std::string digest) = 0;
  virtual void picture(StreamNumber stream, std::shared_ptr<const media::Picture> picture) = 0;
  // A still that is durable; its bytes are sent in pieces behind live samples.
  virtual void still(const std::string& id, StreamNumber stream, const std::string& side,
                     const std::string& site, std::shared_ptr<const std::vector<std::uint8_t>> jpeg,
                     const std::string& sha256, std::int64_t taken_ns) = 0;
  // Any further control message of protocol.md, as JSON text (capture, request_state, chat, spirometry,
  // event, ...), to every console, or only to guest "g1" with a member "to":"g1". Captures, chat, the state
  // of requests and of electrodes are kept and said again to who joins later. Guests' pointers and chat go to
  // the other guests by themselves.
  virtual void control(const std::string& json) = 0;
  virtual void mute(bool muted) = 0;
  // Tells the consoles that the exam is closed and waits at most `timeout_ms` for digests still outstanding.
  virtual void close(int timeout_ms) = 0;
};

// Starts serving; throws std::runtime_error with a sentence for the nurse (port taken, no key can be
// written).
std::unique_ptr<Meeting> open_direct_meeting(const MeetingOptions&, MeetingEvents, EvidenceSource);

}  // namespace caukham::session
