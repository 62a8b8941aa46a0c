// The end of an exam: devices, files, consoles and record, one after the other, while the desk goes on answering.

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "core/log.hpp"
#include "json/json_text.hpp"
#include "record/file.hpp"
#include "station/report.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr int digests_ms = 10'000;                       // how long consoles may take to compare
constexpr std::int64_t broken_record_ns = 6 * second_ns;  // tried three times more, then it is left to a person
}  // namespace

void StationImpl::close_exam() {
  act_on_exam("closing the exam", [this] { begin_closing(); });
}

void StationImpl::begin_closing() {
  if (!desk_->running()) return;
  draft_.exam.state = "closing";
  enter(Closing::devices, 5);
  if (!devices_) {
    desk_->step_done = true;
    return;
  }
  devices_->pause([this, exam = desk_->exam.id] {
    worker_.post([this, exam] {
      if (desk_ && desk_->exam.id == exam && desk_->closing == Closing::devices) desk_->step_done = true;
    });
  });
}

void StationImpl::enter(Closing step, std::int64_t seconds) {
  desk_->closing = step;
  desk_->step_done = false;
  desk_->deadline_ns = core::now_ns() + seconds * second_ns;
}

// At each tick. The files and the record have no deadline: what was recorded is not thrown away because a disk is slow.
void StationImpl::step_closing() {
  auto& desk = *desk_;
  switch (desk.closing) {
    case Closing::devices:
      if (!desk.step_done && core::now_ns() < desk.deadline_ns) return;
      for (auto& clip : desk.clips) clip->end();
      desk.recorder->end();
      return enter(Closing::files, 0);
    case Closing::files:
      if (!desk.recorder->done() || !desk.clips.empty() || desk.being_judged > 0) return;
      desk.recorder->finish();
      desk.totals = desk.recorder->totals();
      desk.recorder_trouble.clear();
      enter(Closing::meeting, 0);
      return close_meeting();
    case Closing::meeting:
      if (!desk.step_done) return;
      if (farewell_.joinable()) farewell_.join();
      enter(Closing::record, 0);
      return seal_exam();
    case Closing::record:
      if (desk.over() || backlog_.trouble().empty()) return;
      if (leaving_ || (backlog_.broken() && core::now_ns() - backlog_.since_ns() > broken_record_ns))
        leave_exam_as_it_is();
      return;
    case Closing::no:
    case Closing::over: return;
  }
}

// The consoles compare their digests with ours, at most ten seconds; a thread waits for them, and for the meeting's own
// end. Their results reach the desk before its word that it is over.
void StationImpl::close_meeting() {
  if (!meeting_) {
    desk_->step_done = true;
    return;
  }
  for (const auto& totals : desk_->totals)
    meeting_->evidence_end(totals.info.id, totals.records, totals.recorded, totals.digest);
  farewell_ = std::thread([this, meeting = meeting_.get()] {
    meeting->close(digests_ms);
    worker_.post([this] {
      {
        const std::scoped_lock lock(link_mutex_);
        meeting_link_ = nullptr;
      }
      draft_.invitation_link.clear();
      draft_.invitation_code.clear();
      note(actor_, "session closed", nlohmann::json::object());
      {
        const std::scoped_lock lock(shared_mutex_);
        pointers_.clear();
      }
      farewell_.join();
      farewell_ = std::thread([this, ended = std::move(meeting_)]() mutable {
        ended.reset();  // waits for the meeting's threads
        worker_.post([this] { desk_->step_done = true; });
      });
    });
  });
}

void StationImpl::seal_exam() {
  for (const auto& totals : desk_->totals) store_waveform(totals);
  store([this] {
    record_->set_exam_state(actor_, desk_->exam.id, record::ExamState::closed);
    exam_is_over();
  });
}

// The whole recording of a waveform becomes a capture of its own: the file that was being written is moved into the
// record, byte for byte.
void StationImpl::store_waveform(const StreamTotals& totals) {
  if (totals.recorded == 0) return;
  const bool breath = totals.info.is_flow();
  std::string words;
  if (breath)
    for (const auto& m : desk_->spirometry) words += (words.empty() ? "" : "; ") + m.words;
  const char* kind = breath ? "spirometry" : totals.info.device_kind == "ecg" ? "ecg" : "waveform";
  const auto taken = begin_capture(kind, &totals.info, "", totals.first_sample_ns, words);
  store_capture(taken, actor_,
                [this, totals](const std::string& capture) {
                  return record_->attach_file(actor_, capture, totals.path, "application/x-bdf",
                                              totals.info.device_kind + ".bdf", record::Record::Take::move);
                },
                {});
  for (const auto& result : desk_->evidence) {
    if (result.stream != totals.info.id) continue;
    store([this, result, index = taken.index, name = totals.info.device_kind + "/" + totals.info.name] {
      record_->add_evidence(guest_name(result.guest),
                            {desk_->exam.id, desk_->captures[index].id, name, guest_name(result.guest), result.records,
                             result.samples, result.digest, result.equal, 0});
    });
  }
}

void StationImpl::exam_is_over() {
  auto& desk = *desk_;
  desk.recorder.reset();
  desk.closed_ns = core::now_ns();
  desk.closing = Closing::over;
  draft_.recording_since_ns = 0;
  std::string report = "{\"ok\":false}";
  act_now("writing the report", [&] {
    draft_.exam = card_of(*record_->exam(desk.exam.id));
    report = json_text(
        make_report(*record_, desk, devices_.get(), {to_window_, to_console_, to_durable_, usable_ns_}), 2);
    list_recent();
  });
  const std::scoped_lock lock(shared_mutex_);
  report_ = report;
  exam_over_ = true;
  over_.notify_all();
}

// The record cannot take the exam. Nothing of it is lost: recordings are files already, and pictures become files here.
// In the record it stays open, so that the next start lists it.
void StationImpl::leave_exam_as_it_is() {
  int number = 0;
  for (const auto& card : desk_->captures) {
    if (card.durable || card.removed || card.kind != "still" || !card.jpeg) continue;
    const auto path = desk_->folder / ("not-in-record-" + std::to_string(++number) + ".jpg");
    try {
      auto file = record::File::open(path, record::File::Mode::create_new);
      file.write_at(0, std::as_bytes(std::span(*card.jpeg)));
      file.sync();
    } catch (const record::RecordError& e) {
      core::log_error("station", path.string() + ": " + e.what());
    }
  }
  notice(Notice::Level::problem,
         tr("The record could not take this examination. Its recordings are kept in {0}. Call IT before the next one.",
            desk_->folder.string()));
  backlog_.give_up();
  desk_->recorder.reset();
  desk_->closed_ns = core::now_ns();
  desk_->closing = Closing::over;
  draft_.exam.state = "kept";
  draft_.recording_since_ns = 0;
  const std::scoped_lock lock(shared_mutex_);
  report_ = json_text(
      nlohmann::json{{"exam", desk_->exam.id}, {"ok", false}, {"kept_in", desk_->folder.string()}}, 2);
  exam_over_ = true;
  over_.notify_all();
}

std::string StationImpl::closing_words() const {
  if (!desk_) return {};
  switch (desk_->closing) {
    case Closing::no:
    case Closing::over: return {};
    case Closing::devices: return tr("The devices send their last data.");
    case Closing::files: return tr("The recordings are written to their end.");
    case Closing::meeting:
      return meeting_ ? tr("The specialist's computer confirms what it received.") : tr("The call ends.");
    case Closing::record: return tr("The examination goes into the record.");
  }
  return {};
}

std::string StationImpl::report_json() const {
  const std::scoped_lock lock(shared_mutex_);
  return report_;
}

}  // namespace caukham::station
