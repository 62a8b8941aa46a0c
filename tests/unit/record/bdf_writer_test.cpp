#include <algorithm>
#include <limits>
#include <catch2/catch.hpp>
#include <edflib.h>
#include <optional>
#include <thread>

#include "bdf_sample.hpp"
#include "folder.hpp"
#include "record/bdf_format.hpp"
#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"

using namespace caukham::record;

namespace {

constexpr std::int64_t t0 = 77 * second_ns + 5;  // the station's clock at the first sample

bool has(const std::vector<BdfAnnotation>& all, const std::string& text) {
  for (const auto& a : all) {
    if (a.text == text) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("EDFlib must read a continuous file with equal samples, names and remarks") {
  Folder folder;
  const auto path = folder / "ecg.bdf";
  auto writer = BdfWriter::create(path, ecg_spec());
  for (std::int64_t n = 0; n < 1500; n += 30) writer->append(t0 + n * 2'000'000, run(n, 30));
  REQUIRE(writer->annotate(t0 + second_ns, 250'000'000, "Bệnh nhân cử động"));
  writer->append(t0 + 3 * second_ns, run(1500, 17));
  writer->close();
  CHECK(std::filesystem::file_size(path) == 256 * 5 + 31 * (50 * 3 * 3 + 180));

  edf_hdr_struct h{};
  const int opened = edfopen_file_readonly(path.string().c_str(), &h, EDFLIB_READ_ALL_ANNOTATIONS);
  INFO("EDFlib says " << h.filetype);
  REQUIRE(opened == 0);
  CHECK(h.filetype == EDFLIB_FILETYPE_BDFPLUS);
  CHECK(h.edfsignals == 3);
  CHECK(h.datarecords_in_file == 31);
  CHECK(h.datarecord_duration == EDFLIB_TIME_DIMENSION / 10);
  CHECK(h.starttime_subsecond == 1'234'567);  // 100 ns
  CHECK(std::string(h.patient_name) == "Nguyen Thi Anh");
  CHECK(std::string(h.gender) == "Female");
  CHECK((h.birthdate_day == 2 && h.birthdate_month == 5 && h.birthdate_year == 1980));
  CHECK(std::string(h.signalparam[1].label).substr(0, 5) == "ECG 2");
  CHECK(h.signalparam[0].phys_max == Approx(8388607 * 0.07152557373046875).epsilon(1e-5));
  for (int c = 0; c < 3; ++c) {
    std::vector<int> got(1550);
    REQUIRE(edfread_digital_samples(h.handle, c, 1550, got.data()) == 1550);
    for (std::int64_t n = 0; n < 1517; ++n) REQUIRE(got[static_cast<std::size_t>(n)] == value(n, c));
    for (std::size_t n = 1517; n < 1550; ++n) REQUIRE(got[n] == bdf_min);
  }
  std::vector<std::string> texts;
  for (int i = 0; i < h.annotations_in_file; ++i) {
    edf_annotation_struct a{};
    REQUIRE(edf_get_annotation(h.handle, i, &a) == 0);
    texts.emplace_back(a.annotation);
    if (texts.back() == "Bệnh nhân cử động") CHECK(a.onset == EDFLIB_TIME_DIMENSION);
  }
  edfclose_file(h.handle);
  CHECK(texts == std::vector<std::string>{"padding 33 samples", "Bệnh nhân cử động"});
}

TEST_CASE("Our reader must give back the specification and every sample") {
  Folder folder;
  WaveformSpec spec = ecg_spec();
  spec.simulated = true;
  auto writer = BdfWriter::create(folder / "ecg.bdf", spec);
  writer->append(t0, run(0, 1234));
  writer->close();
  writer->close();
  const BdfReader reader = BdfReader::open(folder / "ecg.bdf");
  CHECK(reader.spec().simulated);
  CHECK(reader.spec().label == "ecg");
  CHECK(reader.spec().rate_hz == 500);
  CHECK(reader.spec().samples_per_record == 50);
  CHECK(reader.spec().start_utc_ns == start_utc_ns);
  CHECK(reader.spec().utc_offset_min == 420);
  CHECK(reader.spec().patient_birth_date == "1980-05-02");
  CHECK(reader.spec().patient_name == "Nguyen Thi Anh");
  CHECK(reader.spec().channels[2].scale == 0.07152557373046875);
  CHECK(reader.spec().channels[2].prefilter == "HP:0.05Hz LP:150Hz");
  CHECK_FALSE(reader.discontinuous());
  CHECK(reader.total_samples() == 1234);
  CHECK(has(reader.record(0).annotations, "SIMULATED"));
  std::int64_t n = 0;
  for (std::uint64_t k = 0; k < reader.record_count(); ++k) {
    const auto samples = reader.samples(k);
    for (std::size_t i = 0; i < samples[0].size(); ++i, ++n) {
      for (int c = 0; c < 3; ++c) REQUIRE(samples[static_cast<std::size_t>(c)][i] == value(n, c));
    }
  }
  CHECK(n == 1234);
}

TEST_CASE("Gaps must be true to the sample and to the nanosecond") {
  Folder folder;
  WaveformSpec spec = ecg_spec(1);
  spec.rate_hz = GENERATE(500.0, 300.0, 977.0, 128.0, 1142.857);
  const auto path = folder / "gap.bdf";
  auto writer = BdfWriter::create(path, spec);
  const double rate = spec.rate_hz;
  struct Piece { std::int64_t measured, lost; };
  const Piece pieces[] = {{123, 7}, {500, 1}, {3, 100'000}, {1000, 250}, {61, 0}};
  std::int64_t n = 0;
  for (const auto& p : pieces) {
    for (std::int64_t i = 0; i < p.measured; i += 41)
      writer->append(t0 + grid_ns(rate, n + i), run(n + i, std::min<std::int64_t>(41, p.measured - i), 1));
    n += p.measured;
    if (p.lost > 100) {  // told in two pieces
      writer->gap(100, "USB: thiết bị mất kết nối");
      writer->gap(static_cast<std::uint64_t>(p.lost - 100), "USB: thiết bị mất kết nối");
    } else if (p.lost > 0) {
      writer->gap(static_cast<std::uint64_t>(p.lost), "radio");
    }
    n += p.lost;
  }
  CHECK(writer->clock_offset_ns() == 0);
  CHECK(writer->lost() == 100'258);
  writer->close();

  const BdfReader reader = BdfReader::open(path);
  CHECK(reader.discontinuous());
  CHECK(reader.spec().rate_hz == rate);
  CHECK(reader.total_samples() == 123 + 500 + 3 + 1000 + 61);
  const auto gaps = reader.gaps();
  REQUIRE(gaps.size() == 4);
  const std::int64_t first[] = {123, 630, 634, 101'634};
  const std::uint64_t lost[] = {7, 1, 100'000, 250};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(gaps[i].first_sample == first[i]);
    CHECK(gaps[i].lost == lost[i]);
    CHECK(gaps[i].reason == (lost[i] > 100 ? "USB: thiết bị mất kết nối" : "radio"));
    CHECK(reader.record(gaps[i].record).start_ns ==
          grid_ns(rate, first[i] + static_cast<std::int64_t>(lost[i])));
  }
  std::vector<std::int64_t> seen;
  for (std::uint64_t k = 0; k < reader.record_count(); ++k) {
    const BdfRecord r = reader.record(k);
    const std::int64_t at = grid_sample(rate, r.start_ns);
    for (std::size_t i = 0; i < r.valid; ++i)
      REQUIRE(r.channels[0][i] == value(at + static_cast<std::int64_t>(i), 0));
  }
  edf_hdr_struct h{};
  CHECK(edfopen_file_readonly(path.string().c_str(), &h, EDFLIB_DO_NOT_READ_ANNOTATIONS) == -1);
  CHECK(h.filetype == EDFLIB_FILE_IS_DISCONTINUOUS);  // valid up to there, only not EDFlib's kind
}

TEST_CASE("The evidence stream must be the file, record by record, while it grows") {
  Folder folder;
  const auto path = folder / "live.bdf";
  std::vector<std::vector<std::byte>> sent;
  EvidenceChain station;
  std::optional<BdfReader> reader;
  auto writer = BdfWriter::create(path, ecg_spec(), [&](std::uint64_t k, std::span<const std::byte> bytes) {
    REQUIRE(k == sent.size());
    sent.emplace_back(bytes.begin(), bytes.end());
    station.add(bytes);
    REQUIRE(reader->record_count() == k + 1);
    REQUIRE(reader->record_bytes(k) == sent.back());
  });
  reader = BdfReader::open(path);
  writer->append(t0, run(0, 333));
  writer->gap(10, "test");
  writer->append(t0, run(343, 90));
  writer->close();
  REQUIRE(sent.size() == 9);
  std::vector<std::byte> whole = reader->header_bytes();
  EvidenceChain specialist;
  for (std::uint64_t k = 0; k < reader->record_count(); ++k) {
    specialist.add(reader->record_bytes(k));
    whole.insert(whole.end(), sent[k].begin(), sent[k].end());
  }
  CHECK(specialist.digest() == station.digest());
  CHECK(slurp(path) == std::string(reinterpret_cast<const char*>(whole.data()), whole.size()));
  EvidenceChain short_one;
  for (std::size_t k = 0; k + 1 < sent.size(); ++k) short_one.add(sent[k]);
  CHECK(short_one.digest() != station.digest());
}

TEST_CASE("A reader on another thread must see whole records only while the writer appends") {
  Folder folder;
  auto writer = BdfWriter::create(folder / "live.bdf", ecg_spec());
  const BdfReader reader = BdfReader::open(folder / "live.bdf");
  constexpr std::uint64_t all = 3000;
  std::uint64_t wrong = 0;
  std::thread other([&] {
    for (std::uint64_t k = 0; k < all; ++k) {
      while (reader.record_count() <= k) std::this_thread::yield();
      const BdfRecord r = reader.record(k);
      for (std::size_t i = 0; i < r.valid; ++i)
        wrong += r.channels[2][i] != value(static_cast<std::int64_t>(k * 50 + i), 2);
      wrong += r.valid != 50;
    }
  });
  for (std::uint64_t k = 0; k < all; ++k) writer->append(t0, run(static_cast<std::int64_t>(k * 50), 50));
  other.join();
  CHECK(wrong == 0);
  CHECK(writer->sync(true));
}

TEST_CASE("Long and many remarks must be spread over records without breaking a character") {
  Folder folder;
  auto writer = BdfWriter::create(folder / "a.bdf", ecg_spec());
  std::string text;
  for (int i = 0; i < 90; ++i) text += "Điện tâm đồ " + std::to_string(i) + "\n";
  REQUIRE(writer->annotate(t0 + 1, 5, text));
  REQUIRE(writer->annotate(t0 - second_ns, -1, "sớm\x14" "\x15"));
  int taken = 2;
  while (writer->annotate(t0 + 2, -1, "more")) ++taken;
  CHECK(taken == 64);
  writer->append(t0, run(0, 100));
  writer->close();
  std::replace(text.begin(), text.end(), '\n', ' ');
  const BdfReader reader = BdfReader::open(folder / "a.bdf");
  const auto all = reader.annotations();
  REQUIRE(all.size() == 64);
  CHECK(all[0].text == text);
  CHECK(all[0].duration_ns == 5);
  CHECK(all[0].onset_ns == 1);
  CHECK(all[1].text == "sớm  ");
  CHECK(all[1].onset_ns == -second_ns);
  CHECK(reader.total_samples() == 100);
}

TEST_CASE("A specification that the format cannot hold must be refused in words") {
  Folder folder;
  const auto refused = [&](auto&& change, const char* words) {
    WaveformSpec spec = ecg_spec();
    change(spec);
    CHECK_THROWS_WITH(BdfWriter::create(folder / "x.bdf", spec), Catch::Contains(words));
    CHECK_FALSE(std::filesystem::exists(folder / "x.bdf"));
  };
  refused([](auto& s) { s.channels.clear(); }, "channels");
  refused([](auto& s) { s.rate_hz = 0; }, "rate");
  refused([](auto& s) { s.rate_hz = std::numeric_limits<double>::quiet_NaN(); }, "rate");
  refused([](auto& s) { s.channels[1].digital_min = -9'000'000; }, "'ECG 2'");
  refused([](auto& s) { s.channels[0].scale = 4.88; }, "another unit");
  refused([](auto& s) { s.channels[0].scale = -1; }, "scale");
  refused([](auto& s) { s.start_utc_ns = 0; }, "clock");
  refused([](auto& s) { s.annotation_bytes = 60; }, "annotation_bytes");
  BdfWriter::create(folder / "x.bdf", ecg_spec())->close();
  CHECK_THROWS_AS(BdfWriter::create(folder / "x.bdf", ecg_spec()), RecordError);  // never overwritten
}

TEST_CASE("Values beyond 24 bits must be clipped, counted and remarked") {
  Folder folder;
  auto writer = BdfWriter::create(folder / "c.bdf", ecg_spec(1));
  const std::vector<std::int32_t> wild = {2147483647, -2147483647 - 1, 8388607, -8388608, 5};
  writer->append(t0, wild);
  CHECK(writer->clipped() == 2);
  writer->close();
  const BdfReader reader = BdfReader::open(folder / "c.bdf");
  CHECK(reader.samples(0)[0] == std::vector<std::int32_t>{bdf_max, bdf_min, bdf_max, bdf_min, 5});
  CHECK(reader.annotations().size() == 1);
}

TEST_CASE("The clock's drift from the grid must be told, not hidden in the times") {
  Folder folder;
  auto writer = BdfWriter::create(folder / "d.bdf", ecg_spec(1));
  writer->append(t0, run(0, 500, 1));
  writer->append(t0 + second_ns + 20'000'000, run(500, 50, 1));
  CHECK(writer->clock_offset_ns() == 20'000'000);
  writer->close();
  const BdfReader reader = BdfReader::open(folder / "d.bdf");
  CHECK(reader.record(10).start_ns == second_ns);
  REQUIRE(reader.annotations().size() == 1);
  CHECK(reader.annotations()[0].text ==
        "clock: the station's clock is +0.02 s from the sample grid at the end");
}

TEST_CASE("Record lengths must be exact decimals where the rate has one") {
  CHECK(samples_per_record_for(500) == 50);
  CHECK(samples_per_record_for(1000) == 100);
  CHECK(samples_per_record_for(300) == 30);
  CHECK(samples_per_record_for(128) == 14);   // 0.109375 s; 13 / 128 has seven decimals
  CHECK(samples_per_record_for(256) == 28);
}

TEST_CASE("Digests must be those of the standards") {
  CHECK(hex(sha256(bytes_of("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(crc32_of(bytes_of("123456789")) == 0xCBF43926);
  EvidenceChain chain;
  CHECK(chain.digest() == Digest{});
  std::vector<std::byte> both(32);
  for (const char c : {'a', 'b', 'c'}) both.push_back(static_cast<std::byte>(c));
  chain.add(bytes_of("abc"));
  CHECK(chain.digest() == sha256(both));
  CHECK(chain.records() == 1);
  const std::string a = new_uuid(), b = new_uuid();
  CHECK((a != b && a.size() == 36 && a[14] == '4' && a[8] == '-'));
}

TEST_CASE("Reserved fields must stay empty, and scale and rate be exact all the same, also in files that used them") {
  Folder folder;
  auto spec = ecg_spec();
  spec.channels[0].scale = 0.047683721504655066;
  spec.channels[0].transducer = "AgAgCl electrode";
  BdfWriter::create(folder / "new.bdf", spec)->close();
  std::string file = slurp(folder / "new.bdf");
  const std::size_t signals = spec.channels.size() + 1, reserved = 256 + signals * 224, transducers = 256 + signals * 16;
  CHECK(file.substr(reserved, signals * 32) == std::string(signals * 32, ' '));
  const auto check = [&](const std::filesystem::path& path, const std::string& transducer) {
    const auto read = BdfReader::open(path).spec();
    CHECK(read.channels[0].scale == spec.channels[0].scale);
    CHECK(read.channels[0].transducer == transducer);
    CHECK(read.rate_hz == spec.rate_hz);
  };
  check(folder / "new.bdf", "AgAgCl electrode");
  // As it was written until November 2026.
  file.replace(transducers, 80, std::string(80, ' '));
  file.replace(reserved, 26, "scale=0.047683721504655066");
  for (std::size_t i = 1; i + 1 < signals; ++i) file.replace(transducers + 80 * i, 80, std::string(80, ' '));
  file.replace(reserved + 32 * (signals - 1), 8, "rate=500");
  spit(folder / "old.bdf", file);
  check(folder / "old.bdf", "");
}
