// What was acknowledged must survive: SIGKILL at random points, and disks that are full.
#include <catch2/catch.hpp>
#include <cerrno>
#include <random>

#include <sys/mount.h>
#include <sys/resource.h>

#include "bdf_sample.hpp"
#include "child.hpp"
#include "folder.hpp"
#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/record.hpp"

using namespace caukham::record;

namespace {

Capture still(const std::string& exam) {
  Capture c;
  c.exam_id = exam;
  c.kind = "still";
  return c;
}

std::string content(std::uint64_t n) {
  std::string out = "picture " + std::to_string(n) + " ";
  while (out.size() < 3000 + n % 7 * 1111) out += static_cast<char>('a' + (out.size() * 31 + n) % 26);
  return out;
}

// A small disk of its own; false when this user may not mount.
struct SmallDisk {
  Folder folder;
  bool mounted;
  explicit SmallDisk(const char* size)
      : mounted(mount("tmpfs", folder.path.c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0) {
  }
  ~SmallDisk() {
    if (mounted) umount2(folder.path.c_str(), MNT_DETACH);
  }
};

}  // namespace

TEST_CASE("A recorder killed at any moment must leave a file with every acknowledged record") {
  std::mt19937 random(20);
  for (int round = 0; round < 20; ++round) {
    Folder folder;
    const auto path = folder / "ecg.bdf";
    Child child([&](const auto& acknowledge) {
      auto writer = BdfWriter::create(path, ecg_spec(), [&](std::uint64_t k, auto) { acknowledge(k); });
      std::int64_t n = 0;
      for (int i = 0; i < 100'000; ++i) {
        const std::int64_t count = 13 + i % 40;
        writer->append(n * 2'000'000, run(n, count));
        n += count;
        if (i % 11 == 10) writer->gap(5, "test"), n += 5;
      }
    });
    const auto acknowledged = child.kill_after(1 + random() % 400);
    REQUIRE(!acknowledged.empty());
    const auto look = [&] {
      const BdfReader reader = BdfReader::open(path);
      REQUIRE(reader.record_count() > acknowledged.back());
      for (std::uint64_t k = 0; k < reader.record_count(); ++k) {
        const BdfRecord r = reader.record(k);
        const std::int64_t at = grid_sample(500, r.start_ns);
        for (std::size_t i = 0; i < r.valid; ++i) {
          for (int c = 0; c < 3; ++c)
            REQUIRE(r.channels[static_cast<std::size_t>(c)][i] ==
                    value(at + static_cast<std::int64_t>(i), c));
        }
      }
    };
    look();
    const BdfRepair repair = BdfReader::repair(path);
    CHECK(static_cast<std::uint64_t>(repair.claimed_records) + 1 >= repair.records);
    CHECK_FALSE(BdfReader::repair(path).changed);
    look();
  }
}

TEST_CASE("A record killed at any moment must hold every acknowledged attachment and an intact audit") {
  std::mt19937 random(21);
  for (int round = 0; round < 20; ++round) {
    Folder folder;
    std::string exam;
    {
      auto record = Record::open({folder.path});
      exam = record->open_exam("nurse", record->begin_encounter("nurse"), "cough");
    }
    Child child([&](const auto& acknowledge) {
      auto record = Record::open({folder.path});
      for (std::uint64_t n = 0; n < 10'000; ++n) {
        const std::string id = record->add_capture("nurse", still(exam));
        const std::string bytes = content(n);
        record->attach("nurse", id, bytes_of(bytes), "image/jpeg", std::to_string(n) + ".jpg");
        acknowledge(n);
      }
    });
    const auto acknowledged = child.kill_after(random() % 12);
    auto record = Record::open({folder.path});
    const Recovery recovery = record->recover("station");
    REQUIRE(recovery.unfinished.size() == 1);
    record->discard_leftovers("station", recovery);
    std::size_t found = 0;
    for (const Capture& c : record->captures(exam)) {
      for (const Attachment& a : record->attachments(c.id)) {
        const std::uint64_t n = std::stoull(a.file_name);
        const std::string bytes = content(n);
        CHECK(a.sha256 == hex(sha256(bytes_of(bytes))));
        CHECK(record->read_attachment(a.sha256).size() == bytes.size());
        ++found;
      }
    }
    CHECK(found >= acknowledged.size());
    CHECK(record->verify_audit().intact);
    // At most the one attachment in flight may lie there without a row.
    const Verdict verdict = record->verify();
    CHECK(verdict.problems.size() <= 1);
    for (const std::string& p : verdict.problems) CHECK_THAT(p, Catch::Contains("never acknowledged"));
  }
}

TEST_CASE("A full disk must be named, keep what was written, and recording must go on when there is room") {
  SmallDisk disk("128k");
  if (!disk.mounted) {
    WARN("mounting a tmpfs is not allowed here; the file size limit test covers the case");
    return;
  }
  const auto path = disk.folder / "ecg.bdf";
  spit(disk.folder / "ballast", std::string(60'000, 'x'));
  auto writer = BdfWriter::create(path, ecg_spec());
  std::int64_t n = 0;
  std::string said;
  while (said.empty() && n < 100'000) {
    try {
      writer->append(n * 2'000'000, run(n, 25));
    } catch (const RecordError& e) {
      CHECK(e.fault() == Fault::full);
      said = e.what();
    }
    n += 25;
  }
  CHECK_THAT(said, Catch::Contains("disk is full") && Catch::Contains("Free some space"));
  const std::uint64_t records = writer->records();
  REQUIRE(records > 50);
  CHECK(BdfReader::open(path).record_count() == records);
  CHECK(BdfReader::open(path).total_samples() == records * 50);
  CHECK_THROWS_AS(writer->append(n * 2'000'000, run(n, 50)), RecordError);
  n += 50;
  std::filesystem::remove(disk.folder / "ballast");
  writer->append(n * 2'000'000, run(n, 500));
  n += 500;
  writer->close();
  const BdfReader reader = BdfReader::open(path);
  const auto gaps = reader.gaps();
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].lost == 100);
  CHECK(gaps[0].first_sample == static_cast<std::int64_t>(records * 50));
  CHECK(gaps[0].reason == "disk full");
  CHECK(reader.total_samples() + 100 == static_cast<std::uint64_t>(n));
}

TEST_CASE("A record on a full disk must refuse in words and lose nothing it acknowledged") {
  SmallDisk disk("2m");
  if (!disk.mounted) {
    WARN("mounting a tmpfs is not allowed here; the file size limit test covers the case");
    return;
  }
  auto record = Record::open({disk.folder.path});
  const std::string exam = record->open_exam("nurse", record->begin_encounter("nurse"), "cough");
  const std::string id = record->add_capture("nurse", still(exam));
  std::uint64_t n = 0;
  std::string said;
  while (said.empty() && n < 2000) {
    try {
      record->attach("nurse", id, bytes_of(content(n)), "image/jpeg", std::to_string(n) + ".jpg");
      ++n;
    } catch (const RecordError& e) {
      CHECK(e.fault() == Fault::full);
      said = e.what();
    }
  }
  CHECK_THAT(said, Catch::Contains("disk") && Catch::Contains("Free some space"));
  REQUIRE(n > 20);
  CHECK(record->attachments(id).size() == n);
  CHECK(record->verify_audit().intact);
  for (const Attachment& a : record->attachments(id))
    CHECK(record->read_attachment(a.sha256).size() == a.bytes);
  record.reset();
  spit(disk.folder / "ballast", std::string(1 << 20, 'x'));  // not one byte left
  record = Record::open({disk.folder.path});
  CHECK(record->attachments(id).size() == n);
}

TEST_CASE("A file size limit must end in words, never in SIGXFSZ") {
  Folder folder;
  Child child([&](const auto& acknowledge) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{40'000, 40'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    auto writer =
        BdfWriter::create(folder / "ecg.bdf", ecg_spec(), [&](std::uint64_t k, auto) { acknowledge(k); });
    try {
      for (std::int64_t n = 0; n < 100'000; n += 50) writer->append(n * 2'000'000, run(n, 50));
    } catch (const RecordError& e) {
      _exit(e.fault() == Fault::full ? 40 : 41);
    }
  });
  CHECK(child.wait() == 40);
  const BdfReader reader = BdfReader::open(folder / "ecg.bdf");
  CHECK(reader.record_count() == (40'000 - 256 * 5) / (50 * 3 * 3 + 180));
  CHECK_FALSE(BdfReader::repair(folder / "ecg.bdf").changed);

  std::string exam, id;
  {
    auto record = Record::open({folder.path});
    exam = record->open_exam("nurse", record->begin_encounter("nurse"), "cough");
    id = record->add_capture("nurse", still(exam));
  }
  Child second([&](const auto& acknowledge) {
    auto record = Record::open({folder.path});
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{150'000, 150'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      for (std::uint64_t n = 0; n < 5000; ++n) {
        record->attach("nurse", id, bytes_of(content(n)), "image/jpeg", std::to_string(n) + ".jpg");
        acknowledge(n);
      }
    } catch (const RecordError& e) {
      _exit(e.fault() == Fault::full ? 40 : 41);
    }
  });
  std::uint64_t n = 0, count = 0;
  while (second.next(n)) ++count;
  CHECK(second.wait() == 40);
  REQUIRE(count > 3);
  auto record = Record::open({folder.path});
  CHECK(record->attachments(id).size() == count);
  CHECK(record->verify_audit().intact);
}
