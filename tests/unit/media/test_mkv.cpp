#include <fstream>
#include <iterator>

#include "mkv_help.hpp"

using namespace caukham::media;
using namespace test;

TEST_CASE("a recording must give back the camera's bytes, times to the millisecond and gaps as gaps") {
  test::TempFile file("a.mkv");
  std::string error;
  auto writer = MkvWriter::create(settings(file.path), error);
  REQUIRE(writer);
  std::vector<std::int64_t> times;
  for (std::uint32_t i = 0; i < 60; ++i) {
    times.push_back(start + i * 50 * ms + (i >= 30 ? 95'000 * ms : 0) + i * 1234);
    REQUIRE(writer->write(picture(i), times.back()));
  }
  CHECK(writer->written() == 60);
  REQUIRE(writer->finish());
  CHECK_FALSE(writer->write(picture(0), times.back() + ms));
  CHECK(writer->error() == "the recording is closed");

  auto reader = MkvReader::open(file.path, error);
  REQUIRE(reader);
  CHECK(reader->width() == 640);
  CHECK(reader->height() == 480);
  CHECK(reader->simulated());
  CHECK(reader->title() == "SIMULATED otoscope");
  CHECK(reader->start_ns() == start);
  CHECK(reader->duration_ns() >= 97'900 * ms);
  for (std::uint32_t i = 0; i < 60; ++i) {
    const auto p = reader->next();
    REQUIRE(p);
    CHECK(p->bytes == picture(i));
    CHECK(std::abs(p->time_ns - times[i]) <= ms / 2);
  }
  CHECK_FALSE(reader->next());
  REQUIRE(reader->seek(times[40] + 10 * ms));
  const auto at = reader->next();
  REQUIRE(at);
  CHECK(at->time_ns <= times[40] + 10 * ms);
  CHECK(at->time_ns >= times[29]);
}

TEST_CASE("a recording must never be written over, and times must not go back") {
  test::TempFile file("b.mkv");
  std::string error;
  auto writer = MkvWriter::create(settings(file.path), error);
  REQUIRE(writer);
  CHECK_FALSE(MkvWriter::create(settings(file.path), error));
  CHECK(error.find("exists already") != std::string::npos);
  MkvSettings nowhere = settings("/nonexistent-folder/c.mkv");
  CHECK_FALSE(MkvWriter::create(nowhere, error));
  CHECK(error.find("cannot be made") != std::string::npos);
  CHECK_FALSE(writer->write(picture(0), start - 1));
  CHECK(writer->error() == "a picture from the past");
  CHECK(writer->write(picture(0), start + 10 * ms));
  CHECK(writer->write(picture(1), start + 10 * ms));  // the same millisecond: put one behind
  CHECK_FALSE(writer->write(picture(2), start + 9 * ms));
  CHECK(writer->write(picture(2), start + 20 * ms));
  REQUIRE(writer->finish());
  const auto all = read_all(file.path);
  REQUIRE(all.size() == 3);
  CHECK(all[1].time_ns - all[0].time_ns == ms);
}

TEST_CASE("a file cut off anywhere must still give whole pictures in order") {
  test::TempFile file("d.mkv"), cut("e.mkv");
  std::string error;
  auto writer = MkvWriter::create(settings(file.path), error);
  REQUIRE(writer);
  for (std::uint32_t i = 0; i < 20; ++i) {
    REQUIRE(writer->write(picture(i), start + i * 50 * ms));
    if (i % 5 == 4) REQUIRE(writer->sync());
  }
  writer.reset();
  std::ifstream in(file.path, std::ios::binary);
  const Bytes whole{std::istreambuf_iterator<char>(in), {}};
  const std::uint32_t seed = test::seed();
  INFO("seed " << seed << " (CAUKHAM_SEED)");
  std::mt19937 random(seed);
  std::size_t most = 0;
  for (int round = 0; round < 60; ++round) {
    Bytes b(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(round % 2 == 0 ? random() % whole.size() : whole.size()));
    if (round % 2 == 1)
      for (int i = 0; i < 10; ++i) b[random() % b.size()] = static_cast<std::uint8_t>(random());
    std::ofstream(cut.path, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(b.data()), static_cast<std::streamsize>(b.size()));
    auto reader = MkvReader::open(cut.path, error);
    if (!reader) {
      CHECK_FALSE(error.empty());
      continue;
    }
    std::size_t n = 0;
    while (auto p = reader->next()) {
      if (round % 2 == 0) {  // only cut: what is there is right
        REQUIRE(n < 20);
        const Bytes& good = picture(static_cast<std::uint32_t>(n));
        REQUIRE(p->bytes.size() <= good.size());
        if (p->bytes.size() == good.size()) CHECK(p->bytes == good);
      }
      REQUIRE(++n < 2000);
    }
    most = std::max(most, n);
  }
  CHECK(most > 5);
}
