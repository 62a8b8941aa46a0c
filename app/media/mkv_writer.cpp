#include "media/mkv_writer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

#include "media/ffmpeg.hpp"
#include "media/new_file.hpp"

namespace caukham::media {
namespace {

constexpr AVRational milliseconds{1, 1000};

#if LIBAVFORMAT_VERSION_MAJOR >= 61
using Written = const std::uint8_t*;
#else
using Written = std::uint8_t*;
#endif

int write_bytes(void* file, Written bytes, int n) {
  return static_cast<NewFile*>(file)->write(bytes, static_cast<std::size_t>(n)) ? n : AVERROR(EIO);
}
std::int64_t seek_bytes(void* file, std::int64_t offset, int whence) {
  if (whence == AVSEEK_SIZE) return AVERROR(ENOSYS);
  return static_cast<NewFile*>(file)->seek(offset, whence);
}

// As FFmpeg wants its creation_time.
std::string iso8601(std::int64_t unix_us) {
  namespace ch = std::chrono;
  const ch::sys_time<ch::microseconds> at{ch::microseconds(unix_us)};
  const auto day = ch::floor<ch::days>(at);
  const ch::year_month_day date(day);
  const ch::hh_mm_ss time(at - day);
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text;
}

class Writer final : public MkvWriter {
 public:
  ~Writer() override { close(); }

  bool open(const MkvSettings& s) {
    quiet_ffmpeg();
    start_ns_ = s.start_ns;
    if (s.width < 2 || s.height < 2 || s.width > max_edge_px || s.height > max_edge_px)
      return error_ = "no video of " + std::to_string(s.width) + " × " + std::to_string(s.height), false;
    if (!file_.create(s.path, error_)) return false;
    if (avformat_alloc_output_context2(&mux_, nullptr, "matroska", nullptr) < 0) return error_ = "this FFmpeg writes no Matroska", false;
    auto* buffer = static_cast<unsigned char*>(av_malloc(64 * 1024));
    mux_->pb = avio_alloc_context(buffer, 64 * 1024, 1, &file_, nullptr, write_bytes, seek_bytes);
    packet_.reset(av_packet_alloc());
    AVStream* stream = avformat_new_stream(mux_, nullptr);
    if (mux_->pb == nullptr || !packet_ || stream == nullptr) return error_ = "out of memory", false;
    mux_->flags |= AVFMT_FLAG_CUSTOM_IO;
    AVCodecParameters& c = *stream->codecpar;
    c.codec_type = AVMEDIA_TYPE_VIDEO;
    c.codec_id = AV_CODEC_ID_MJPEG;
    c.width = s.width;
    c.height = s.height;
    c.color_range = AVCOL_RANGE_JPEG;
    c.color_space = AVCOL_SPC_SMPTE170M;
    stream->time_base = milliseconds;
    std::string title = s.title;
    if (s.simulated) title = title.empty() ? "SIMULATED" : "SIMULATED " + title;
    if (!title.empty()) av_dict_set(&mux_->metadata, "title", title.c_str(), 0);
    if (s.simulated) av_dict_set(&mux_->metadata, "SIMULATED", "1", 0);
    av_dict_set(&mux_->metadata, "CAUKHAM_START_NS", std::to_string(s.start_ns).c_str(), 0);
    if (s.start_unix_us > 0) av_dict_set(&mux_->metadata, "creation_time", iso8601(s.start_unix_us).c_str(), 0);
    AVDictionary* o = nullptr;
    av_dict_set(&o, "cluster_time_limit", "1000", 0);  // at most a second hangs on a flush that never comes
    av_dict_set(&o, "reserve_index_space", "0", 0);
    const int r = avformat_write_header(mux_, &o);
    av_dict_free(&o);
    if (r < 0) return fail("the recording cannot be begun", r);
    header_ = true;
    return flush();
  }

  bool write(ByteView jpeg, std::int64_t time_ns) override {
    if (!ready()) return false;
    if (jpeg.empty() || jpeg.size() > std::numeric_limits<int>::max() / 2) return refuse("an empty or endless picture");
    if (time_ns < start_ns_ || time_ns < last_ns_) return refuse("a picture from the past");
    last_ns_ = time_ns;
    const std::int64_t ms = std::max((time_ns - start_ns_ + 500'000) / 1'000'000, last_ms_ + 1);
    last_ms_ = ms;
    AVPacket& p = *packet_;
    p.data = const_cast<std::uint8_t*>(jpeg.data());
    p.size = static_cast<int>(jpeg.size());
    p.pts = p.dts = av_rescale_q(ms, milliseconds, mux_->streams[0]->time_base);
    p.duration = 0;
    p.flags = AV_PKT_FLAG_KEY;
    p.stream_index = 0;
    const int r = av_write_frame(mux_, &p);
    av_packet_unref(&p);
    if (r < 0 || mux_->pb->error < 0) return fail("a picture could not be written", r < 0 ? r : mux_->pb->error);
    ++written_;
    return true;
  }

  bool flush() override {
    if (!ready()) return false;
    const int r = av_write_frame(mux_, nullptr);  // Matroska: ends the cluster
    avio_flush(mux_->pb);
    if (r < 0 || mux_->pb->error < 0) return fail("the recording could not be written", r < 0 ? r : mux_->pb->error);
    return true;
  }

  bool sync() override {
    if (!flush()) return false;
    if (!file_.sync()) return fail("the disk did not take the recording", AVERROR(EIO));
    return true;
  }

  bool finish() override {
    if (!ready()) return false;
    return close();
  }

  std::uint64_t written() const override { return written_; }
  const std::string& error() const override { return error_; }

 private:
  bool ready() {
    if (failed_) return false;
    if (mux_ == nullptr || !header_) return refuse("the recording is closed");
    return true;
  }
  bool refuse(const char* why) { return error_ = why, false; }
  bool fail(const char* what, int code) {
    failed_ = true;
    error_ = std::string(what) + ": " + (file_.error().empty() ? av_words(code) : file_.error());
    return false;
  }
  bool close() {
    if (mux_ == nullptr) return !failed_;
    if (header_ && !failed_) {
      const int r = av_write_trailer(mux_);
      avio_flush(mux_->pb);
      if (r < 0 || mux_->pb->error < 0) fail("the recording could not be closed", r < 0 ? r : mux_->pb->error);
    }
    if (mux_->pb != nullptr) {
      av_freep(&mux_->pb->buffer);
      avio_context_free(&mux_->pb);
    }
    avformat_free_context(mux_);
    mux_ = nullptr;
    if (!file_.close() && !failed_) fail("the recording could not be closed", AVERROR(EIO));
    return !failed_;
  }

  NewFile file_;
  AVFormatContext* mux_ = nullptr;
  PacketOwner packet_;
  bool header_ = false, failed_ = false;
  std::int64_t start_ns_ = 0, last_ns_ = std::numeric_limits<std::int64_t>::min(), last_ms_ = -1;
  std::uint64_t written_ = 0;
  std::string error_;
};

}  // namespace

std::unique_ptr<MkvWriter> MkvWriter::create(const MkvSettings& settings, std::string& error) {
  auto writer = std::make_unique<Writer>();
  if (writer->open(settings)) return writer;
  error = writer->error();
  return nullptr;
}

}  // namespace caukham::media
