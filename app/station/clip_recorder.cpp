#include "station/clip_recorder.hpp"

#include "core/clock.hpp"
#include "media/mkv_writer.hpp"
#include "media/still.hpp"

namespace caukham::station {

ClipRecorder::ClipRecorder(core::Hub& hub, core::StreamInfo info, std::filesystem::path path, int seconds,
                           Taken taken, std::string ask)
    : hub_(hub), info_(std::move(info)), seconds_(seconds), taken_(std::move(taken)), ask_(std::move(ask)) {
  result_.path = std::move(path);
  // Pictures wait here while the disk is slow: ten seconds of them before one is dropped.
  inbox_ = hub_.subscribe({.waveform_chunks = 0, .pictures = 300});
  thread_ = std::thread([this] { run(); });
}

ClipRecorder::~ClipRecorder() { finish(); }

void ClipRecorder::run() {
  std::unique_ptr<media::MkvWriter> writer;
  const auto begin_ns = core::now_ns();
  const auto end_ns = begin_ns + static_cast<std::int64_t>(seconds_) * 1'000'000'000;
  while (!stop_ && core::now_ns() < end_ns && result_.problem.empty()) {
    for (const auto& item : inbox_->take(std::chrono::milliseconds(100))) {
      const auto* pointer = std::get_if<core::ChunkPtr>(&item);
      if (!pointer || (*pointer)->stream != info_.id || (*pointer)->time_ns < begin_ns) continue;
      const auto& chunk = **pointer;
      media::JpegInfo jpeg;
      std::string why;
      if (!media::inspect_jpeg(chunk.picture, jpeg, why)) continue;
      if (!writer) {
        writer = media::MkvWriter::create({result_.path.string(), jpeg.width, jpeg.height, chunk.time_ns,
                                           core::to_unix_ns(chunk.time_ns) / 1000, info_.device_kind, info_.simulated},
                                          result_.problem);
        if (!writer) break;
        result_.first_jpeg = std::make_shared<const std::vector<std::uint8_t>>(chunk.picture);
      }
      if (!writer->write(chunk.picture, chunk.time_ns)) {
        result_.problem = writer->error();
        break;
      }
    }
    if (writer) writer->flush();
  }
  if (writer) {
    if (!writer->finish() && result_.problem.empty()) result_.problem = writer->error();
    result_.pictures = writer->written();
  }
  result_.ended_ns = core::now_ns();
  done_ = true;
}

ClipRecorder::Result ClipRecorder::finish() {
  stop_ = true;
  if (thread_.joinable()) {
    thread_.join();
    hub_.unsubscribe(inbox_);
  }
  return result_;
}

}  // namespace caukham::station
