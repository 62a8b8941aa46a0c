#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "desk.hpp"
#include "record/database.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/migrations.hpp"

using namespace caukham::record;

namespace {

std::vector<std::string> names(const std::vector<Patient>& patients) {
  std::vector<std::string> out;
  for (const Patient& p : patients) out.push_back(p.name);
  return out;
}

// A change that bypasses the program, as somebody with a database tool would make it.
void tamper(const std::filesystem::path& folder, const char* sql) {
  Database::open(folder / "caukham.db", migrations).script(sql);
}

}  // namespace

TEST_CASE("A patient must be found by everything a nurse has at hand") {
  Folder folder;
  auto record = Record::open({folder.path});
  Patient a = person("Nguyễn Văn Á");
  a.cccd = "001080012345";
  a.bhyt = "DN 4 75 9122135078";
  a.phone = "0912 345 678";
  const std::string id = record->add_patient("nurse", a);
  record->add_patient("nurse", person("Nguyên Văn An", "1991-12-31"));
  record->add_patient("nurse", person("Trần Thị Đào", "1980"));
  const auto stored = record->patient(id);
  REQUIRE(stored);
  CHECK(stored->name == "Nguyễn Văn Á");
  CHECK(stored->bhyt == "DN4759122135078");

  const std::vector<std::string> only = {"Nguyễn Văn Á"};
  CHECK(names(record->find_patients("nguyen van a")) ==
        std::vector<std::string>{"Nguyễn Văn Á", "Nguyên Văn An"});
  CHECK(names(record->find_patients("Nguyên Văn An"))[0] == "Nguyên Văn An");
  CHECK(names(record->find_patients("an nguyen")) == std::vector<std::string>{"Nguyên Văn An"});
  CHECK(names(record->find_patients("dao tran")) == std::vector<std::string>{"Trần Thị Đào"});
  for (const char* text : {"001080012345", "0010 8001 2345", "dn4759122135078", "DN 4 75 9122135078",
                           "9122135078", "0912345678", "0912.345.678", "+84912345678", "5678", "2/5/1980",
                           "02051980", "1980-05-02", "nguyen 2/5/1980", "nguyen 5678", "  van  1980  "})
    CHECK(names(record->find_patients(text)) == only);
  CHECK(record->find_patients("1980").size() == 2);
  for (const char* text : {"guyen", "%", "_", "' OR 1=1 --", "x'y\"", "0000000", "31/12/1980", "\xff\xfe"})
    CHECK(record->find_patients(text).empty());
  CHECK(record->find_patients("").size() == 3);
  CHECK(record->find_patients("", 2).size() == 2);
}

TEST_CASE("A patient's data must be checked, and a citizen card belongs to one person") {
  Folder folder;
  auto record = Record::open({folder.path});
  CHECK_THROWS_AS(record->add_patient("nurse", person(" ")), RecordError);
  CHECK_THROWS_AS(record->add_patient("nurse", person("A", "1980-02-30")), RecordError);
  CHECK_THROWS_AS(record->add_patient("nurse", person("\xc3(")), RecordError);
  CHECK_THROWS_AS(record->add_patient("", person("A")), RecordError);
  Patient a = person("A");
  a.cccd = "123";
  CHECK_THROWS_WITH(record->add_patient("nurse", a), Catch::Contains("12 digits"));
  a.cccd = "001080012345";
  a.id = record->add_patient("nurse", a);
  CHECK_THROWS_WITH(record->add_patient("nurse", a), Catch::Contains("already: A"));
  a.name = "B";
  a.simulated = true;
  record->update_patient("nurse", a);
  CHECK(record->patient(a.id)->name == "B");
  a.simulated = false;
  CHECK_THROWS_WITH(record->update_patient("nurse", a), Catch::Contains("SIMULATED"));
  CHECK(record->audit(a.id).size() == 2);
  CHECK_THAT(record->audit(a.id)[0].detail, Catch::Contains("\"before\"") && Catch::Contains("\"A\""));
  CHECK_FALSE(record->patient("nobody"));
}

TEST_CASE(
    "An examination must be able to begin before the patient is known, and a wrong binding needs a reason") {
  Desk desk;
  auto& record = *desk.record;
  const std::string later = record.begin_encounter("nurse");
  CHECK(record.encounter(later)->patient_id.empty());
  record.bind_patient("nurse", later, desk.patient);
  CHECK(record.encounter(later)->patient_id == desk.patient);
  const std::string other = record.add_patient("nurse", person("Trần B"));
  CHECK_THROWS_WITH(record.bind_patient("nurse", later, other), Catch::Contains("Write why"));
  record.bind_patient("nurse", later, other, "cards mixed up");
  CHECK(record.encounters_of(other).size() == 1);
  CHECK(record.encounters_of(desk.patient).size() == 1);
  CHECK(record.audit(later)[0].action == "encounter.rebound");
  CHECK_THROWS_AS(record.bind_patient("nurse", later, "nobody"), RecordError);
  CHECK_THROWS_AS(record.begin_encounter("nurse", "nobody"), RecordError);
  record.end_encounter("nurse", later);
  CHECK(record.encounter(later)->ended_ns > 0);
}

TEST_CASE("An exam must follow its states, and a closed one takes no captures") {
  Desk desk;
  auto& record = *desk.record;
  record.set_exam_state("station", desk.exam, ExamState::queued, "no line");
  record.set_exam_state("station", desk.exam, ExamState::in_transit);
  record.set_exam_state("station", desk.exam, ExamState::seen);
  record.set_exam_state("station", desk.exam, ExamState::answered);
  record.set_exam_state("nurse", desk.exam, ExamState::closed);
  desk.reopen();
  const auto exam = desk.record->exam(desk.exam);
  REQUIRE(exam);
  CHECK(exam->state == ExamState::closed);
  CHECK(exam->closed_ns > 0);
  CHECK(exam->reason == "đau tai");
  CHECK_THROWS_WITH(desk.record->set_exam_state("nurse", desk.exam, ExamState::open),
                    Catch::Contains("new exam"));
  CHECK_THROWS_WITH(desk.record->add_capture("nurse", capture_of(desk.exam, "still")),
                    Catch::Contains("closed"));
  CHECK(desk.record->exams_of(desk.encounter).size() == 1);
  CHECK(desk.record->recent_exams().size() == 1);
  for (int s = 0; s < 8; ++s)
    CHECK(exam_state_of(to_text(static_cast<ExamState>(s))) == static_cast<ExamState>(s));
}

TEST_CASE("A removed capture must stay in the record and come back") {
  Desk desk;
  const std::string id = desk.record->add_capture("nurse", capture_of(desk.exam, "still"));
  desk.record->remove_capture("nurse", id, "blurred");
  CHECK(desk.record->captures(desk.exam).empty());
  REQUIRE(desk.record->captures(desk.exam, true).size() == 1);
  CHECK(desk.record->captures(desk.exam, true)[0].removed_why == "blurred");
  CHECK(desk.record->captures(desk.exam, true)[0].removed_by == "nurse");
  desk.record->restore_capture("nurse", id);
  CHECK(desk.record->captures(desk.exam).size() == 1);
  CHECK(desk.record->capture(id)->removed_ns == 0);
  CHECK_THROWS_AS(desk.record->add_capture("nurse", capture_of(desk.exam, "x-ray")), RecordError);
  CHECK_NOTHROW(desk.record->add_capture("nurse", capture_of(desk.exam, "waveform")));  // of a device we know nothing of
}

TEST_CASE("Simulated must stay simulated: capture, exam and export") {
  Desk desk;
  CHECK_FALSE(desk.record->exam(desk.exam)->simulated);
  desk.record->add_capture("nurse", capture_of(desk.exam, "ecg", true));
  CHECK(desk.record->exam(desk.exam)->simulated);
  Patient p = person("Practice");
  p.simulated = true;
  const std::string practice = desk.record->add_patient("trainer", p);
  const std::string exam =
      desk.record->open_exam("trainer", desk.record->begin_encounter("trainer", practice), "x");
  CHECK(desk.record->exam(exam)->simulated);
  desk.record->export_exam("nurse", desk.exam, desk.folder / "out");
  CHECK(nlohmann::json::parse(slurp(desk.folder / "out" / "exam.json"))["SIMULATED"] == true);
}

TEST_CASE("The audit must have a row for every step and find the first broken link") {
  Desk desk;
  desk.record->note("specialist:Dr. An", "session.admitted", desk.exam, R"({"role":"consultant"})");
  CHECK_THROWS_AS(desk.record->note("x", "y", "z", "not json"), RecordError);
  AuditVerdict verdict = desk.record->verify_audit();
  CHECK(verdict.intact);
  CHECK(verdict.rows == 4);
  CHECK(desk.record->audit()[0].actor == "specialist:Dr. An");
  desk.record.reset();
  CHECK_THROWS_WITH(tamper(desk.folder.path, "UPDATE audit SET actor='nobody' WHERE seq=2"),
                    Catch::Contains("never changed"));
  CHECK_THROWS_WITH(tamper(desk.folder.path, "DELETE FROM audit WHERE seq=2"),
                    Catch::Contains("never deleted"));
  const auto broken_at = [&](const char* sql) {
    Folder folder;
    const auto copy = folder / "copy";
    std::filesystem::copy(desk.folder.path, copy, std::filesystem::copy_options::recursive);
    tamper(copy, sql);
    const AuditVerdict v = Record::open({copy})->verify_audit();
    CHECK(v.intact == (v.first_broken == 0));
    return v.first_broken;
  };
  CHECK(broken_at("SELECT 1") == 0);
  CHECK(broken_at("DROP TRIGGER audit_keeps; UPDATE audit SET actor='nobody' WHERE seq=2") == 2);
  CHECK(broken_at("DROP TRIGGER audit_keeps; UPDATE audit SET time_ns=time_ns+1 WHERE seq=4") == 4);
  CHECK(broken_at("DROP TRIGGER audit_stays; DELETE FROM audit WHERE seq=3") == 3);
  CHECK(broken_at("DROP TRIGGER audit_stays; DELETE FROM audit WHERE seq=4") == 4);
}

TEST_CASE("Facts about an exam must come back as they were told") {
  Desk desk;
  auto& record = *desk.record;
  const std::string ecg = record.add_capture("nurse", capture_of(desk.exam, "ecg"));
  record.add_evidence("station",
                      {desk.exam, ecg, "ecg", "Dr. An", 192, 19'200, std::string(64, 'a'), true, 7});
  record.add_gap("station", {desk.exam, "", "ecg", "USB: mất kết nối", 123, 7, 9});
  const std::string advice =
      record.add_advice("specialist:Dr. An", {"", desk.exam, "Dr. An", "viêm tai", "H66", "tái khám", 5});
  desk.reopen();
  const auto evidence = desk.record->evidence(desk.exam);
  REQUIRE(evidence.size() == 1);
  CHECK((evidence[0].samples == 19'200 && evidence[0].equal && evidence[0].capture_id == ecg));
  const auto gaps = desk.record->gaps(desk.exam);
  REQUIRE(gaps.size() == 1);
  CHECK((gaps[0].first_sample == 123 && gaps[0].lost == 7 && gaps[0].reason == "USB: mất kết nối"));
  REQUIRE(desk.record->advice(desk.exam).size() == 1);
  CHECK(desk.record->advice(desk.exam)[0].id == advice);
  CHECK(desk.record->advice(desk.exam)[0].conclusion == "H66");
  CHECK_THROWS_AS(desk.record->add_gap("station", {"nobody", "", "ecg", "", 0, 1, 0}), RecordError);
}
