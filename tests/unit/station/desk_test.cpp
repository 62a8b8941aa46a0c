// The whole station on simulated devices, against what goes wrong at a health station: a full disk, a damaged record,
// a patient nobody has named, a picture that is looked at while the next ones come.
#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "core/clock.hpp"
#include "core/words.hpp"
#include "record/evidence.hpp"
#include "record/record.hpp"
#include "station/station.hpp"
#include "tests/lib/small_disk.hpp"
#include "tests/lib/test_folder.hpp"

namespace {

using namespace caukham;
namespace fs = std::filesystem;
using Snap = std::shared_ptr<const station::Snapshot>;

struct Folder : tests::TestFolder {
  Folder() : TestFolder("desk") {}
};

struct Bench {
  std::unique_ptr<station::Station> desk;

  explicit Bench(const fs::path& data, station::Options options = {}) {
    options.data_folder = data;
    options.program_folder = PROGRAM_FOLDER;
    options.language = "en";
    options.simulate = true;
    options.address = "127.0.0.1";
    desk = station::make_station(options);
  }
  // What the desk shows as soon as `met`; fails after a minute with the last notice.
  template <class Met>
  Snap wait(Met met) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
      auto now = desk->snapshot();
      if (met(*now)) return now;
      if (std::chrono::steady_clock::now() > end) {
        CAPTURE(now->trouble, now->closing, now->exam.state);
        FAIL("waited in vain; last notice: " + (now->notices.empty() ? "none" : now->notices.back().words));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  void open(const std::string& patient = "") {
    wait([](const auto& s) { return s.ready; });
    desk->open_exam(patient, "test");
    wait([](const auto& s) { return s.exam.running(); });
  }
  core::StreamId plug(const std::string& kind) {
    desk->simulate("plug " + kind);
    core::StreamId id = 0;
    wait([&](const auto& s) {
      for (const auto& stream : s.streams)
        if (stream.info.device_kind == kind && stream.state == core::DeviceState::live) id = stream.info.id;
      return id != 0;
    });
    return id;
  }
  Snap recorded(core::StreamId stream, std::uint64_t samples) {
    return wait([&](const auto& s) {
      for (const auto& card : s.streams)
        if (card.info.id == stream && card.samples >= samples) return true;
      return false;
    });
  }
  std::uint64_t samples(core::StreamId stream) {
    for (const auto& card : desk->snapshot()->streams)
      if (card.info.id == stream) return card.samples;
    return 0;
  }
  std::shared_ptr<const media::Picture> newer_picture(core::StreamId stream, std::int64_t than_ns) {
    std::shared_ptr<const media::Picture> picture;
    wait([&](const auto&) { return (picture = desk->picture(stream)) && picture->time_ns > than_ns; });
    return picture;
  }
  std::string patient(const std::string& name) {
    station::PatientCard card;
    card.name = name;
    desk->create_patient(card);
    return wait([&](const auto& s) { return !s.found.empty() && s.found[0].name == name; })->found[0].id;
  }
  Snap said(const std::string& part) {
    return wait([&](const auto& s) {
      for (const auto& n : s.notices)
        if (n.words.find(part) != std::string::npos) return true;
      return false;
    });
  }
  Snap close() {
    desk->close_exam();
    return wait([](const auto& s) { return s.exam.over(); });
  }
};

std::size_t durable(const station::Snapshot& s) {
  std::size_t n = 0;
  for (const auto& c : s.captures) n += c.durable;
  return n;
}

// A disk as small as these always says that it is nearly full; that is another sentence.
bool full(const station::Snapshot& s) { return s.trouble.find("disk is full") != std::string::npos; }

// Damages the database under the program's hands, as a dying disk does: all pages but the first.
void damage(const fs::path& database) {
  sqlite3* other = nullptr;
  REQUIRE(sqlite3_open(database.string().c_str(), &other) == SQLITE_OK);
  sqlite3_busy_timeout(other, 10'000);
  // A foreign write makes the program forget the pages that it remembers.
  REQUIRE(sqlite3_exec(other, "CREATE TABLE foreign_write(x); DROP TABLE foreign_write;"
                              "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr) == SQLITE_OK);
  std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
  const auto size = fs::file_size(database);
  file.seekp(4096);
  file << std::string(size - 4096, '\x5a');
  file.close();
  REQUIRE(sqlite3_exec(other, "PRAGMA user_version=1", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(other);
}

}  // namespace

TEST_CASE("a disk that fills up in an exam must be said, cost nothing that was acknowledged, and not hold up the end") {
  test::SmallDisk disk(6'000'000);
  if (!disk.usable()) {
    WARN("skipped: no right to mount a small disk");
    return;
  }
  Bench bench(disk.path());
  bench.open();
  const auto ecg = bench.plug("ecg"), ear = bench.plug("otoscope");
  bench.recorded(ecg, 1000);
  bench.newer_picture(ear, 0);
  bench.desk->capture_still(ear, "", 0);
  bench.wait([](const auto& s) { return durable(s) == 1; });

  disk.fill();
  const auto stuck = bench.wait([](const auto& s) { return full(s); });
  CHECK(stuck->trouble.find("Free some space") != std::string::npos);  // what to do
  bench.desk->capture_still(ear, "", 0);
  const auto waiting = bench.wait([](const auto& s) { return s.captures.size() == 2; });
  CHECK(durable(*waiting) == 1);  // shown, and not ticked
  CHECK(waiting->captures[1].jpeg);

  disk.free_space();
  const auto again = bench.wait([](const auto& s) { return durable(s) == 2 && !full(s); });
  CHECK(again->exam.running());
  bench.said("Saving works again");
  bench.recorded(ecg, bench.samples(ecg) + 500);  // recording goes on by itself

  disk.fill();
  bench.wait([](const auto& s) { return full(s); });
  bench.desk->close_exam();
  const auto closing = bench.wait([](const auto& s) { return !s.closing.empty(); });
  CHECK(closing->exam.state == "closing");
  // The desk answers while it waits.
  bench.desk->capture_still(ear, "", 0);
  bench.said("being finished");
  bench.desk->open_exam("", "next");
  bench.said("still being stored");
  CHECK_FALSE(bench.desk->snapshot()->exam.over());

  disk.free_space();
  const auto over = bench.wait([](const auto& s) { return s.exam.over(); });
  CHECK(over->exam.state == "closed");
  CHECK(over->closing.empty());
  CHECK(durable(*over) == over->captures.size());
  auto& record = bench.desk->record();
  CHECK(record.verify().problems.empty());
  CHECK(record.verify_audit().intact);
  int named = 0;
  for (const auto& gap : record.gaps(over->exam.id)) named += gap.reason == core::gap_reason::disk_full;
  CHECK(named >= 1);
  const auto report = bench.desk->report_json();
  CHECK(report.find("\"ok\": true") != std::string::npos);
  INFO(report);
}

TEST_CASE("a damaged record at the start must be said for as long as it is so, and nothing of it changed") {
  Folder folder;
  const std::string rubbish(40'000, '#');
  std::ofstream(folder.path / "caukham.db") << rubbish;
  {
    Bench bench(folder.path);
    const auto s = bench.wait([](const auto& now) { return !now.trouble.empty(); });
    CHECK_FALSE(s->ready);
    CHECK(s->trouble.find("damaged") != std::string::npos);
    CHECK(s->trouble.find("Call IT") != std::string::npos);
    bench.desk->open_exam("", "");
    bench.said("nothing can be stored");
    CHECK_FALSE(bench.desk->snapshot()->trouble.empty());
  }
  std::ifstream file(folder.path / "caukham.db");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == rubbish);
}

TEST_CASE("an end nobody asked for must be said at the next start, with what is known to be kept and where the traces lie") {
  const Folder folder;
  station::Options options;
  options.interrupted = true;
  const auto said = [&] {
    Bench bench(folder.path, options);
    const auto now = bench.wait([](const auto& s) { return s.ready; });
    CHECK(now->notices.size() == 1);
    return now->notices.empty() ? "" : now->notices.front().words;
  };
  CHECK(said() == "Last time Caukham was not closed: the PC or Caukham stopped before. What was recorded until then is kept. "
                  "For the technician: " + (folder.path / "logs").string());
  options.crash_dump = folder.path / "logs" / "crash-caukham-20261122-173004-77.dmp";
  CHECK(said() == "Last time a fault ended Caukham. What was recorded until then is kept. For the technician: " +
                      options.crash_dump.string());
  {
    Bench bench(folder.path);
    bench.wait([](const auto& s) { return s.ready; });
    const std::string exam = bench.desk->record().open_exam("nurse", bench.desk->record().begin_encounter("nurse"), "test");
    std::ofstream(bench.desk->record().exam_folder(exam) / "ecg.bdf") << "torn in its first bytes";
  }
  const auto torn = said();
  CHECK(torn.find("was interrupted") != std::string::npos);
  CHECK(torn.find("Not every recording of it can be read.") != std::string::npos);
  CHECK(torn.find("is kept.") == std::string::npos);
}

TEST_CASE("a record that breaks in the middle of an exam must not stop the recording, and what it holds is kept as files") {
  Folder folder;
  Bench bench(folder.path);
  bench.open();
  const auto ecg = bench.plug("ecg"), ear = bench.plug("otoscope");
  bench.recorded(ecg, 500);
  bench.newer_picture(ear, 0);
  damage(folder.path / "caukham.db");
  bench.desk->capture_still(ear, "", 0);
  const auto broken = bench.wait([](const auto& s) { return !s.trouble.empty(); });
  CHECK(broken->trouble.find("damaged") != std::string::npos);
  CHECK(broken->trouble.find("Call IT") != std::string::npos);
  bench.recorded(ecg, bench.samples(ecg) + 500);
  const auto over = bench.close();
  CHECK(over->exam.state == "kept");
  bench.said("are kept in");
  std::size_t recordings = 0, pictures = 0;
  for (const auto& file : fs::recursive_directory_iterator(folder.path / "exams")) {
    recordings += file.path().extension() == ".bdf" && file.file_size() > 10'000;
    pictures += file.path().extension() == ".jpg" && file.file_size() > 1'000;
  }
  CHECK(recordings == 1);
  CHECK(pictures == 1);
}

TEST_CASE("a patient named later must own the exam from then on, and another one only with a reason") {
  Folder folder;
  Bench bench(folder.path);
  bench.open();
  const auto ear = bench.plug("otoscope");
  bench.newer_picture(ear, 0);
  bench.desk->capture_still(ear, "", 0);
  const auto exam = bench.wait([](const auto& s) { return durable(s) == 1; })->exam.id;
  CHECK(bench.desk->snapshot()->patient.id.empty());
  const auto first = bench.patient("Nguyễn Thị Ánh"), second = bench.patient("Lò Văn Păn");
  bench.desk->name_exam(exam, first, "");
  const auto named = bench.wait([&](const auto& s) { return s.patient.id == first; });
  CHECK(named->exam.patient_name == "Nguyễn Thị Ánh");
  CHECK(named->exam.running());
  CHECK(named->captures.size() == 1);
  bench.desk->name_exam(exam, second, "");
  bench.said("belongs to another patient already");
  CHECK(bench.desk->snapshot()->patient.id == first);
  bench.desk->name_exam(exam, "nobody", "");
  bench.said("not in the record");
  bench.close();
  bench.desk->name_exam(exam, second, "the wrong card was read");  // also when it is over
  bench.wait([&](const auto& s) { return s.patient.id == second; });

  auto& record = bench.desk->record();
  REQUIRE(record.captures(exam).size() == 1);
  const auto encounter = record.exam(exam)->encounter_id;
  CHECK(record.encounter(encounter)->patient_id == second);
  const auto rows = record.audit(encounter);  // newest first
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].action == "encounter.identified");
  CHECK(rows[0].action == "encounter.rebound");
  CHECK(rows[0].actor == "nurse");
  for (const auto& part : {first, second, std::string("the wrong card was read")})
    CHECK(rows[0].detail.find(part) != std::string::npos);
  CHECK(record.verify_audit().intact);
}

TEST_CASE("a capture must be the picture that was on the screen, or none") {
  Folder folder;
  Bench bench(folder.path);
  bench.open();
  const auto ear = bench.plug("otoscope");
  const auto frozen = bench.newer_picture(ear, 0)->time_ns;
  bench.desk->hold_picture(ear, frozen);
  const auto later = bench.newer_picture(ear, frozen + 500'000'000)->time_ns;
  CHECK(later > frozen);
  bench.desk->capture_still(ear, "", frozen);
  auto s = bench.wait([](const auto& now) { return durable(now) == 1; });
  CHECK(s->captures[0].taken_unix_ns / 1'000'000 == core::to_unix_ns(frozen) / 1'000'000);
  bench.desk->simulate("otoscope button");  // the device's own button, while she looks at the frozen picture
  s = bench.wait([](const auto& now) { return durable(now) == 2; });
  CHECK(s->captures[1].sha256 == s->captures[0].sha256);
  bench.desk->capture_still(ear, "", frozen - 1);
  bench.said("not there any more");
  CHECK(bench.desk->snapshot()->captures.size() == 2);
  bench.desk->hold_picture(ear, 0);
  bench.desk->capture_still(ear, "", 0);
  s = bench.wait([](const auto& now) {
    return durable(now) == 3 && std::none_of(now.captures.begin(), now.captures.end(),
                                             [](const auto& c) { return c.quality.sentence.empty(); });
  });
  CHECK(s->captures[2].taken_unix_ns > s->captures[0].taken_unix_ns);
  const auto next = bench.wait([&](const auto& now) { return now.version > s->version + 2; });
  CHECK(next->captures.same(s->captures));  // nothing changed: nothing is copied
  CHECK(next->recent_exams.same(s->recent_exams));
}

TEST_CASE("a driver program that is switched off must end its device with a sentence, and bring it back when it is switched on") {
  Folder folder;
  const std::string plugin = "org.caukham.ecg-hackeeg";
  const auto state = [&](const station::Snapshot& s) {
    for (const auto& p : s.plugins.installed)
      if (p.id == plugin) return p.state;
    return core::PluginState::broken;
  };
  {
    Bench bench(folder.path);
    bench.open();
    const auto ecg = bench.plug("ecg");
    bench.recorded(ecg, 500);
    bench.wait([&](const auto& s) { return state(s) == core::PluginState::running; });
    bench.desk->disable_plugin(plugin);
    const auto off = bench.wait([&](const auto& s) {
      return state(s) == core::PluginState::disabled && s.devices[0].state == core::DeviceState::failed;
    });
    CHECK(off->devices[0].problem.find("switched off") != std::string::npos);
    CHECK(off->exam.running());  // the examination goes on without it
    bench.desk->enable_plugin(plugin);
    bench.wait([&](const auto& s) { return s.devices[0].state == core::DeviceState::live; });
    bench.recorded(ecg, bench.samples(ecg) + 500);
    bench.desk->remove_plugin("org.nobody");  // what is not there cannot be removed, and that is said
    bench.said("no plugin org.nobody");
    bench.desk->allow_third_party(false);
    bench.wait([](const auto& s) { return !s.plugins.third_party; });
    bench.desk->disable_plugin(plugin);
    bench.wait([&](const auto& s) { return state(s) == core::PluginState::disabled; });
    bench.close();
  }
  Bench next(folder.path);  // what was decided holds at the next start
  const auto s = next.wait([&](const auto& now) { return !now.plugins.installed.empty(); });
  CHECK(state(*s) == core::PluginState::disabled);
  CHECK_FALSE(s->plugins.third_party);
}

TEST_CASE("the quality of each still must lie beside it in the record, and the camera's be told while it looks") {
  Folder folder;
  Bench bench(folder.path);
  bench.open();
  const auto ear = bench.plug("otoscope");
  bench.newer_picture(ear, 0);
  bench.wait([&](const auto& s) {
    for (const auto& card : s.streams)
      if (card.info.id == ear && !card.picture.sentence.empty()) return true;
    return false;
  });
  bench.desk->capture_still(ear, "", 0);
  bench.desk->close_exam();  // at once: what is being looked at is still waited for
  const auto over = bench.wait([](const auto& s) { return s.exam.over(); });
  CHECK(over->exam.state == "closed");
  REQUIRE(over->captures.size() == 1);
  CHECK_FALSE(over->captures[0].quality.sentence.empty());
  auto& record = bench.desk->record();
  const auto files = record.attachments(over->captures[0].id);
  REQUIRE(files.size() == 2);
  CHECK(files[0].media_type == "image/jpeg");  // the picture is first, also for whoever reads the report
  CHECK(files[1].file_name == "otoscope-quality.json");
  const auto bytes = record.read_attachment(files[1].sha256);
  const std::string json(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(json.find("\"caukham-picture\"") != std::string::npos);
  CHECK(json.find(over->captures[0].quality.sentence) != std::string::npos);
  CHECK(bench.desk->report_json().find("\"ok\": true") != std::string::npos);
}

TEST_CASE("a height must be believed only when a person can have it, and stand in the audit trail") {
  Folder folder;
  Bench bench(folder.path);
  bench.open();
  bench.desk->set_height(1580);
  bench.said("between 50 and 250 cm");
  CHECK(bench.desk->snapshot()->height_cm == 0);
  bench.desk->set_height(158);
  const auto s = bench.wait([](const auto& now) { return now.height_cm == 158; });
  bool noted = false;
  for (const auto& row : bench.desk->record().audit(s->exam.id)) noted = noted || row.action == "height entered";
  CHECK(noted);
}
