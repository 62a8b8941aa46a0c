// What stands on the nurse's desk: everything the window shows and every act it offers, without the window. The window,
// caukham-cli and the scripted examination all work through this one face; there are no private hooks.
//
// Acts return at once; what they lead to appears in a later snapshot (or as a Notice in words). No caller ever waits
// for a device, the disk or the network.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/plugins.hpp"
#include "core/types.hpp"
#include "media/picture.hpp"
#include "station/list.hpp"

namespace caukham::station {

struct PatientCard {
  std::string id, name, birth_date, sex, cccd, bhyt, phone;  // birth_date "1979-03-08" or "1979"; sex "female", "male", ""
  bool simulated = false;
};

struct ExamCard {
  // state: as in the record ("open", "closed", …); "closing" while what was recorded is brought home; "kept" when the
  // record could not take it: the files lie in the exam's folder. patient_id empty: nobody said yet who it is.
  std::string id, patient_id, patient_name, reason, state;
  std::int64_t opened_unix_ns = 0;
  std::uint32_t captures = 0;
  bool simulated = false;
  // Something is recorded into it and captured: there is one, and it is neither finished nor being finished.
  bool running() const { return !id.empty() && state != "closing" && !over(); }
  bool over() const { return state == "closed" || state == "kept" || state == "cancelled"; }
};

// How a camera's picture would do for somebody who judges it from afar.
struct PictureCard {
  enum class Verdict : std::uint8_t { unknown, good, poor } verdict = Verdict::unknown;
  std::string sentence;  // an English key: what to do, or that it is well; "": nothing is known
};

struct CaptureCard {
  std::string id, kind, stream_name, device_kind, side, site, asked_by, sha256, words;  // kind: still, clip, ecg, spirometry, advice
  std::int64_t taken_unix_ns = 0;
  bool durable = false, removed = false, simulated = false;
  PictureCard quality;  // of a still, once it was looked at
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
  std::string words;  // what the operator tells the patient: why it is not accepted, and what to do
  std::vector<float> time_s, volume_l, flow_l_s;  // for the loops
  enum class Use : std::uint8_t { none, usable, acceptable };  // ATS/ERS 2019
  Use fev1 = Use::none, fvc = Use::none;
  std::string reasons;  // each criterion that failed, short; "" when none did
};

// All manoeuvres of the exam together.
struct SpirometrySession {
  char fev1_grade = 0, fvc_grade = 0;  // A…F, U; 0: no blow yet
  std::string hint;                    // what is still needed
  struct Value {
    std::string name, unit;            // "FEV1", "L"
    double value = 0;
    std::optional<double> percent, z;  // of the predicted value
  };
  std::vector<Value> values;           // the best ones
  std::string reference;               // "GLI 2022"; "": no predicted values, and `missing` says why
  std::string missing;
};

struct StreamCardUi {
  core::StreamInfo info;
  core::DeviceState state = core::DeviceState::opening;
  std::uint64_t samples = 0, lost = 0;
  List<core::Gap> gaps;
  std::uint32_t electrodes_off = 0, electrodes_known = 0;  // masks as in sdk/event.h
  double heart_rate_bpm = 0;                               // 0: not known
  PictureCard picture;                                     // of the camera's newest pictures
};

// The driver programs of the station, at most a second old.
struct PluginsCard {
  List<core::PluginInfo> installed;
  bool third_party = true;  // other makers' may run
  std::string busy;         // id of the one that something is being done about, "*": all of them; "": nothing
};

// One line for the nurse: what happened and what to do.
struct Notice {
  std::uint64_t number = 0;  // grows
  enum class Level : std::uint8_t { info, warning, problem } level = Level::info;
  std::string words;
  std::int64_t at_unix_ns = 0;
};

// Immutable once handed out. Lists are shared with the snapshot before as long as nothing in them has changed.
struct Snapshot {
  std::uint64_t version = 0;
  bool ready = false;                  // usable: record open, devices watched
  bool simulated = false;              // the whole station runs on simulated devices
  List<PatientCard> found;      // answer to search()
  List<ExamCard> recent_exams;
  PatientCard patient;                 // of the open exam; id empty when none
  ExamCard exam;                       // the open one, or the one closed last; id empty: none since the start
  std::string closing;                 // not empty: the exam is being finished, and this is what it still waits for
  // Not empty: something stands in the way of storing, and this says what and what to do. It stays until that is over.
  std::string trouble;
  std::int64_t recording_since_ns = 0; // 0: not recording
  std::vector<core::DeviceStatus> devices;
  std::vector<StreamCardUi> streams;
  List<CaptureCard> captures;
  List<GuestCard> guests;
  List<AskCard> asks;
  std::vector<PointerMark> pointers;
  List<SpirometryCard> spirometry;
  SpirometrySession spirometry_session;
  double height_cm = 0;         // of the patient, as entered in this exam; 0: not known
  List<std::string> chat;       // "name: text"
  std::string advice;                  // last advice as text, empty when none
  std::string invitation_link, invitation_code, invitation_fingerprint;
  std::string line_words;
  double line_kbit_s = 0;
  bool session_open = false, muted = false;
  bool clip_running = false;
  std::string side;                    // "left" / "right": applies to the next ear picture
  std::uint64_t disk_free_bytes = 0;
  List<Notice> notices;         // newest last, at most 20
  PluginsCard plugins;
};

// The last seconds of a waveform for drawing: samples from `first_sample` on, interleaved. A grid number that was lost
// is absent: `valid` holds runs [first, first + count) that were really received.
struct WaveformWindow {
  struct Run { std::uint64_t first_sample; std::uint32_t count; std::int64_t time_ns; std::vector<std::int32_t> samples; };
  // What is known of a hole between runs: why it is there (an English key of core/words.hpp).
  struct Hole { std::uint64_t first_sample = 0, length = 0; std::string reason; };
  std::vector<Run> runs;
  std::vector<Hole> holes;
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
  // Returns at once; snapshot().exam.state is "closing" until everything is stored. What is asked for meanwhile is
  // done, only captures are refused.
  virtual void close_exam() = 0;
  // Says who the patient of an exam is: of the running one, or of one that is over. An exam that has a patient already
  // keeps him unless `why` says what was wrong; who, before and after stand in the audit trail.
  virtual void name_exam(const std::string& exam_id, const std::string& patient_id, const std::string& why) = 0;

  // Captures; `ask` is the id of the request it answers, or empty.
  // A still is the picture that was sensed at `picture_ns` (media::Picture::time_ns of what is on the screen), or the
  // newest when that is 0. A picture that is not there any more is said so; another is never taken in its place.
  virtual void capture_still(core::StreamId, const std::string& ask, std::int64_t picture_ns) = 0;
  // Keeps one picture of the camera capturable for as long as it is looked at (a frozen one); 0 lets it go. While it is
  // held the device's own button takes it too.
  virtual void hold_picture(core::StreamId, std::int64_t picture_ns) = 0;
  virtual void capture_clip(core::StreamId, int seconds, const std::string& ask) = 0;
  // The `seconds` that ended at `until_ns`, or the last ones when that is 0.
  virtual void capture_ecg(int seconds, const std::string& ask, std::int64_t until_ns) = 0;
  virtual void remove_capture(const std::string& id) = 0;
  virtual void undo_remove(const std::string& id) = 0;
  virtual void set_side(const std::string& side) = 0;
  virtual void set_height(double cm) = 0;  // of the patient at the desk; what is not 50 … 250 is refused in words

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
  // What a person decides about a driver program, by PluginInfo::id. Seconds may pass; PluginsCard::busy says so.
  virtual void enable_plugin(const std::string& id) = 0;  // also: try it again
  virtual void disable_plugin(const std::string& id) = 0;
  virtual void remove_plugin(const std::string& id) = 0;
  // Whether other makers' may run at all, now and at every start from now on.
  virtual void allow_third_party(bool allowed) = 0;
  // Practice and tests, only with simulated devices: "plug ecg", "unplug ecg", "ecg lead_off LA", "otoscope button",
  // and the faults of ipc/faults.hpp: "ecg STALL".
  virtual void simulate(const std::string& command) = 0;
};

}  // namespace caukham::station
