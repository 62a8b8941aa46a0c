#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

extern "C" {
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
}

#include "source.hpp"

namespace caukham::plugins::camera {
namespace {

constexpr std::string_view file_prefix = "avformat:";

std::string words(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

class SystemSource final : public Source {
 public:
  SystemSource(const sdk::Host& host, const ck_endpoint& endpoint) : host_(host), endpoint_(endpoint) {}
  ~SystemSource() override { close(); }

  ck_result open(const Wish& wish) override {
    close();
    av_log_set_level(AV_LOG_QUIET);
    avdevice_register_all();
    const std::string_view path = endpoint_.path;
    file_ = path.starts_with(file_prefix);
    // FFmpeg knows one of the two: v4l2 on Linux, dshow on Windows.
    const AVInputFormat* format = av_find_input_format(file_ ? "mjpeg" : "v4l2");
    const bool dshow = format == nullptr && !file_;
    if (dshow) format = av_find_input_format("dshow");
    if (format == nullptr) return refuse(CK_E_UNSUPPORTED, "this FFmpeg cannot open cameras");
    const std::string url = file_ ? std::string(path.substr(file_prefix.size()))
                            : dshow ? "video=" + std::string(endpoint_.path[0] != 0 ? endpoint_.path : endpoint_.product)
                                    : std::string(path);
    context_ = avformat_alloc_context();
    if (context_ == nullptr) return CK_E_NO_MEMORY;
    AVDictionary* o = nullptr;
    if (!file_) {
      // Non-blocking, so that stop is obeyed when a camera hangs; a small queue, so that pictures are fresh.
      context_->flags |= AVFMT_FLAG_NONBLOCK | AVFMT_FLAG_NOBUFFER;
      context_->video_codec_id = AV_CODEC_ID_MJPEG;
      if (!dshow) av_dict_set(&o, "input_format", "mjpeg", 0);
      av_dict_set(&o, "video_size", (std::to_string(wish.width) + "x" + std::to_string(wish.height)).c_str(), 0);
      av_dict_set_int(&o, "framerate", wish.rate_hz, 0);
    }
    const int r = avformat_open_input(&context_, url.c_str(), const_cast<AVInputFormat*>(format), &o);
    av_dict_free(&o);
    if (r < 0) {
      context_ = nullptr;
      if (r == AVERROR(EBUSY)) return refuse(CK_E_DENIED, "another program uses the camera: close it and try again");
      if (r == AVERROR(EACCES) || r == AVERROR(EPERM)) return refuse(CK_E_DENIED, "the system does not permit use of the camera");
      if (r == AVERROR(ENOENT) || r == AVERROR(ENODEV)) return refuse(CK_E_GONE, "the camera is not there");
      return refuse(CK_E_IO, "the camera does not open: " + words(r));
    }
    packet_ = av_packet_alloc();
    period_ = std::chrono::nanoseconds(1'000'000'000 / wish.rate_hz);
    next_ = std::chrono::steady_clock::now();
    return packet_ != nullptr ? CK_OK : CK_E_NO_MEMORY;
  }

  void close() override {
    av_packet_free(&packet_);
    avformat_close_input(&context_);
  }

  ck_result read(std::vector<std::uint8_t>& out) override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    if (file_ && !wait_until(next_)) return CK_E_AGAIN;  // a file has no rate of its own
    while (true) {
      const int r = av_read_frame(context_, packet_);
      if (r >= 0) {
        out.assign(packet_->data, packet_->data + packet_->size);
        av_packet_unref(packet_);
        next_ += period_;
        return CK_OK;
      }
      if (r == AVERROR_EOF || r == AVERROR(ENODEV) || r == AVERROR(ENXIO)) return CK_E_GONE;
      if (r != AVERROR(EAGAIN)) return CK_E_IO;
      const auto now = std::chrono::steady_clock::now();
      if (now >= until || !wait_until(now + std::chrono::milliseconds(4))) return CK_E_AGAIN;
    }
  }

  void cancel(bool on) override {
    {
      const std::lock_guard lock(guard_);
      cancelled_ = on;
    }
    changed_.notify_all();
  }

 private:
  ck_result refuse(ck_result result, const std::string& why) {
    host_.log(CK_LOG_ERROR, why);
    return result;
  }
  bool wait_until(std::chrono::steady_clock::time_point when) {
    std::unique_lock lock(guard_);
    return !changed_.wait_until(lock, when, [this] { return cancelled_; });
  }

  const sdk::Host& host_;
  const ck_endpoint endpoint_;
  AVFormatContext* context_ = nullptr;
  AVPacket* packet_ = nullptr;
  bool file_ = false, cancelled_ = false;
  std::mutex guard_;
  std::condition_variable changed_;
  std::chrono::nanoseconds period_{};
  std::chrono::steady_clock::time_point next_;
};

}  // namespace

std::unique_ptr<Source> system_source(const sdk::Host& host, const ck_endpoint& endpoint) {
  return std::make_unique<SystemSource>(host, endpoint);
}

}  // namespace caukham::plugins::camera
