// What stands on the nurse's desk: everything the window shows and every act it offers, without the window. The window,
// caukham-cli and the scripted examination all work through this one face; there are no private hooks.
//
// Acts return at once; what they lead to appears in a later snapshot (or as a Notice in words). No caller ever waits
// for a device, the disk or the network.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "media/picture.hpp"

namespace caukham::station {

struct PatientCard {
  std::string id, name, birth_date, sex, cccd, bhyt, phone;  // birth_date "1979-03-08" or "1979"; sex "female", "male", ""
  bool simulated = false;
};

struct ExamCard {
  std::string id, patient_id, patient_name, reason, state;  // state: draft, open, closed
  std::int64_t opened_unix_ns = 0;
  std::uint32_t captures = 0;
  bool simulated = false;
};

struct CaptureCard {
  std::string id, kind, stream_name, device_kind, side, site, asked_by, sha256, words;  // kind: still, clip, ecg, spirometry, advice
  std::int64_t taken_unix_ns = 0;
  bool durable = false, removed = false, simulated = false;
  std::shared_ptr<const std::vector<std::uint8_t>> jpeg;  // still, or the first picture of a clip; for thumbnails
};

struct GuestCard {
  std::string id, name, organisation, state;  // knocking, admitted, away, left, refused
  std::uint32_t returns = 0;                  // times the line was lost and the guest came back
};

struct AskCard {
  std::string id, guest_name, kind, device_kind, side, site, text, state;  // shown, accepted, refused, done
  core::StreamId stream = 0;
};

struct PointerMark {
  core::StreamId stream = 0;
  double x = 0, y = 0;  // 0..1
  std::int64_t seen_ns = 0;
  std::string guest_name;
};

struct SpirometryCard {
  std::uint32_t manoeuvre = 0;  // 1..
  double fvc_l = 0, fev1_l = 0, pef_l_s = 0, fet_s = 0;
  std::string words;  // acceptability in a sentence
  std::vector<float> time_s, volume_l, flow_l_s;  // for the loops
};

struct StreamCardUi {
  core::StreamInfo info;
  core::DeviceState state = core::DeviceState::opening;
  std::uint64_t samples = 0, lost = 0;
  std::vector<core::Gap> gaps;
  std::uint32_t electrodes_off = 0, electrodes_known = 0;  // masks as in sdk/event.h
  double heart_rate_bpm = 0;                               // 0: not known
};

// One line for the nurse: what happened and what to do.
struct Notice {
  std::uint64_t number = 0;  // grows
  enum class Level : std::uint8_t { info, warning, problem } level = Level::info;
  std::string words;
  std::int64_t at_unix_ns = 0;
};

// Immutable once handed out.
struct Snapshot {
  std::uint64_t version = 0;
  bool ready = false;                  // usable: record open, devices watched
  bool simulated = false;              // the whole station runs on simulated devices
  std::vector<PatientCard> found;      // answer to search()
  std::vector<ExamCard> recent_exams;
  PatientCard patient;                 // of the open exam; id empty when none
  ExamCard exam;                       // id empty when none is open
  std::int64_t recording_since_ns = 0; // 0: not recording
  std::vector<core::DeviceStatus> devices;
  std::vector<StreamCardUi> streams;
  std::vector<CaptureCard> captures;
  std::vector<GuestCard> guests;
  std::vector<AskCard> asks;
  std::vector<PointerMark> pointers;
  std::vector<SpirometryCard> spirometry;
  std::vector<std::string> chat;       // "name: text"
  std::string advice;                  // last advice as text, empty when none
  std::string invitation_link, invitation_code, invitation_fingerprint;
  std::string line_words;
  double line_kbit_s = 0;
  bool session_open = false, muted = false;
  bool clip_running = false;
  std::string side;                    // "left" / "right": applies to the next ear picture
  std::uint64_t disk_free_bytes = 0;
  std::vector<Notice> notices;         // newest last, at most 20
};

// The last seconds of a waveform for drawing: samples from `first_sample` on, interleaved. A grid number that was lost
// is absent: `valid` holds runs [first, first + count) that were really received.
struct WaveformWindow {
  struct Run { std::uint64_t first_sample; std::uint32_t count; std::int64_t time_ns; std::vector<std::int32_t> samples; };
  std::vector<Run> runs;
  std::int64_t newest_ns = 0;  // time at which the newest sample was sensed
};

class Desk {
 public:
  virtual ~Desk() = default;

  // Reading [any thread, never blocks longer than a copy]
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
  virtual WaveformWindow waveform(core::StreamId, std::uint64_t from_sample) const = 0;
  virtual std::shared_ptr<const media::Picture> picture(core::StreamId) const = 0;  // newest decoded, or null
  // The window tells when the newest sample or picture became visible; feeds latency figures.
  virtual void drawn(core::StreamId, std::int64_t sensed_ns, std::int64_t drawn_ns) = 0;

  // Patients and exams
  virtual void search(const std::string& text) = 0;
  virtual void create_patient(const PatientCard&) = 0;  // then open_exam for it with the id in snapshot().found[0]
  virtual void open_exam(const std::string& patient_id, const std::string& reason) = 0;
  virtual void close_exam() = 0;

  // Captures; `ask` is the id of the request it answers, or empty
  virtual void capture_still(core::StreamId, const std::string& ask) = 0;
  virtual void capture_clip(core::StreamId, int seconds, const std::string& ask) = 0;
  virtual void capture_ecg(int seconds, const std::string& ask) = 0;
  virtual void remove_capture(const std::string& id) = 0;
  virtual void undo_remove(const std::string& id) = 0;
  virtual void set_side(const std::string& side) = 0;

  // The session
  virtual void open_session() = 0;
  virtual void new_invitation() = 0;
  virtual void admit(const std::string& guest) = 0;
  virtual void refuse_guest(const std::string& guest) = 0;
  virtual void refuse_ask(const std::string& ask, const std::string& reason) = 0;
  virtual void send_chat(const std::string& text) = 0;
  virtual void set_muted(bool muted) = 0;

  // Devices
  virtual void restart_device(core::DeviceId) = 0;
  // Practice and tests, only with simulated devices: "plug ecg", "unplug ecg", "ecg lead_off LA", "otoscope button",
  // and the faults of ipc/faults.hpp: "ecg STALL".
  virtual void simulate(const std::string& command) = 0;
};

}  // namespace caukham::station
