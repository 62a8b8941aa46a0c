// Files that somebody broke, on purpose or not.
#include <catch2/catch.hpp>
#include <random>

#include "bdf_sample.hpp"
#include "folder.hpp"
#include "record/bdf_format.hpp"
#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/error.hpp"

using namespace caukham::record;

namespace {

std::string sound_file(const std::filesystem::path& path) {
  auto writer = BdfWriter::create(path, ecg_spec());
  writer->append(0, run(0, 120));
  writer->gap(3, "test");
  writer->append(0, run(123, 60));
  writer->close();
  return slurp(path);
}

// Everything a reader offers; only RecordError may come out of it.
bool read_all(const std::filesystem::path& path) {
  try {
    const BdfReader reader = BdfReader::open(path);
    for (std::uint64_t k = 0; k < std::min<std::uint64_t>(reader.record_count(), 8); ++k) reader.record(k);
    reader.annotations();
    reader.gaps();
    reader.total_samples();
    return true;
  } catch (const RecordError& e) {
    CHECK(std::string(e.what()).size() > 20);
    return false;
  }
}

}  // namespace

TEST_CASE("A file cut at any byte must open up to its last whole record or be refused in words") {
  Folder folder;
  const std::string good = sound_file(folder / "good.bdf");
  const std::size_t header = 256 * 5, one = 50 * 9 + 180;
  for (std::size_t size = 0; size < good.size();
       size += size < 20 || size > header - 5 ? 1 + size / 300 : 61) {
    spit(folder / "cut.bdf", std::string_view(good).substr(0, size));
    if (size < header) {
      CHECK_FALSE(read_all(folder / "cut.bdf"));
      CHECK_THROWS_AS(BdfReader::repair(folder / "cut.bdf"), RecordError);
      continue;
    }
    REQUIRE(read_all(folder / "cut.bdf"));
    const BdfRepair repair = BdfReader::repair(folder / "cut.bdf");
    REQUIRE(repair.records == (size - header) / one);
    REQUIRE(repair.removed_bytes == (size - header) % one);
    REQUIRE(std::filesystem::file_size(folder / "cut.bdf") == header + repair.records * one);
    REQUIRE(slurp(folder / "cut.bdf").substr(header_count_at, 8) == count_field(repair.records));
  }
}

TEST_CASE("Corrupt and random files must never do more than be refused") {
  Folder folder;
  const std::string good = sound_file(folder / "good.bdf");
  std::mt19937 random(7);
  int survived = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string bad = good;
    const std::size_t area = i % 2 ? 256 * 5 : bad.size();
    for (unsigned k = 0; k < 1 + random() % 6; ++k) {
      static constexpr std::string_view likely = "0123456789-+. \x14\x15";
      bad[random() % area] = i % 3 ? likely[random() % likely.size()] : static_cast<char>(random());
    }
    spit(folder / "bad.bdf", bad);
    survived += read_all(folder / "bad.bdf");
  }
  CHECK(survived > 100);
  CHECK(survived < 4000);
  for (int i = 0; i < 500; ++i) {
    std::string noise(random() % 4000, ' ');
    for (char& c : noise) c = static_cast<char>(random());
    if (i % 2 && noise.size() > 8) noise.replace(0, 8, "\xff" "BIOSEMI");
    spit(folder / "noise.bdf", noise);
    CHECK_FALSE(read_all(folder / "noise.bdf"));
  }
}

TEST_CASE("A received record of the wrong size or without a time must be refused") {
  WaveformSpec spec = ecg_spec();
  spec.samples_per_record = 50;
  std::vector<std::byte> bytes(record_size(spec));
  CHECK_THROWS_AS(decode_record(spec, bytes), RecordError);
  bytes.pop_back();
  CHECK_THROWS_AS(decode_record(spec, bytes), RecordError);
}

TEST_CASE("A file that is being written must not be repaired under its writer") {
  Folder folder;
  auto writer = BdfWriter::create(folder / "live.bdf", ecg_spec());
  writer->append(0, run(0, 120));
  CHECK_THROWS_WITH(BdfReader::repair(folder / "live.bdf"), Catch::Contains("being recorded"));
  writer->close();
  CHECK_FALSE(BdfReader::repair(folder / "live.bdf").changed);
  CHECK_THROWS_AS(BdfReader::open(folder.path), RecordError);
  CHECK_THROWS_AS(BdfReader::open(folder / "absent.bdf"), RecordError);
}

TEST_CASE("Annotation times must be written and read to the nanosecond") {
  CHECK(tal_seconds(1'500'000'000, true) == "+1.5");
  CHECK(tal_seconds(-1, true) == "-0.000000001");
  CHECK(tal_seconds(0, false) == "0");
  std::mt19937_64 random(3);
  for (int i = 0; i < 1000; ++i) {
    const auto ns = static_cast<std::int64_t>(random() % 400'000'000'000'000'000) - 200'000'000'000'000'000;
    const auto all = parse_tals(tal(0, -1, "") + tal(ns, i, "đo"));
    REQUIRE(all.size() == 2);
    REQUIRE(all[1].onset_ns == ns);
    REQUIRE(all[1].duration_ns == i);
    REQUIRE(all[1].text == "đo");
  }
}
