// A film in Matroska with a camera's own JPEG pictures.
#include <algorithm>
#include <stdexcept>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/error.h>
}

#include <caukham/cpp/host.hpp>

#include "recording.hpp"

namespace caukham::plugins::replay {
namespace {

class Film final : public Recording {
 public:
  explicit Film(const std::string& path) {
    av_log_set_level(AV_LOG_QUIET);
    // Matroska only: a recording's name must not make FFmpeg try its other two hundred parsers.
    const int r = avformat_open_input(&demux_, ("file:" + path).c_str(),
                                      const_cast<AVInputFormat*>(av_find_input_format("matroska")), nullptr);
    packet_ = av_packet_alloc();
    if (r < 0 || !packet_) throw std::runtime_error("the recording " + path + " does not open as Matroska");
    for (unsigned i = 0; i < demux_->nb_streams; ++i)
      if (demux_->streams[i]->codecpar->codec_id == AV_CODEC_ID_MJPEG) stream_ = demux_->streams[i];
    if (!stream_) throw std::runtime_error("the recording " + path + " holds no camera pictures");
    if (const auto* t = av_dict_get(demux_->metadata, "creation_time", nullptr, 0)) start_unix_ns_ = calendar_ns(t->value);
    const Size size{static_cast<std::uint32_t>(std::max(1, stream_->codecpar->width)),
                    static_cast<std::uint32_t>(std::max(1, stream_->codecpar->height))};
    streams_.push_back(video_stream(size, measured_rate_hz()));
  }
  ~Film() override {
    av_packet_free(&packet_);
    avformat_close_input(&demux_);
  }

  const std::vector<ck_stream_info>& streams() const override { return streams_; }
  double duration_s() const override { return demux_->duration > 0 ? static_cast<double>(demux_->duration) / AV_TIME_BASE : 0; }
  std::int64_t start_unix_ns() const override { return start_unix_ns_; }
  const std::vector<Remark>& remarks() const override { return remarks_; }

  bool seek(std::int64_t from_ns, std::int64_t to_ns) override {
    from_ns_ = from_ns;
    to_ns_ = to_ns;
    return av_seek_frame(demux_, stream_->index, av_rescale_q(from_ns, {1, 1'000'000'000}, stream_->time_base),
                         AVSEEK_FLAG_BACKWARD) >= 0;
  }

  std::optional<Piece> next() override {
    while (av_read_frame(demux_, packet_) >= 0) {
      std::optional<Piece> piece;
      if (packet_->stream_index == stream_->index && packet_->size > 0 && packet_->pts != AV_NOPTS_VALUE &&
          (packet_->flags & AV_PKT_FLAG_CORRUPT) == 0) {
        const auto at_ns = av_rescale_q(packet_->pts, stream_->time_base, {1, 1'000'000'000});
        if (at_ns >= to_ns_) return av_packet_unref(packet_), std::nullopt;
        if (at_ns >= from_ns_) {
          piece.emplace();
          piece->at_ns = at_ns;
          piece->count = 1;
          piece->picture.assign(packet_->data, packet_->data + packet_->size);
        }
      }
      av_packet_unref(packet_);
      if (piece && piece->picture.size() <= most_picture_bytes) return piece;
    }
    return std::nullopt;
  }

 private:
  // Of the first pictures: what a file claims of its rate is often made up.
  double measured_rate_hz() {
    std::int64_t first_ns = -1, last_ns = 0;
    int pictures = 0;
    for (; pictures < 30; ++pictures) {
      const auto piece = next();
      if (!piece) break;
      if (first_ns < 0) first_ns = piece->at_ns;
      last_ns = piece->at_ns;
    }
    seek(0, INT64_MAX);
    return pictures > 1 && last_ns > first_ns ? std::clamp((pictures - 1) * 1e9 / static_cast<double>(last_ns - first_ns), 0.1, 1000.0) : 1;
  }

  static std::int64_t calendar_ns(const char* text) {  // "2026-11-22T05:06:07.123456Z"
    int y = 0, mo = 0, d = 0, h = 0, m = 0;
    double s = 0;
    if (std::sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lf", &y, &mo, &d, &h, &m, &s) != 6 || y < 1970 || y > 9999 || mo < 1 || mo > 12) return 0;
    y -= mo <= 2;  // days of the civil calendar: howardhinnant.github.io/date_algorithms.html
    const int era = y / 400, of_era = y - era * 400, of_year = (153 * (mo + (mo > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    const std::int64_t days = era * 146097ll + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
    return (days * 86400 + h * 3600 + m * 60) * 1'000'000'000 + static_cast<std::int64_t>(s * 1e9);
  }

  AVFormatContext* demux_ = nullptr;
  AVStream* stream_ = nullptr;
  AVPacket* packet_ = nullptr;
  std::vector<ck_stream_info> streams_;
  std::vector<Remark> remarks_;
  std::int64_t start_unix_ns_ = 0, from_ns_ = 0, to_ns_ = INT64_MAX;
};

}  // namespace

std::unique_ptr<Recording> open_pictures(const std::string& path) { return std::make_unique<Film>(path); }

}  // namespace caukham::plugins::replay
