// Inside of the station. Members are the worker's (the desk's thread) unless marked otherwise.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "core/hub.hpp"
#include "record/record.hpp"
#include "session/meeting.hpp"
#include "station/clip_recorder.hpp"
#include "station/devices.hpp"
#include "station/exam_recorder.hpp"
#include "station/heart.hpp"
#include "station/latency.hpp"
#include "station/live_view.hpp"
#include "station/spirometry_watch.hpp"
#include "station/station.hpp"
#include "station/worker.hpp"

namespace caukham::station {

// What one exam gathers while it is open and what its report needs afterwards.
struct ExamDesk {
  record::Exam exam;
  record::Patient patient;
  std::string encounter_id;
  std::int64_t opened_ns = 0, closed_ns = 0;
  std::unique_ptr<ExamRecorder> recorder;
  std::vector<std::unique_ptr<ClipRecorder>> clips;
  std::vector<CaptureCard> captures;
  std::vector<SpirometryCard> spirometry;
  std::vector<AskCard> asks;
  std::vector<std::string> chat;
  std::vector<session::EvidenceResult> evidence;
  std::vector<StreamTotals> totals;  // the final ones, once closed
  std::string advice;
  bool closing = false, closed = false;
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
  void capture_still(core::StreamId, const std::string& ask) override;
  void capture_clip(core::StreamId, int seconds, const std::string& ask) override;
  void capture_ecg(int seconds, const std::string& ask) override;
  void remove_capture(const std::string& id) override;
  void undo_remove(const std::string& id) override;
  void set_side(const std::string& side) override;
  void open_session() override;
  void new_invitation() override;
  void admit(const std::string& guest) override;
  void refuse_guest(const std::string& guest) override;
  void refuse_ask(const std::string& ask, const std::string& reason) override;
  void send_chat(const std::string& text) override;
  void set_muted(bool muted) override;
  void restart_device(core::DeviceId) override;
  void simulate(const std::string& command) override;

  std::string report_json() const override;
  record::Record& record() override { return *record_; }

 private:
  struct Electrodes { std::uint32_t off = 0, known = 0; };

  // station.cpp
  void begin();
  void act_now(const char* what, const std::function<void()>& task);  // an error becomes a notice
  void act(const char* what, std::function<void()> task);             // posts it
  void act_in_exam(const char* what, std::function<void()> task);
  void notice(Notice::Level level, const std::string& words);
  void publish_snapshot();

  // exams.cpp
  ExamCard card_of(const record::Exam& exam) const;
  void begin_exam(const record::Patient& patient, const std::string& reason);
  void finish_exam();
  void seal_exam();
  void store_waveform(const StreamTotals& totals);

  // captures.cpp
  std::string add_capture(const std::string& kind, const core::StreamInfo* stream, const std::string& asked_by,
                          std::int64_t taken_ns, const std::string& words);
  void made_durable(const std::string& capture, const std::string& sha256);
  void take_still(core::StreamId stream, const std::string& ask, std::int64_t asked_ns);
  void take_ecg(int seconds, const std::string& ask);
  void finish_clips(bool all);
  CaptureCard* capture_by_id(const std::string& id);
  void on_device_event(const core::Event& event);
  void on_flow(core::StreamId stream);

  // sessions.cpp
  session::MeetingEvents meeting_events();
  void start_meeting();
  void end_meeting();
  void tell_streams();
  void tell(const nlohmann::json& message);
  AskCard* ask_by_id(const std::string& id);
  AskCard* open_ask(core::StreamId stream, const std::string& kind);
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
  std::unique_ptr<LiveView> view_;
  std::optional<ExamDesk> desk_;  // of the open exam, or of the one closed last
  std::unique_ptr<session::Meeting> meeting_;
  std::map<std::string, GuestCard> guests_;
  std::map<core::DeviceId, Electrodes> electrodes_;
  Snapshot draft_;  // what the acts fill; publish_snapshot() completes and copies it
  std::uint64_t notices_ = 0;

  // Used by the meeting's, view's, recorder's and window's threads too:
  mutable std::mutex shared_mutex_;
  std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<Snapshot>();
  std::map<std::string, PointerMark> pointers_;  // by guest
  std::map<core::StreamId, double> heart_rate_;
  std::string report_;
  std::mutex link_mutex_;                        // meeting_link_: null unless a meeting is open
  session::Meeting* meeting_link_ = nullptr;
  std::atomic<bool> streams_changed_{false};
  Latency to_window_, to_console_, to_durable_;
  std::atomic<std::int64_t> usable_ns_{0};

  Worker worker_;  // last: ends first
};

}  // namespace caukham::station
