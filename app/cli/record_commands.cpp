// Commands on the record alone; they work while no station runs, and beside one.
#include <ctime>
#include <iostream>

#include "cli/commands.hpp"
#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "json/json_text.hpp"
#include "record/record.hpp"

namespace caukham::cli {
namespace {

using core::tr;
using nlohmann::json;

std::unique_ptr<record::Record> open(const Call& call) {
  return record::Record::open({.folder = call.station.data_folder});
}

std::string no_such_exam(const std::string& id) {
  return tr("There is no exam {0}. `caukham-cli record list` shows what there is.", id);
}

json to_json(record::Record& record, const record::Exam& exam) {
  json j{{"id", exam.id}, {"state", record::to_text(exam.state)}, {"reason", exam.reason},
         {"opened", core::iso8601_utc(exam.opened_ns)}, {"simulated", exam.simulated},
         {"captures", record.captures(exam.id).size()}};
  if (const auto encounter = record.encounter(exam.encounter_id))
    if (const auto patient = record.patient(encounter->patient_id)) j["patient"] = patient->name;
  return j;
}

}  // namespace

int record_list(const Call& call) {
  const auto record = open(call);
  json list = json::array();
  for (const auto& exam : record->recent_exams(100)) list.push_back(to_json(*record, exam));
  if (call.json) {
    std::cout << json_text(list, 2) << "\n";
    return 0;
  }
  for (const auto& e : list)
    std::cout << e["id"].get<std::string>() << "  " << e["opened"].get<std::string>() << "  "
              << e["state"].get<std::string>() << "  " << e.value("patient", tr("(not identified)")) << "  "
              << e["captures"] << " captures" << (e["simulated"] ? "  SIMULATED" : "") << "\n";
  return 0;
}

int record_show(const Call& call) {
  const auto record = open(call);
  const auto exam = record->exam(call.words[2]);
  if (!exam) throw std::runtime_error(no_such_exam(call.words[2]));
  json j = to_json(*record, *exam);
  j["captures"] = json::array();
  for (const auto& c : record->captures(exam->id, true)) {
    json files = json::array();
    for (const auto& a : record->attachments(c.id))
      files.push_back({{"sha256", a.sha256}, {"media_type", a.media_type}, {"name", a.file_name}, {"bytes", a.bytes}});
    j["captures"].push_back({{"id", c.id}, {"kind", c.kind}, {"stream", c.stream}, {"side", c.side},
                             {"asked_by", c.asked_by}, {"taken", core::iso8601_utc(c.taken_ns)}, {"text", c.text},
                             {"simulated", c.simulated}, {"removed", c.removed_ns != 0}, {"files", files}});
  }
  j["gaps"] = json::array();
  for (const auto& g : record->gaps(exam->id))
    j["gaps"].push_back({{"stream", g.stream}, {"first_sample", g.first_sample}, {"lost", g.lost}, {"reason", g.reason}});
  j["evidence"] = json::array();
  for (const auto& e : record->evidence(exam->id))
    j["evidence"].push_back({{"stream", e.stream}, {"specialist", e.specialist}, {"samples", e.samples},
                             {"digest", e.digest}, {"equal", e.equal}});
  j["advice"] = json::array();
  for (const auto& a : record->advice(exam->id))
    j["advice"].push_back({{"author", a.author}, {"finding", a.finding}, {"conclusion", a.conclusion},
                           {"next_step", a.next_step}});
  j["audit"] = json::array();
  auto rows = record->audit();
  for (auto row = rows.rbegin(); row != rows.rend(); ++row)
    j["audit"].push_back({{"seq", row->seq}, {"time", core::iso8601_utc(row->time_ns)}, {"actor", row->actor},
                          {"action", row->action}, {"subject", row->subject}});
  record->note("cli", "exam viewed", exam->id);
  if (call.json) {
    std::cout << json_text(j, 2) << "\n";
    return 0;
  }
  std::cout << j.value("patient", tr("(not identified)")) << "  " << j["opened"].get<std::string>() << "  "
            << j["state"].get<std::string>() << (exam->simulated ? "  SIMULATED" : "") << "\n";
  for (const auto& c : j["captures"])
    std::cout << "  " << c["kind"].get<std::string>() << "  " << c["stream"].get<std::string>() << "  "
              << c["taken"].get<std::string>() << "  " << (c["files"].empty() ? "" : c["files"][0]["sha256"].get<std::string>())
              << (c["removed"] ? "  (removed)" : "") << "\n";
  for (const auto& a : j["audit"])
    std::cout << "  " << a["time"].get<std::string>() << "  " << a["actor"].get<std::string>() << "  "
              << a["action"].get<std::string>() << "\n";
  return 0;
}

int record_verify(const Call& call) {
  const auto record = open(call);
  const auto files = record->verify();
  const auto audit = record->verify_audit();
  if (call.json)
    std::cout << json_text(json{{"ok", files.problems.empty() && audit.intact}, {"attachments", files.attachments},
                                {"bytes", files.bytes}, {"problems", files.problems}, {"audit_rows", audit.rows},
                                {"audit_intact", audit.intact}, {"first_broken", audit.first_broken}}, 2) << "\n";
  else {
    std::cout << files.attachments << " files, " << files.bytes << " bytes re-read; " << audit.rows << " audit rows: "
              << audit.sentence << "\n";
    for (const auto& problem : files.problems) std::cout << "  " << problem << "\n";
  }
  return files.problems.empty() && audit.intact ? 0 : 1;
}

int record_export(const Call& call) {
  const auto record = open(call);
  record->export_exam("cli", call.words[2], call.words[3]);
  if (call.json) std::cout << json_text(json{{"ok", true}, {"folder", call.words[3]}}) << "\n";
  else std::cout << tr("The exam lies in {0}.", call.words[3]) << "\n";
  return 0;
}

// Says whose an exam is: record name EXAM WHO, where WHO is a patient's id or anything that finds exactly one. A name
// that is already there is only changed with --why.
int record_name(const Call& call) {
  const auto record = open(call);
  const auto exam = record->exam(call.words[2]);
  if (!exam) throw std::runtime_error(no_such_exam(call.words[2]));
  auto patient = record->patient(call.words[3]);
  if (!patient) {
    const auto found = record->find_patients(call.words[3], 2);
    if (found.empty()) throw std::runtime_error(tr("No patient in the record is called {0}.", call.words[3]));
    if (found.size() > 1)
      throw std::runtime_error(
          tr("More than one patient is found by {0}. Give the number of the identity card.", call.words[3]));
    patient = found.front();
  }
  if (patient->simulated != exam->simulated)
    throw std::runtime_error(tr("A practice patient and a real examination cannot be put together."));
  const auto before = record->encounter(exam->encounter_id)->patient_id;
  record->bind_patient("cli", exam->encounter_id, patient->id, call.why);
  if (call.json)
    std::cout << json_text(json{{"exam", exam->id}, {"patient", patient->id}, {"before", before}}) << "\n";
  else
    std::cout << tr("This examination now belongs to {0}.", patient->name) << "\n";
  return 0;
}

}  // namespace caukham::cli
