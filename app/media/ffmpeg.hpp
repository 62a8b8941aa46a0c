// FFmpeg's types, for this room's .cpp files only: owners that free themselves and errors in words.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "media/picture.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace caukham::media {

struct FrameFree { void operator()(AVFrame* f) const { av_frame_free(&f); } };
struct PacketFree { void operator()(AVPacket* p) const { av_packet_free(&p); } };
struct CodecFree { void operator()(AVCodecContext* c) const { avcodec_free_context(&c); } };
using FrameOwner = std::unique_ptr<AVFrame, FrameFree>;
using PacketOwner = std::unique_ptr<AVPacket, PacketFree>;
using CodecOwner = std::unique_ptr<AVCodecContext, CodecFree>;

inline std::string av_words(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  return av_strerror(code, text, sizeof text) == 0 ? std::string(text) : "error " + std::to_string(code);
}

// FFmpeg's own chatter goes nowhere: what matters comes back as a return value, and a camera that sends broken
// pictures would fill the technician's log at thirty lines a second.
void quiet_ffmpeg();

// libswscale's context for one pair of shapes, rebuilt when a shape changes. JPEG's full range is told apart from
// video's limited range here, because libavcodec marks it by the pixel format's name only.
class Converter {
 public:
  ~Converter() { sws_freeContext(sws_); }
  Converter() = default;
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool run(const std::uint8_t* const* from, const int* from_strides, int from_w, int from_h, AVPixelFormat from_format,
           bool from_full_range, std::uint8_t* const* to, const int* to_strides, int to_w, int to_h,
           AVPixelFormat to_format, bool to_full_range);
  // To RGB of full range, never a byte outside the target.
  bool to_rgb(const std::uint8_t* const* from, const int* from_strides, int from_w, int from_h, AVPixelFormat from_format,
              bool from_full_range, const RgbTarget& target);

 private:
  struct Shape {
    int from_w, from_h, to_w, to_h;
    AVPixelFormat from_format, to_format;
    bool from_full, to_full;
    bool operator==(const Shape&) const = default;
  };
  SwsContext* sws_ = nullptr;
  Shape shape_{};
  std::vector<std::uint8_t> blocks_;
};

}  // namespace caukham::media
