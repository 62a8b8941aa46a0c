// The recorder's promise: produced = recorded + lost, to the sample, and what is announced is what lies in the file.
#include <catch2/catch.hpp>
#include <filesystem>
#include <random>

#include "core/clock.hpp"
#include "record/bdf_reader.hpp"
#include "tests/lib/small_disk.hpp"
#include "station/exam_recorder.hpp"
#include "tests/lib/test_folder.hpp"

namespace {

using namespace caukham;
namespace fs = std::filesystem;

struct Folder : caukham::tests::TestFolder {
  Folder() : TestFolder("recorder") {}
};

core::StreamInfo ecg(core::StreamId id) {
  core::StreamInfo info;
  info.id = id;
  info.device = 1;
  info.device_kind = "ecg";
  info.device_name = "HackEEG SIMULATED";
  info.name = "ecg";
  info.unit = "uV";
  info.labels = {"I", "II"};
  info.rate_hz = 500;
  info.scale = 0.0477;
  info.digital_min = -8388608;
  info.digital_max = 8388607;
  info.simulated = true;
  return info;
}

core::ChunkPtr chunk(core::StreamId id, std::uint64_t first, std::uint32_t count) {
  auto c = std::make_shared<core::Chunk>();
  c->stream = id;
  c->first_sample = first;
  c->count = count;
  c->time_ns = 1'000'000'000 + static_cast<std::int64_t>(first) * 2'000'000;
  for (std::uint32_t i = 0; i < count; ++i) {
    c->samples.push_back(static_cast<std::int32_t>(first + i));
    c->samples.push_back(-static_cast<std::int32_t>(first + i));
  }
  return c;
}

}  // namespace

TEST_CASE("every sample of a stream is recorded or counted as lost, and gaps name their reason") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Folder folder;
  core::Hub hub;
  std::vector<std::vector<std::byte>> announced;
  std::vector<core::Gap> gaps;
  station::ExamRecorder::Handlers handlers;
  handlers.record = [&](core::StreamId, std::uint64_t index, std::span<const std::byte> bytes) {
    REQUIRE(index == announced.size());
    announced.emplace_back(bytes.begin(), bytes.end());
  };
  handlers.gap = [&](const core::Gap& gap) { gaps.push_back(gap); };
  std::uint64_t sent = 0, lost = 0, next = 777;  // an exam rarely begins with sample 0 of the stream
  const auto first = next;
  {
    station::ExamRecorder recorder(hub, folder.path, {"exam", "p", "Nguyễn Thị Ánh", "1979-03-08", "F"}, handlers);
    hub.publish(core::StreamAdded{ecg(7)});
    for (int i = 0; i < 400; ++i) {
      if (i > 0 && random() % 40 == 0) {
        const auto hole = 1 + random() % 700;
        core::Gap gap;
        gap.stream = 7;
        gap.length = hole;
        gap.reason = "plugin restarted";
        hub.publish(gap);
        next += hole;
        lost += hole;
      }
      const auto count = 1 + random() % 30;
      hub.publish(chunk(7, next, static_cast<std::uint32_t>(count)));
      next += count;
      sent += count;
    }
    recorder.finish();
    const auto totals = recorder.totals();
    REQUIRE(totals.size() == 1);
    CHECK(totals[0].recorded == sent);
    CHECK(totals[0].lost == lost);
    CHECK(totals[0].recorded + totals[0].lost == next - first);
    CHECK(totals[0].missed_chunks == 0);
    CHECK(totals[0].records == announced.size());
    std::uint64_t in_gaps = 0;
    for (const auto& gap : totals[0].gaps) {
      in_gaps += gap.length;
      CHECK(gap.reason == "plugin restarted");
    }
    CHECK(in_gaps == lost);
    CHECK(gaps.size() == totals[0].gaps.size());

    // The file tells the same story by itself, and holds exactly the bytes that were announced.
    const auto reader = record::BdfReader::open(totals[0].path);
    CHECK(reader.total_samples() == sent);
    REQUIRE(reader.record_count() == announced.size());
    record::EvidenceChain chain;
    for (std::uint64_t k = 0; k < announced.size(); ++k) {
      REQUIRE(reader.record_bytes(k) == announced[k]);
      chain.add(announced[k]);
    }
    CHECK(record::hex(chain.digest()) == totals[0].digest);
    std::uint64_t gaps_in_file = 0;
    for (const auto& gap : reader.gaps()) gaps_in_file += gap.lost;
    CHECK(gaps_in_file == lost);
  }
}

// What is sent while something is awaited, with an end: on a busy machine the recorder may not get its turn for long, and
// all that then waits must still find room on the small disk.
template <class Send, class Met>
static void send_while_waiting(Send send, Met met) {
  for (int sent = 0; !met(); std::this_thread::yield())
    if (sent < 2000) ++sent, send();
}

TEST_CASE("a disk that is full for a while must cost a gap of known length, named so, and nothing else") {
  test::SmallDisk disk(8'000'000);
  if (!disk.usable()) {
    WARN("skipped: no right to mount a small disk");
    return;
  }
  core::Hub hub;
  std::mutex mutex;
  std::vector<std::string> said;
  std::vector<core::Gap> gaps;
  station::ExamRecorder::Handlers handlers;
  handlers.problem = [&](const std::string& words) {
    const std::scoped_lock lock(mutex);
    said.push_back(words);
  };
  handlers.gap = [&](const core::Gap& gap) {
    const std::scoped_lock lock(mutex);
    gaps.push_back(gap);
  };
  const auto times_said = [&] {
    const std::scoped_lock lock(mutex);
    return said.size();
  };
  station::ExamRecorder recorder(hub, disk.path(), {"exam", "p", "A", "", "X"}, handlers);
  hub.publish(core::StreamAdded{ecg(7)});
  std::uint64_t next = 40;  // whole records are 50 samples: chunks of 30 never end with one
  const auto send = [&] {
    hub.publish(chunk(7, next, 30));
    next += 30;
  };
  const auto send_until = [&](auto met) { send_while_waiting(send, met); };
  send_until([&] { return recorder.record_count(7) >= 10; });
  disk.fill();
  send_until([&] { return times_said() >= 1; });
  for (int n = 0; n < 50; ++n) send();
  disk.free_space();
  send_until([&] { return times_said() >= 2; });
  hub.publish(core::ChunkPtr(chunk(7, next + 25, 30)));  // and a hole of the device's own
  next += 55;
  for (int n = 0; n < 10; ++n) send();
  recorder.finish();

  CHECK(said[0].find("full") != std::string::npos);
  CHECK(said[1].empty());
  CHECK(said.size() == 2);
  const auto totals = recorder.totals()[0];
  CHECK(totals.recorded + totals.lost == next - 40);
  std::uint64_t in_gaps = 0, full = 0;
  for (const auto& gap : totals.gaps) {
    in_gaps += gap.length;
    full += gap.reason == "disk full";
  }
  CHECK(in_gaps == totals.lost);
  CHECK(full == 1);
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0].reason == "disk full");
  CHECK(gaps[1].reason == "device lost samples");
  CHECK(gaps[1].length == 25);
  const auto reader = record::BdfReader::open(totals.path);
  CHECK(reader.total_samples() == totals.recorded);
  REQUIRE(reader.gaps().size() == 2);
  CHECK(reader.gaps()[0].reason == "disk full");
  CHECK(reader.gaps()[0].lost == gaps[0].length);
  CHECK(static_cast<std::uint64_t>(reader.gaps()[0].first_sample) == gaps[0].first_sample);
  // Every sample that is there is the one that was sent.
  for (std::uint64_t k = 0; k < reader.record_count(); ++k) {
    const auto at = record::grid_sample(500, reader.record(k).start_ns);
    const auto samples = reader.samples(k);
    for (std::size_t i = 0; i < samples[0].size(); ++i)
      REQUIRE(samples[0][i] == static_cast<std::int32_t>(40 + static_cast<std::uint64_t>(at) + i));
  }
}

TEST_CASE("a recording that cannot begin because the disk is full must begin when there is space, and say what is missing") {
  test::SmallDisk disk(8'000'000);
  if (!disk.usable()) {
    WARN("skipped: no right to mount a small disk");
    return;
  }
  disk.fill();
  core::Hub hub;
  std::atomic<int> troubles{0}, cured{0};
  station::ExamRecorder::Handlers handlers;
  handlers.problem = [&](const std::string& words) { ++(words.empty() ? cured : troubles); };
  station::ExamRecorder recorder(hub, disk.path(), {"exam", "p", "A", "", "X"}, handlers);
  hub.publish(core::StreamAdded{ecg(7)});
  std::uint64_t next = 0;
  const auto send = [&] {
    hub.publish(chunk(7, next, 30));
    next += 30;
  };
  send_while_waiting(send, [&] { return troubles > 0; });
  disk.free_space();
  send_while_waiting(send, [&] { return cured > 0; });
  recorder.finish();
  const auto totals = recorder.totals()[0];
  CHECK(troubles == 1);
  CHECK(totals.lost > 0);
  CHECK(totals.recorded + totals.lost == next);
  REQUIRE(totals.gaps.size() == 1);
  CHECK(totals.gaps[0].reason == "disk full");
  CHECK(totals.gaps[0].length == totals.lost);
}

TEST_CASE("records can be read back while the recorder goes on, and only whole ones") {
  Folder folder;
  core::Hub hub;
  station::ExamRecorder recorder(hub, folder.path, {"exam", "p", "A", "", "X"}, {});
  hub.publish(core::StreamAdded{ecg(3)});
  for (std::uint64_t i = 0; i < 20; ++i) hub.publish(chunk(3, i * 30, 30));
  while (recorder.record_count(3) < 11) std::this_thread::yield();
  CHECK(recorder.record_bytes(3, 0).has_value());
  CHECK_FALSE(recorder.record_bytes(3, 5000).has_value());
  CHECK_FALSE(recorder.record_bytes(99, 0).has_value());
  recorder.finish();
  CHECK(recorder.totals()[0].recorded == 600);
}

TEST_CASE("pictures and unknown streams are none of the recorder's business") {
  Folder folder;
  core::Hub hub;
  station::ExamRecorder recorder(hub, folder.path, {"exam", "p", "A", "", "X"}, {});
  hub.publish(chunk(55, 0, 10));
  auto video = ecg(4);
  video.kind = core::StreamKind::video;
  hub.publish(core::StreamAdded{video});
  recorder.finish();
  CHECK(recorder.totals().empty());
}
