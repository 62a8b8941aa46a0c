// What the .cpp files over libwebrtc share. Includes its headers: for those files only.
#pragma once
#include <memory>
#include <mutex>

#include "api/video_codecs/video_encoder_factory.h"
#include "media/base/adapted_video_track_source.h"
#include "media/picture.hpp"
#include "modules/audio_device/include/audio_device.h"

namespace caukham::session {

// H.264 (constrained baseline 3.1, packetization mode 1) where its codec is there, then VP8, on
// media::VideoEncoder.
std::unique_ptr<webrtc::VideoEncoderFactory> make_encoder_factory();

// PortAudio, 48 kHz mono in 10 ms; silence with a running clock where a device is missing or fails.
rtc::scoped_refptr<webrtc::AudioDeviceModule> make_audio_module();

// A picture lent to libwebrtc without copying it.
class PictureBuffer : public webrtc::I420BufferInterface {
 public:
  explicit PictureBuffer(media::PicturePtr picture) : picture_(std::move(picture)) {}
  int width() const override { return picture_->width; }
  int height() const override { return picture_->height; }
  const uint8_t* DataY() const override { return picture_->y(); }
  const uint8_t* DataU() const override { return picture_->u(); }
  const uint8_t* DataV() const override { return picture_->v(); }
  int StrideY() const override { return picture_->stride_y; }
  int StrideU() const override { return picture_->stride_uv; }
  int StrideV() const override { return picture_->stride_uv; }
  const media::PicturePtr& picture() const { return picture_; }

 private:
  media::PicturePtr picture_;
};

// One console's view of one stream: its own, so that a thin line makes the picture small for nobody else.
class PictureSource : public rtc::AdaptedVideoTrackSource {
 public:
  bool is_screencast() const override { return false; }
  absl::optional<bool> needs_denoising() const override { return false; }
  SourceState state() const override { return kLive; }
  bool remote() const override { return false; }
  void push(const media::PicturePtr& picture);  // [any one thread at a time]
};

}  // namespace caukham::session
