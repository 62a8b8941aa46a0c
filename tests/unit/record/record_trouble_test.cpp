// What was left behind, changed or newer, and others at the same record.
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "bdf_sample.hpp"
#include "desk.hpp"
#include "record/bdf_writer.hpp"
#include "record/database.hpp"
#include "record/error.hpp"
#include "record/migrations.hpp"

using namespace caukham::record;

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
