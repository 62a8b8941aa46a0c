#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "bdf_sample.hpp"
#include "folder.hpp"
#include "record/bdf_writer.hpp"
#include "record/database.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/migrations.hpp"
#include "record/record.hpp"

using namespace caukham::record;

namespace {

Patient person(const std::string& name, const std::string& born = "1980-05-02") {
  Patient p;
  p.name = name;
  p.birth_date = born;
  p.sex = "M";
  return p;
}

Capture capture_of(const std::string& exam, const std::string& kind, bool simulated = false) {
  Capture c;
  c.exam_id = exam;
  c.kind = kind;
  c.stream = kind == "ecg" ? "ecg" : "otoscope";
  c.side = kind == "still" ? "left" : "";
  c.taken_ns = 1'795'300'000'000'000'000;
  c.simulated = simulated;
  return c;
}

struct Desk {
  Folder folder;
  std::unique_ptr<Record> record = Record::open({folder.path});
  std::string patient = record->add_patient("nurse", person("Nguyễn Văn Á"));
  std::string encounter = record->begin_encounter("nurse", patient);
  std::string exam = record->open_exam("nurse", encounter, "đau tai");
  void reopen() {
    record.reset();
    record = Record::open({folder.path});
  }
};

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

TEST_CASE("An attachment must be stored once, verified when shared, and healed when damaged") {
  Desk desk;
  auto& record = *desk.record;
  const std::string one = record.add_capture("nurse", capture_of(desk.exam, "still"));
  const std::string two = record.add_capture("nurse", capture_of(desk.exam, "still"));
  const std::string sha = record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  CHECK(sha == hex(sha256(bytes_of("jpeg bytes"))));
  CHECK(slurp(record.attachment_path(sha)) == "jpeg bytes");
  CHECK(record.attach("nurse", two, bytes_of("jpeg bytes"), "image/jpeg", "b.jpg") == sha);
  CHECK(record.attach("nurse", two, bytes_of("jpeg bytes"), "image/jpeg", "b.jpg") == sha);  // a retry
  CHECK(record.attachments(two).size() == 1);
  CHECK(record.verify().problems.empty());
  CHECK(record.verify().attachments == 1);

  spit(record.attachment_path(sha), "jpeg bytez");
  CHECK_THROWS_WITH(record.read_attachment(sha), Catch::Contains("damaged"));
  REQUIRE(record.verify().problems.size() == 1);
  CHECK_THAT(record.verify().problems[0], Catch::Contains("damaged"));
  CHECK_THROWS_WITH(record.export_exam("nurse", desk.exam, desk.folder / "out"), Catch::Contains("damaged"));
  CHECK_FALSE(std::filesystem::exists(desk.folder / "out"));
  CHECK_FALSE(std::filesystem::exists(desk.folder / "out.part"));
  record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  CHECK(record.verify().problems.empty());
  CHECK(record.audit(sha)[0].action == "attachment.healed");

  std::filesystem::remove(record.attachment_path(sha));
  REQUIRE(record.verify().problems.size() == 1);
  CHECK_THAT(record.verify().problems[0], Catch::Contains("missing"));
  record.attach("nurse", one, bytes_of("jpeg bytes"), "image/jpeg", "a.jpg");
  spit(record.layout().attachments() / sha.substr(0, 2) / std::string(64, '0'), "stranger");
  CHECK_THAT(record.verify().problems.at(0), Catch::Contains("never acknowledged"));
  CHECK_THROWS_AS(record.attach("nurse", "nobody", bytes_of("x"), "image/jpeg", "x"), RecordError);
  CHECK_THROWS_AS(record.attachment_path("../../etc/passwd"), RecordError);
}

TEST_CASE("A file must be attached by copy or by move, also across disks") {
  Desk desk;
  auto& record = *desk.record;
  const std::string id = record.add_capture("nurse", capture_of(desk.exam, "clip"));
  const auto folder = record.exam_folder(desk.exam);
  const std::string film(3'000'000, 'f');
  spit(folder / "a.mkv", film);
  const std::string sha = record.attach_file("nurse", id, folder / "a.mkv", "video/x-matroska", "a.mkv");
  CHECK(std::filesystem::exists(folder / "a.mkv"));
  CHECK(record.attach_file("nurse", id, folder / "a.mkv", "video/x-matroska", "a.mkv", Record::Take::move) ==
        sha);
  CHECK_FALSE(std::filesystem::exists(folder / "a.mkv"));
  spit(folder / "b.mkv", "another");
  const std::string b = record.attach_file("nurse", id, folder / "b.mkv", "video/x-matroska", "b.mkv",
                                           Record::Take::move);
  CHECK(slurp(record.attachment_path(b)) == "another");
  const caukham::tests::TestFolder other("elsewhere");  // another disk where /dev/shm exists
  spit(other / "c.txt", "from another disk");
  const std::string c =
      record.attach_file("nurse", id, other / "c.txt", "text/plain", "c.txt", Record::Take::move);
  CHECK(slurp(record.attachment_path(c)) == "from another disk");
  CHECK(std::filesystem::is_empty(other.path));  // the file was moved
  CHECK_THROWS_AS(record.attach_file("nurse", id, folder / "absent", "text/plain", "x"), RecordError);
  CHECK(record.verify().problems.empty());
  CHECK(record.recover("station").leftovers.empty());
  CHECK_THROWS_AS(record.exam_folder("../.."), RecordError);
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

TEST_CASE("An exported exam must be byte for byte the same every time and check out with sha256sum") {
  Desk desk;
  auto& record = *desk.record;
  const auto working = record.exam_folder(desk.exam) / "ecg.bdf";
  auto writer = BdfWriter::create(working, ecg_spec());
  writer->append(0, run(0, 500));
  writer->close();
  const std::string bdf = slurp(working);
  const std::string ecg = record.add_capture("nurse", capture_of(desk.exam, "ecg"));
  record.attach_file("nurse", ecg, working, "application/x-bdf", "ecg.bdf", Record::Take::move);
  Capture ear = capture_of(desk.exam, "still");
  ear.taken_ns += 1;
  ear.site = "Màng nhĩ";
  const std::string still = record.add_capture("nurse", ear);
  record.attach("nurse", still, bytes_of("jpeg"), "image/jpeg", "x.jpg");
  ear.taken_ns += 1;
  const std::string gone = record.add_capture("nurse", ear);
  record.attach("nurse", gone, bytes_of("blurred"), "image/jpeg", "y.jpg");
  record.remove_capture("nurse", gone, "blurred");
  record.export_exam("nurse", desk.exam, desk.folder / "one");
  desk.reopen();
  desk.record->export_exam("nurse", desk.exam, desk.folder / "two");
  std::vector<std::string> files;
  for (const auto& e : std::filesystem::recursive_directory_iterator(desk.folder / "one")) {
    if (!e.is_regular_file()) continue;
    files.push_back(std::filesystem::relative(e.path(), desk.folder / "one").generic_string());
    CHECK(slurp(e.path()) == slurp(desk.folder / "two" / files.back()));
  }
  std::sort(files.begin(), files.end());
  CHECK(files == std::vector<std::string>{"captures/001-ecg.bdf",
                                          "captures/002-still-otoscope-left-mang-nhi.jpg", "exam.json",
                                          "manifest.sha256"});
  CHECK(slurp(desk.folder / "one" / "captures/001-ecg.bdf") == bdf);
  if (std::system("sha256sum --version >/dev/null 2>&1") == 0)  // Windows has none
    CHECK(std::system(("cd '" + (desk.folder / "one").string() + "' && sha256sum --quiet -c manifest.sha256").c_str()) == 0);
  const auto exam = nlohmann::json::parse(slurp(desk.folder / "one" / "exam.json"));
  CHECK(exam["patient"]["name"] == "Nguyễn Văn Á");
  CHECK(exam["captures"].size() == 3);
  CHECK(exam["captures"][2]["removed"]["why"] == "blurred");
  CHECK_THROWS_WITH(desk.record->export_exam("nurse", desk.exam, desk.folder / "one"),
                    Catch::Contains("already"));
}

TEST_CASE("What a broken-off run left behind must be listed and repaired at the next start") {
  Desk desk;
  const auto folder = desk.record->exam_folder(desk.exam);
  auto writer = BdfWriter::create(folder / "ecg.bdf", ecg_spec());
  writer->append(0, run(0, 500));
  writer->close();
  std::string torn = slurp(folder / "ecg.bdf");
  spit(folder / "ecg.bdf", torn.substr(0, torn.size() - 100));
  spit(folder / "ruin.bdf", "\xff" "BIOSEMI");
  spit(folder / "film.mkv", "film");
  spit(desk.record->layout().attachments() / "tmp-1", "half a picture");
  std::filesystem::create_directories(desk.record->layout().exams() / "unknown");
  spit(desk.record->layout().exams() / "unknown" / "x.mkv", "x");
  desk.reopen();
  const Recovery recovery = desk.record->recover("station");
  REQUIRE(recovery.unfinished.size() == 2);
  const auto& mine = recovery.unfinished[0];
  CHECK(mine.exam.id == desk.exam);
  REQUIRE(mine.files.size() == 3);
  REQUIRE(mine.files[0].repair);
  CHECK(mine.files[0].repair->records == 9);
  CHECK(mine.files[0].problem.empty());
  CHECK(mine.files[1].path.filename() == "film.mkv");
  CHECK_THAT(mine.files[2].problem, Catch::Contains("cut off"));
  CHECK_FALSE(recovery.unfinished[1].known);
  CHECK(desk.record->audit(desk.exam)[0].action == "recording.unusable");
  CHECK(desk.record->audit(desk.exam)[1].action == "recording.repaired");
  REQUIRE(recovery.leftovers.size() == 1);
  CHECK(desk.record->discard_leftovers("station", recovery) == 1);
  CHECK(desk.record->recover("station").leftovers.empty());
  Recovery forged;
  forged.leftovers = {folder / "film.mkv"};
  CHECK(desk.record->discard_leftovers("station", forged) == 0);
  CHECK(std::filesystem::exists(folder / "film.mkv"));
}

TEST_CASE(
    "A broken database must be refused with what to do, never replaced, and moved aside only when asked") {
  Desk desk;
  const std::string id = desk.record->add_capture("nurse", capture_of(desk.exam, "still"));
  const std::string sha = desk.record->attach("nurse", id, bytes_of("jpeg"), "image/jpeg", "a.jpg");
  desk.record.reset();
  const auto db = desk.folder / "caukham.db";
  const std::string good = slurp(db);
  REQUIRE(good.size() > 40'000);
  std::string holes = good;
  std::fill(holes.begin() + 8192, holes.begin() + 30'000, '\x55');
  for (const std::string& bad : {std::string(10'000, 'g'), good.substr(0, good.size() / 2),
                                 good.substr(0, 5000), holes, std::string()}) {
    spit(db, bad);
    try {
      Record::open({desk.folder.path});
      FAIL("a broken database was opened");
    } catch (const RecordError& e) {
      CHECK(e.fault() == Fault::corrupt);
      CHECK_THAT(e.what(), Catch::Contains("Nothing was changed") && Catch::Contains("Call IT"));
    }
    CHECK(slurp(db) == bad);
  }
  spit(db, good.substr(0, 5000));
  const auto aside = Record::move_aside(desk.folder.path);
  CHECK(slurp(aside) == good.substr(0, 5000));
  CHECK_THROWS_WITH(Record::open({desk.folder.path}), Catch::Contains("missing or empty"));
  auto fresh = Record::open({desk.folder.path, true});
  CHECK(fresh->recent_exams().empty());
  CHECK(slurp(fresh->attachment_path(sha)) == "jpeg");
  fresh.reset();
  spit(db, good);
  CHECK(Record::open({desk.folder.path})->recent_exams().size() == 1);
}

TEST_CASE(
    "A first start that was killed must not lock the next one out, a foreign database must be refused") {
  Folder folder;
  { auto db = Database::open(folder / "caukham.db", {}); }  // the journal mode is set, no table made yet
  CHECK(std::filesystem::file_size(folder / "caukham.db") > 0);
  CHECK(Record::open({folder.path})->recent_exams().empty());
  {
    auto db = Database::open(folder / "other.db", {});
    db.script("CREATE TABLE somebody(elses TEXT)");
  }
  CHECK_THROWS_WITH(Database::open(folder / "other.db", migrations), Catch::Contains("another program"));
}

TEST_CASE("A newer schema must be refused in words, an older one migrated with a backup beside it") {
  Folder folder;
  const char* const first[] = {"CREATE TABLE t(a TEXT); INSERT INTO t VALUES('đầu');"};
  const char* const both[] = {first[0], "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7;"};
  const char* const broken[] = {both[0], both[1], "CREATE TABLE u(x); INSERT INTO nowhere VALUES(1);"};
  const auto path = folder / "caukham.db";
  { auto db = Database::open(path, first); }
  {
    auto db = Database::open(path, both);
    auto row = db.query("SELECT a, b FROM t");
    REQUIRE(row.next());
    CHECK((row.text(0) == "đầu" && row.integer(1) == 7));
  }
  {
    auto backup = Database::open(folder / "caukham.db.v1.backup", first);
    auto row = backup.query("SELECT a FROM t");
    REQUIRE(row.next());
    CHECK(row.text(0) == "đầu");
  }
  CHECK_THROWS_AS(Database::open(path, broken), RecordError);
  {
    auto db = Database::open(path, both);  // the failed step was undone as a whole
    CHECK_FALSE(db.query("SELECT 1 FROM sqlite_master WHERE name='u'").next());
  }
  try {
    Database::open(path, first);
    FAIL("a newer schema was opened");
  } catch (const RecordError& e) {
    CHECK(e.fault() == Fault::newer_schema);
    CHECK_THAT(e.what(), Catch::Contains("newer version"));
  }
  CHECK_THROWS_WITH(Record::open({folder.path}), Catch::Contains("newer version"));
}

TEST_CASE("Two programs and many threads must share the record without losing a step") {
  Desk desk;
  auto second = Record::open({desk.folder.path});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      Record& record = t % 2 ? *second : *desk.record;
      for (int i = 0; i < 10; ++i) {
        const std::string id = record.add_capture("t" + std::to_string(t), capture_of(desk.exam, "still"));
        record.attach("t", id, bytes_of("same bytes " + std::to_string(i)), "image/jpeg", "x.jpg");
      }
    });
  }
  for (auto& t : threads) t.join();
  CHECK(desk.record->captures(desk.exam).size() == 40);
  const Verdict verdict = second->verify();
  CHECK(verdict.problems.empty());
  CHECK(verdict.attachments == 10);
  CHECK(second->verify_audit().rows == 3 + 80);
}
