// Patients and the life of an exam.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/clock.hpp"
#include "core/i18n.hpp"
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

void StationImpl::list_recent() {
  draft_.recent_exams.clear();
  for (const auto& exam : record_->recent_exams(20)) draft_.recent_exams.push_back(card_of(exam));
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
    if (desk_ && !desk_->over())
      return notice(Notice::Level::warning, desk_->running()
                                                ? tr("Another examination is open. Finish it first.")
                                                : tr("The examination before is still being stored. Wait a moment."));
    if (patient_id.empty()) return begin_exam({}, reason);  // examine now, identify later
    const auto patient = record_->patient(patient_id);
    if (!patient) return notice(Notice::Level::problem, tr("This patient is not in the record. Search again."));
    begin_exam(*patient, reason);
  });
}

void StationImpl::begin_exam(const record::Patient& patient, const std::string& reason) {
  ExamDesk desk;
  desk.patient = patient;
  const auto exam_id = record_->open_exam(actor_, record_->begin_encounter(actor_, patient.id), reason);
  desk.exam = *record_->exam(exam_id);
  desk.folder = record_->exam_folder(exam_id);
  desk.opened_ns = core::now_ns();
  breathing_.clear();
  desk.recorder = make_recorder(desk.exam, patient);
  desk_ = std::move(desk);

  tell_breathing_of_patient();
  draft_.patient = station::card_of(patient);
  draft_.exam = card_of(desk_->exam);
  draft_.recording_since_ns = desk_->opened_ns;
  {
    const std::scoped_lock lock(shared_mutex_);
    report_.clear();
    exam_over_ = false;
  }
  if (devices_) devices_->resume();
  streams_changed_ = true;
}

std::unique_ptr<ExamRecorder> StationImpl::make_recorder(const record::Exam& exam, const record::Patient& patient) {
  ExamFacts facts{exam.id, patient.cccd, patient.name, patient.birth_date, patient.sex};
  ExamRecorder::Handlers handlers;
  handlers.opened = [this](const core::StreamInfo&, std::uint32_t) { streams_changed_ = true; };
  handlers.record = [this](core::StreamId stream, std::uint64_t index, std::span<const std::byte> bytes) {
    const std::scoped_lock lock(link_mutex_);
    if (meeting_link_) meeting_link_->evidence(stream, index, bytes);
  };
  handlers.gap = [this, exam_id = exam.id](const core::Gap& gap) {
    worker_.post([this, exam_id, gap] {
      const auto info = hub_.stream(gap.stream);
      if (info) tell_gap(*info, gap);
      store([this, exam_id, gap, name = info ? info->device_kind + "/" + info->name : ""] {
        record_->add_gap("station", {exam_id, "", name, gap.reason, static_cast<std::int64_t>(gap.first_sample),
                                     gap.length, core::to_unix_ns(gap.time_ns)});
      });
    });
  };
  handlers.problem = [this, exam_id = exam.id](const std::string& words) {
    worker_.post([this, exam_id, words] {
      if (desk_ && desk_->exam.id == exam_id) desk_->recorder_trouble = words;
    });
  };
  return std::make_unique<ExamRecorder>(hub_, record_->exam_folder(exam.id), facts, std::move(handlers));
}

// A hole that a person would see is said with its reason; more of them than one in five seconds are only drawn.
void StationImpl::tell_gap(const core::StreamInfo& info, const core::Gap& gap) {
  const double seconds = static_cast<double>(gap.length) / std::max(1.0, info.rate_hz);
  if (seconds < 0.2 || core::now_ns() - gap_told_ns_ < 5'000'000'000) return;
  gap_told_ns_ = core::now_ns();
  notice(Notice::Level::warning, tr("{0}: {1} s are missing in the recording. Why: {2}.", info.device_name,
                                    core::decimal(seconds, 1), tr(gap.reason.c_str())));
}

// The patient belongs to the visit, so that nothing that was captured moves anywhere: it stays in its exam, and the
// exam gets its owner. The record refuses another owner without a reason, and writes both down.
void StationImpl::name_exam(const std::string& exam_id, const std::string& patient_id, const std::string& why) {
  act("naming the patient", [this, exam_id, patient_id, why] {
    const auto exam = record_->exam(exam_id);
    const auto patient = record_->patient(patient_id);
    if (!exam || !patient)
      return notice(Notice::Level::problem, tr("This patient is not in the record. Search again."));
    if (patient->simulated != (exam->simulated || options_.simulate))
      return notice(Notice::Level::problem, tr("A practice patient and a real examination cannot be put together."));
    record_->bind_patient(actor_, exam->encounter_id, patient_id, why);
    if (desk_ && desk_->exam.id == exam_id) {
      desk_->patient = *patient;
      desk_->exam = *record_->exam(exam_id);
      tell_breathing_of_patient();
    }
    if (draft_.exam.id == exam_id) {
      draft_.patient = station::card_of(*patient);
      draft_.exam.patient_id = patient->id;
      draft_.exam.patient_name = patient->name;
    }
    list_recent();
    notice(Notice::Level::info, tr("This examination now belongs to {0}.", patient->name));
  });
}

}  // namespace caukham::station
