#include "media/mkv_reader.hpp"

#include <cstdlib>

#include "media/ffmpeg.hpp"

namespace caukham::media {
namespace {

class Reader final : public MkvReader {
 public:
  ~Reader() override { avformat_close_input(&demux_); }

  bool open(const std::string& path, std::string& why) {
    quiet_ffmpeg();
    packet_.reset(av_packet_alloc());
    // Matroska only: a recording's name must not make FFmpeg try its other two hundred parsers.
    const int r = avformat_open_input(&demux_, ("file:" + path).c_str(), const_cast<AVInputFormat*>(av_find_input_format("matroska")), nullptr);
    if (r < 0 || !packet_) return why = "the recording does not open: " + av_words(r), false;
    for (unsigned i = 0; i < demux_->nb_streams; ++i)
      if (demux_->streams[i]->codecpar->codec_id == AV_CODEC_ID_MJPEG) stream_ = demux_->streams[i];
    if (stream_ == nullptr) return why = "the recording holds no camera pictures", false;
    if (const auto* t = av_dict_get(demux_->metadata, "title", nullptr, 0)) title_ = t->value;
    if (const auto* t = av_dict_get(demux_->metadata, "CAUKHAM_START_NS", nullptr, 0)) start_ns_ = std::strtoll(t->value, nullptr, 10);
    return true;
  }

  std::optional<MkvPicture> next() override {
    while (av_read_frame(demux_, packet_.get()) >= 0) {
      std::optional<MkvPicture> picture;
      if (packet_->stream_index == stream_->index && packet_->size > 0 && packet_->pts != AV_NOPTS_VALUE &&
          (packet_->flags & AV_PKT_FLAG_CORRUPT) == 0) {
        picture.emplace();
        picture->bytes.assign(packet_->data, packet_->data + packet_->size);
        picture->time_ns = start_ns_ + av_rescale_q(packet_->pts, stream_->time_base, {1, 1000}) * 1'000'000;
      }
      av_packet_unref(packet_.get());
      if (picture) return picture;
    }
    return std::nullopt;
  }

  bool seek(std::int64_t time_ns) override {
    const std::int64_t ms = (time_ns - start_ns_) / 1'000'000;
    return av_seek_frame(demux_, stream_->index, av_rescale_q(ms < 0 ? 0 : ms, {1, 1000}, stream_->time_base), AVSEEK_FLAG_BACKWARD) >= 0;
  }

  int width() const override { return stream_->codecpar->width; }
  int height() const override { return stream_->codecpar->height; }
  std::int64_t start_ns() const override { return start_ns_; }
  std::int64_t duration_ns() const override { return demux_->duration > 0 ? demux_->duration * 1000 : 0; }
  bool simulated() const override { return av_dict_get(demux_->metadata, "SIMULATED", nullptr, 0) != nullptr; }
  const std::string& title() const override { return title_; }

 private:
  AVFormatContext* demux_ = nullptr;
  AVStream* stream_ = nullptr;
  PacketOwner packet_;
  std::int64_t start_ns_ = 0;
  std::string title_;
};

}  // namespace

std::unique_ptr<MkvReader> MkvReader::open(const std::string& path, std::string& error) {
  auto reader = std::make_unique<Reader>();
  if (!reader->open(path, error)) return nullptr;
  return reader;
}

}  // namespace caukham::media
