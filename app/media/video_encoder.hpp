// The view's encoder: pictures in, H.264 or VP8 packets out, no delay of its own, its rate turned while it runs.
// H.264 is libx264 through libavcodec; VP8 is libvpx itself, because libavcodec's wrapper cannot change the
// bit rate without starting over with a key picture, which a thin line cannot afford.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "media/picture.hpp"

namespace caukham::media {

enum class VideoCodec : std::uint8_t { h264 = 1, vp8 = 2 };

struct EncoderSettings {
  VideoCodec codec = VideoCodec::h264;
  int width = 640, height = 480;      // of the pictures handed in; an odd edge loses its last row or column
  int fps = 15;                       // expected; the rate control follows the pictures' times
  int bits_per_second = 500'000;
  int keyframe_interval = 3000;       // pictures; receivers ask for key pictures when they need one
  bool better_quality = false;        // H.264: superfast instead of ultrafast (about 1.6× the time, fewer blocks)
};

struct EncodedPicture {
  std::vector<std::uint8_t> bytes;    // H.264: Annex B, SPS and PPS in front of every key picture. VP8: one frame
  bool keyframe = false;
  int qp = -1;                        // H.264 0…51, VP8 0…127 (libwebrtc's scale for both); -1: not told
  std::int64_t time_ns = 0;           // of the picture it was made from
  std::uint64_t number = 0;
};

// Owner's thread only. encode() returns with the packet of this very picture: nothing is kept back.
class VideoEncoder {
 public:
  virtual ~VideoEncoder() = default;
  // Null when the codec is missing or refuses the settings; `error` says which.
  static std::unique_ptr<VideoEncoder> open(const EncoderSettings& settings, std::string& error);

  // False when the picture has another size than the settings or the codec failed (error()). `out` is empty and
  // the result true when the rate control skipped the picture. Times must grow; a time that does not is put 1 µs
  // after the one before.
  virtual bool encode(const Picture& picture, bool force_keyframe, EncodedPicture& out) = 0;
  // From the next picture on, without a key picture. Clamped to 20 kbit/s … 20 Mbit/s and 1 … 60 a second.
  virtual void set_rate(int bits_per_second, int fps) = 0;
  virtual const std::string& error() const = 0;
};

}  // namespace caukham::media
