// Patients and the life of an exam.
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "station/report.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using core::tr;

namespace {

PatientCard card_of(const record::Patient& p) {
  const char* sex = p.sex == "F" ? "female" : p.sex == "M" ? "male" : "";
  return {p.id, p.name, p.birth_date, sex, p.cccd, p.bhyt, p.phone, p.simulated};
}

record::Patient patient_of(const PatientCard& card, bool simulated) {
  record::Patient patient;
  patient.name = card.name;
  patient.birth_date = card.birth_date;
  patient.sex = card.sex == "female" ? "F" : card.sex == "male" ? "M" : "X";
  patient.cccd = card.cccd;
  patient.bhyt = card.bhyt;
  patient.phone = card.phone;
  patient.simulated = simulated || card.simulated;
  return patient;
}

}  // namespace

ExamCard StationImpl::card_of(const record::Exam& exam) const {
  ExamCard card;
  card.id = exam.id;
  card.reason = exam.reason;
  card.state = record::to_text(exam.state);
  card.opened_unix_ns = exam.opened_ns;
  card.simulated = exam.simulated;
  if (const auto encounter = record_->encounter(exam.encounter_id)) {
    card.patient_id = encounter->patient_id;
    if (const auto patient = record_->patient(encounter->patient_id)) card.patient_name = patient->name;
  }
  card.captures = static_cast<std::uint32_t>(record_->captures(exam.id).size());
  return card;
}

void StationImpl::search(const std::string& text) {
  act("searching", [this, text] {
    draft_.found.clear();
    for (const auto& patient : record_->find_patients(text, 50)) draft_.found.push_back(station::card_of(patient));
  });
}

void StationImpl::create_patient(const PatientCard& card) {
  act("storing the patient", [this, card] {
    // A practice station never makes a patient that could be taken for a real one.
    const auto id = record_->add_patient(actor_, patient_of(card, options_.simulate));
    draft_.found = {station::card_of(*record_->patient(id))};
  });
}

void StationImpl::open_exam(const std::string& patient_id, const std::string& reason) {
  act("opening the exam", [this, patient_id, reason] {
    if (desk_ && !desk_->closed)
      return notice(Notice::Level::warning, tr("Another examination is open. Finish it first."));
    if (patient_id.empty()) return begin_exam({}, reason);  // examine now, identify later
    const auto patient = record_->patient(patient_id);
    if (!patient) return notice(Notice::Level::problem, tr("This patient is not in the record. Search again."));
    begin_exam(*patient, reason);
  });
}

void StationImpl::begin_exam(const record::Patient& patient, const std::string& reason) {
  ExamDesk desk;
  desk.patient = patient;
  desk.encounter_id = record_->begin_encounter(actor_, patient.id);
  const auto exam_id = record_->open_exam(actor_, desk.encounter_id, reason);
  desk.exam = *record_->exam(exam_id);
  desk.opened_ns = core::now_ns();
  breathing_.clear();

  ExamFacts facts{exam_id, patient.cccd, patient.name, patient.birth_date, patient.sex};
  ExamRecorder::Handlers handlers;
  handlers.opened = [this](const core::StreamInfo&, std::uint32_t) { streams_changed_ = true; };
  handlers.record = [this](core::StreamId stream, std::uint64_t index, std::span<const std::byte> bytes) {
    const std::scoped_lock lock(link_mutex_);
    if (meeting_link_) meeting_link_->evidence(stream, index, bytes);
  };
  handlers.gap = [this, exam_id](const core::Gap& gap) {
    worker_.post([this, exam_id, gap] {
      const auto info = hub_.stream(gap.stream);
      act_now("storing a gap", [&] {
        record_->add_gap("station", {exam_id, "", info ? info->device_kind + "/" + info->name : "", gap.reason,
                                     static_cast<std::int64_t>(gap.first_sample), gap.length,
                                     core::to_unix_ns(gap.time_ns)});
      });
    });
  };
  handlers.problem = [this](const std::string& words) {
    worker_.post([this, words] { notice(Notice::Level::problem, words); });
  };
  desk.recorder = std::make_unique<ExamRecorder>(hub_, record_->exam_folder(exam_id), facts, std::move(handlers));
  desk_ = std::move(desk);

  draft_.patient = station::card_of(patient);
  draft_.exam = card_of(desk_->exam);
  draft_.recording_since_ns = desk_->opened_ns;
  {
    const std::scoped_lock lock(shared_mutex_);
    report_.clear();
  }
  if (devices_) devices_->resume();
  streams_changed_ = true;
}

void StationImpl::close_exam() {
  act_in_exam("closing the exam", [this] { finish_exam(); });
}

// First half: everything the devices have sent is recorded and sent, and the consoles compare digests.
void StationImpl::finish_exam() {
  auto& desk = *desk_;
  if (desk.closing) return;
  desk.closing = true;
  if (devices_) devices_->pause();
  finish_clips(true);
  desk.recorder->finish();
  desk.totals = desk.recorder->totals();
  end_meeting();
  // The meeting's last words are in our queue; what they say belongs into the record before it is closed.
  worker_.post([this] { act_now("closing the exam", [this] { seal_exam(); }); });
}

void StationImpl::seal_exam() {
  auto& desk = *desk_;
  for (const auto& totals : desk.totals) store_waveform(totals);
  record_->set_exam_state(actor_, desk.exam.id, record::ExamState::closed);
  desk.recorder.reset();
  desk.closed_ns = core::now_ns();
  desk.closed = true;
  {
    auto report = make_report(*record_, desk, devices_.get(), {to_window_, to_console_, to_durable_, usable_ns_});
    const std::scoped_lock lock(shared_mutex_);
    report_ = report.dump(2);
  }
  draft_.exam = card_of(*record_->exam(desk.exam.id));
  draft_.recording_since_ns = 0;
  draft_.recent_exams.clear();
  for (const auto& exam : record_->recent_exams(20)) draft_.recent_exams.push_back(card_of(exam));
}

// The whole recording of a waveform becomes a capture of its own: the file that was being written is moved into the
// record, byte for byte.
void StationImpl::store_waveform(const StreamTotals& totals) {
  if (totals.recorded == 0) return;
  const auto asked_ns = core::now_ns();
  const bool breath = totals.info.device_kind == "spirometer";
  std::string words;
  if (breath && desk_)
    for (const auto& m : desk_->spirometry) words += (words.empty() ? "" : "; ") + m.words;
  act_now("storing a recording", [&] {
    const auto capture = add_capture(breath ? "spirometry" : "ecg", &totals.info, "", totals.first_sample_ns, words);
    const auto sha = record_->attach_file(actor_, capture, totals.path, "application/x-bdf",
                                          totals.info.device_kind + ".bdf", record::Record::Take::move);
    made_durable(capture, sha);
    to_durable_.add_ns(core::now_ns() - asked_ns);
    for (const auto& result : desk_->evidence)
      if (result.stream == totals.info.id)
        record_->add_evidence(guest_name(result.guest),
                              {desk_->exam.id, capture, totals.info.device_kind + "/" + totals.info.name,
                               guest_name(result.guest), result.records, result.samples, result.digest, result.equal, 0});
  });
}

std::string StationImpl::report_json() const {
  const std::scoped_lock lock(shared_mutex_);
  return report_;
}

}  // namespace caukham::station
