// What the two encoders share; inside this room only.
#pragma once
#include <algorithm>
#include <cstdint>

#include "media/video_encoder.hpp"

namespace caukham::media {

std::unique_ptr<VideoEncoder> open_h264(const EncoderSettings& settings, std::string& error);
std::unique_ptr<VideoEncoder> open_vp8(const EncoderSettings& settings, std::string& error);

inline void clamp_rate(int& bits_per_second, int& fps) {
  bits_per_second = std::clamp(bits_per_second, 20'000, 20'000'000);
  fps = std::clamp(fps, 1, 60);
}

// Host nanoseconds to strictly growing microseconds from the first picture on: both codecs refuse to go back.
class PictureClock {
 public:
  std::int64_t next_us(std::int64_t time_ns) {
    if (!started_) {
      started_ = true;
      first_ns_ = time_ns;
      return last_us_ = 0;
    }
    last_us_ = std::max((time_ns - first_ns_) / 1000, last_us_ + 1);
    return last_us_;
  }

 private:
  bool started_ = false;
  std::int64_t first_ns_ = 0, last_us_ = 0;
};

}  // namespace caukham::media
