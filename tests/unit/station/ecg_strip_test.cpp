#include "station/ecg_strip.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/evidence.hpp"
#include "tests/lib/test_folder.hpp"

namespace {
using namespace caukham;
namespace fs = std::filesystem;

struct Folder : caukham::tests::TestFolder {
  Folder() : TestFolder("strip") {}
};

record::WaveformSpec spec() {
  record::WaveformSpec s;
  s.label = "ecg";
  s.rate_hz = 500;
  s.start_utc_ns = 1'790'000'000'000'000'000;
  record::WaveformChannel c;
  c.label = "ECG I";
  s.channels = {c};
  s.simulated = true;
  return s;
}
}  // namespace

TEST_CASE("a strip holds the newest seconds, sample for sample, with the gaps of the recording") {
  Folder folder;
  const auto writer = record::BdfWriter::create(folder.path / "all.bdf", spec());
  std::vector<std::int32_t> second(500);
  std::int32_t value = 0;
  const auto add = [&](int seconds) {
    for (int s = 0; s < seconds; ++s) {
      for (auto& v : second) v = value++;
      writer->append(0, second);
    }
  };
  add(10);
  writer->gap(250, "plugin restarted");
  add(3);
  REQUIRE(station::cut_strip(folder.path / "all.bdf", folder.path / "strip.bdf", 5));
  writer->close();

  const auto strip = record::BdfReader::open(folder.path / "strip.bdf");
  REQUIRE(strip.gaps().size() == 1);
  CHECK(strip.gaps()[0].lost == 250);
  CHECK(strip.gaps()[0].reason == "plugin restarted");  // the strip knows as much as the recording
  CHECK(strip.spec().simulated);
  // 50 records: 3 s after the gap, 2 s before it
  CHECK(strip.total_samples() == 2500);
  std::vector<std::int32_t> samples;
  for (std::uint64_t k = 0; k < strip.record_count(); ++k) {
    const auto channels = strip.samples(k);
    samples.insert(samples.end(), channels[0].begin(), channels[0].end());
  }
  CHECK(samples.front() == value - 2500);
  CHECK(samples.back() == value - 1);
}

TEST_CASE("a strip of a frozen screen ends where the screen does, not now") {
  Folder folder;
  const auto writer = record::BdfWriter::create(folder.path / "all.bdf", spec());
  std::vector<std::int32_t> second(500);
  std::int32_t value = 0;
  for (int s = 0; s < 12; ++s) {
    for (auto& v : second) v = value++;
    writer->append(0, second);
  }
  REQUIRE(station::cut_strip(folder.path / "all.bdf", folder.path / "strip.bdf", 3, 6'950'000'000));
  const auto strip = record::BdfReader::open(folder.path / "strip.bdf");
  REQUIRE(strip.total_samples() == 1500);
  CHECK(strip.samples(0)[0].front() == 2000);
  CHECK(strip.samples(strip.record_count() - 1)[0].back() == 3499);  // the record in which 6.95 s lies is whole
  CHECK_FALSE(station::cut_strip(folder.path / "all.bdf", folder.path / "none.bdf", 3, 0));
}

TEST_CASE("a strip of a recording that has just begun is not made up") {
  Folder folder;
  const auto writer = record::BdfWriter::create(folder.path / "all.bdf", spec());
  CHECK_FALSE(station::cut_strip(folder.path / "all.bdf", folder.path / "strip.bdf", 5));
  CHECK_FALSE(fs::exists(folder.path / "strip.bdf"));
}
