// Inside of the station. Members are the worker's (the desk's thread) unless marked otherwise.
#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <thread>

#include "core/hub.hpp"
#include "record/record.hpp"
#include "session/meeting.hpp"
#include "station/backlog.hpp"
#include "station/clip_recorder.hpp"
#include "station/devices.hpp"
#include "station/exam_recorder.hpp"
#include "station/heart.hpp"
#include "station/latency.hpp"
#include "station/live_view.hpp"
#include "station/picture_watch.hpp"
#include "station/plugin_desk.hpp"
#include "station/spirometry_watch.hpp"
#include "station/station.hpp"
#include "station/worker.hpp"

namespace caukham::station {

// How far the end of an exam has come. Each step waits for an event or for its deadline, never on the desk's thread.
enum class Closing : std::uint8_t {
  no,
  devices,  // they send what they still have
  files,    // recordings and clips are written to their end
  meeting,  // the consoles compare digests, then the meeting ends
  record,   // everything goes into the record
  over
};

// What one exam gathers while it is open and what its report needs afterwards. Nothing of it outlives the exam's turn
// at the desk.
struct ExamDesk {
  record::Exam exam;
  record::Patient patient;
  std::filesystem::path folder;  // working files
  std::int64_t opened_ns = 0, closed_ns = 0;
  std::unique_ptr<ExamRecorder> recorder;
  std::vector<std::unique_ptr<ClipRecorder>> clips;
  List<CaptureCard> captures;  // only ever grows: an index names one for good
  List<SpirometryCard> spirometry;
  SpirometrySession spirometry_session;
  List<AskCard> asks;
  List<std::string> chat;
  List<GuestCard> guests;
  std::vector<session::EvidenceResult> evidence;
  std::vector<StreamTotals> totals;  // the final ones, once closed
  std::string advice;
  double height_cm = 0;          // of the patient; 0: not known
  int being_judged = 0;          // stills whose quality is not known yet
  std::string recorder_trouble;  // words while the recorder cannot write
  Closing closing = Closing::no;
  std::int64_t deadline_ns = 0;  // of the step
  bool step_done = false;        // what the step waits for has come
  bool running() const { return closing == Closing::no; }
  bool over() const { return closing == Closing::over; }
};

class StationImpl final : public Station {
 public:
  explicit StationImpl(const Options& options);
  ~StationImpl() override;

  std::shared_ptr<const Snapshot> snapshot() const override;
  WaveformWindow waveform(core::StreamId id, std::uint64_t from) const override { return view_->waveform(id, from); }
  std::shared_ptr<const media::Picture> picture(core::StreamId id) const override { return view_->picture(id); }
  void drawn(core::StreamId, std::int64_t sensed_ns, std::int64_t drawn_ns) override;

  void search(const std::string& text) override;
  void create_patient(const PatientCard&) override;
  void open_exam(const std::string& patient_id, const std::string& reason) override;
  void close_exam() override;
  void name_exam(const std::string& exam_id, const std::string& patient_id, const std::string& why) override;
  void capture_still(core::StreamId, const std::string& ask, std::int64_t picture_ns) override;
  void hold_picture(core::StreamId id, std::int64_t picture_ns) override { view_->hold(id, picture_ns); }
  void capture_clip(core::StreamId, int seconds, const std::string& ask) override;
  void capture_ecg(int seconds, const std::string& ask, std::int64_t until_ns) override;
  void remove_capture(const std::string& id) override;
  void undo_remove(const std::string& id) override;
  void set_side(const std::string& side) override;
  void set_height(double cm) override;
  void open_session() override;
  void new_invitation() override;
  void admit(const std::string& guest) override;
  void refuse_guest(const std::string& guest) override;
  void refuse_ask(const std::string& ask, const std::string& reason) override;
  void send_chat(const std::string& text) override;
  void set_muted(bool muted) override;
  void restart_device(core::DeviceId) override;
  void enable_plugin(const std::string& id) override;
  void disable_plugin(const std::string& id) override;
  void remove_plugin(const std::string& id) override;
  void allow_third_party(bool allowed) override;
  void simulate(const std::string& command) override;

  std::string report_json() const override;
  record::Record& record() override { return *record_; }

 private:
  struct Electrodes { std::uint32_t off = 0, known = 0; };

  // station.cpp
  void begin();
  void open_record();
  void tell_interrupted(const record::Recovery& found);
  void act_now(const char* what, const std::function<void()>& task);  // an error becomes a notice
  void act(const char* what, std::function<void()> task);             // posts it
  void act_in_exam(const char* what, std::function<void()> task);     // only while it runs
  void act_on_exam(const char* what, std::function<void()> task);     // also while it is being finished
  void notice(Notice::Level level, const std::string& words);
  void store(std::function<void()> task);  // into the record, now or as soon as it takes it
  void note(const std::string& actor, const std::string& action, const nlohmann::json& detail);
  void act_on_plugins(std::function<void(PluginDesk&)> task);

  // snapshot.cpp
  void tick();
  void look_at_disk();
  std::string trouble_now() const;
  void publish_snapshot();

  // exams.cpp
  ExamCard card_of(const record::Exam& exam) const;
  void list_recent();
  void begin_exam(const record::Patient& patient, const std::string& reason);
  std::unique_ptr<ExamRecorder> make_recorder(const record::Exam& exam, const record::Patient& patient);
  void tell_gap(const core::StreamInfo& info, const core::Gap& gap);

  // closing.cpp
  void begin_closing();
  void step_closing();
  void enter(Closing step, std::int64_t seconds);
  void close_meeting();
  void seal_exam();
  void store_waveform(const StreamTotals& totals);
  void exam_is_over();
  void leave_exam_as_it_is();
  std::string closing_words() const;

  // captures.cpp
  Taken begin_capture(const std::string& kind, const core::StreamInfo* stream, const std::string& asked_by,
                      std::int64_t taken_ns, const std::string& words);
  // `attach` puts the bytes into the record under the capture's id and returns their SHA-256; `stored` comes after it.
  void store_capture(const Taken& taken, const std::string& actor, std::function<std::string(const std::string&)> attach,
                     std::function<void(const CaptureCard&)> stored);
  void take_still(core::StreamId stream, const std::string& ask, std::int64_t asked_ns, const core::ChunkPtr& picture);
  void judge_still(std::size_t index, const core::StreamInfo& info, const core::ChunkPtr& picture);
  void take_ecg(int seconds, const std::string& ask, std::int64_t until_ns);
  void finish_clips();
  std::optional<std::size_t> capture_by_id(const std::string& id) const;
  void on_device_event(const core::Event& event);
  void on_flow(core::StreamId stream);
  void tell_breathing_of_patient();

  // sessions.cpp
  session::MeetingEvents meeting_events();
  void start_meeting();
  void show_invitation(const session::Invitation& invitation);
  void tell_streams();
  void tell(const nlohmann::json& message);
  const AskCard* ask_by_id(const std::string& id) const;
  const AskCard* open_ask(core::StreamId stream, const std::string& kind) const;
  void answer_ask(const std::string& ask, const std::string& state, const std::string& capture, const std::string& why);
  void on_guest(const session::Guest& guest);
  void on_ask(const session::CaptureAsk& ask);
  void on_advice(const session::Advice& advice);
  void on_evidence(const session::EvidenceResult& result);
  std::string guest_name(const std::string& id) const;

  const std::string actor_ = "nurse";
  const Options options_;
  const Installation installation_;
  const std::int64_t started_ns_;
  core::Hub hub_;
  std::unique_ptr<record::Record> record_;
  std::unique_ptr<Devices> devices_;
  HeartRates heart_;          // view's thread
  SpirometryWatch breathing_;  // locks itself
  std::unique_ptr<PluginDesk> plugins_;  // after devices_, whose supervisor it uses
  PictureWatch pictures_;
  std::unique_ptr<LiveView> view_;  // feeds pictures_
  std::optional<ExamDesk> desk_;  // of the open exam, or of the one closed last
  std::unique_ptr<session::Meeting> meeting_;
  std::thread farewell_;  // waits for the meeting's end in the desk's place
  Backlog backlog_{[this](const std::string& words) { notice(Notice::Level::problem, words); }};
  std::map<core::DeviceId, Electrodes> electrodes_;  // forgotten when the device stops: it says them anew
  std::set<core::DeviceId> live_;                    // as the last snapshot saw them
  bool interruption_told_ = false;                   // said once, however often the record is opened
  std::string record_trouble_;                       // why the record is not open; "" when it is
  std::int64_t record_again_ns_ = 0, disk_looked_ns_ = INT64_MIN / 2;
  bool troubled_ = false;      // the last snapshot said so
  bool leaving_ = false;       // the program ends: nothing is waited for that may never come
  Snapshot draft_;  // what the acts fill; publish_snapshot() completes and copies it
  std::uint64_t notices_ = 0;
  std::int64_t gap_told_ns_ = INT64_MIN / 2;

  // Used by the meeting's, view's, recorder's and window's threads too:
  mutable std::mutex shared_mutex_;
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<Snapshot>();
  std::map<std::string, PointerMark> pointers_;  // by guest
  std::map<core::StreamId, double> heart_rate_;
  std::string report_;
  std::mutex link_mutex_;                        // meeting_link_: null unless a meeting is open
  session::Meeting* meeting_link_ = nullptr;
  std::atomic<bool> streams_changed_{false};
  std::condition_variable over_;   // with shared_mutex_: exam_over_ is true
  bool exam_over_ = true;
  Latency to_window_, to_console_, to_durable_;
  std::atomic<std::int64_t> usable_ns_{0};

  Worker worker_;  // last: ends first
};

}  // namespace caukham::station
