// Pictures into libwebrtc and packets out of our encoders.
#include "api/video/i420_buffer.h"
#include "api/video/video_frame.h"
#include "api/video_codecs/sdp_video_format.h"
#include "api/video_codecs/video_encoder.h"
#include "core/log.hpp"
#include "media/video_encoder.hpp"
#include "modules/video_coding/include/video_codec_interface.h"
#include "modules/video_coding/include/video_error_codes.h"
#include "rtc_base/time_utils.h"
#include "session/webrtc_parts.hpp"

namespace caukham::session {

void PictureSource::push(const media::PicturePtr& picture) {
  int width = 0, height = 0, crop_width = 0, crop_height = 0, x = 0, y = 0;
  const auto now_us = rtc::TimeMicros();
  if (!AdaptFrame(picture->width, picture->height, now_us, &width, &height, &crop_width, &crop_height, &x,
                  &y))
    return;
  rtc::scoped_refptr<webrtc::VideoFrameBuffer> buffer(new rtc::RefCountedObject<PictureBuffer>(picture));
  if (width != picture->width || height != picture->height)
    buffer = buffer->CropAndScale(x, y, crop_width, crop_height, width, height);
  OnFrame(webrtc::VideoFrame::Builder().set_video_frame_buffer(buffer).set_timestamp_us(now_us).build());
}

namespace {

// A scaled picture back into our own shape; one copy, of a picture that has become small.
media::PicturePtr to_picture(const webrtc::VideoFrame& frame) {
  const auto buffer = frame.video_frame_buffer();
  if (const auto* lent = dynamic_cast<const PictureBuffer*>(buffer.get())) return lent->picture();
  const auto i420 = buffer->ToI420();
  if (!i420) return nullptr;
  auto picture = media::Picture::make(i420->width(), i420->height());
  if (!picture) return nullptr;
  const auto plane = [](const uint8_t* from, int from_stride, uint8_t* to, int to_stride, int width,
                        int height) {
    for (int row = 0; row < height; ++row)
      std::copy_n(from + static_cast<std::ptrdiff_t>(row) * from_stride, width,
                  to + static_cast<std::ptrdiff_t>(row) * to_stride);
  };
  plane(i420->DataY(), i420->StrideY(), picture->y(), picture->stride_y, picture->width, picture->height);
  plane(i420->DataU(), i420->StrideU(), picture->u(), picture->stride_uv, picture->chroma_width(),
        picture->chroma_height());
  plane(i420->DataV(), i420->StrideV(), picture->v(), picture->stride_uv, picture->chroma_width(),
        picture->chroma_height());
  return picture;
}

// Called by libwebrtc on one encoder thread a track.
class EncoderAdapter : public webrtc::VideoEncoder {
 public:
  explicit EncoderAdapter(media::VideoCodec codec) { settings_.codec = codec; }

  int InitEncode(const webrtc::VideoCodec* codec, const Settings&) override {
    if (!codec || codec->width < 2 || codec->height < 2) return WEBRTC_VIDEO_CODEC_ERR_PARAMETER;
    if (codec->numberOfSimulcastStreams > 1) return WEBRTC_VIDEO_CODEC_ERR_SIMULCAST_PARAMETERS_NOT_SUPPORTED;
    settings_.width = codec->width;
    settings_.height = codec->height;
    settings_.fps = std::max(1, static_cast<int>(codec->maxFramerate));
    settings_.bits_per_second = std::max(50u, codec->startBitrate) * 1000;
    paused_ = false;
    encoder_.reset();
    return open();
  }
  int32_t RegisterEncodeCompleteCallback(webrtc::EncodedImageCallback* callback) override {
    callback_ = callback;
    return WEBRTC_VIDEO_CODEC_OK;
  }
  int32_t Release() override {
    encoder_.reset();
    return WEBRTC_VIDEO_CODEC_OK;
  }
  void SetRates(const RateControlParameters& rates) override {
    paused_ = rates.bitrate.get_sum_bps() == 0;
    if (paused_) return;
    settings_.bits_per_second = static_cast<int>(std::min<uint32_t>(rates.bitrate.get_sum_bps(), 20'000'000));
    settings_.fps = std::max(1, static_cast<int>(rates.framerate_fps + 0.5));
    if (encoder_) encoder_->set_rate(settings_.bits_per_second, settings_.fps);
  }

  int32_t Encode(const webrtc::VideoFrame& frame, const std::vector<webrtc::VideoFrameType>* types) override {
    if (!callback_) return WEBRTC_VIDEO_CODEC_UNINITIALIZED;
    if (paused_) {
      callback_->OnDroppedFrame(webrtc::EncodedImageCallback::DropReason::kDroppedByEncoder);
      return WEBRTC_VIDEO_CODEC_OK;
    }
    const auto picture = to_picture(frame);
    if (!picture) return WEBRTC_VIDEO_CODEC_ERR_PARAMETER;
    if (!encoder_ || picture->width != settings_.width || picture->height != settings_.height) {
      settings_.width = picture->width;
      settings_.height = picture->height;
      encoder_.reset();
      if (const int result = open(); result != WEBRTC_VIDEO_CODEC_OK) return result;
    }
    bool key = false;
    if (types)
      for (const auto type : *types) key = key || type == webrtc::VideoFrameType::kVideoFrameKey;
    if (!encoder_->encode(*picture, key, out_)) {
      core::log_warning("session", "the picture's encoder failed: " + encoder_->error());
      encoder_.reset();
      return WEBRTC_VIDEO_CODEC_ERROR;
    }
    if (out_.bytes.empty()) {
      callback_->OnDroppedFrame(webrtc::EncodedImageCallback::DropReason::kDroppedByEncoder);
      return WEBRTC_VIDEO_CODEC_OK;
    }
    deliver(frame);
    return WEBRTC_VIDEO_CODEC_OK;
  }

  EncoderInfo GetEncoderInfo() const override {
    EncoderInfo info;
    const bool h264 = settings_.codec == media::VideoCodec::h264;
    info.implementation_name = h264 ? "caukham H.264" : "caukham VP8";
    info.supports_native_handle = false;
    info.is_hardware_accelerated = false;
    info.supports_simulcast = false;
    info.is_qp_trusted = true;
    // libwebrtc's own thresholds for these codecs; below 640 × 360 a drum or a mole is not judged any more,
    // so the picture rather becomes rarer than smaller.
    constexpr int smallest = 640 * 360;
    info.scaling_settings = h264 ? ScalingSettings(24, 37, smallest) : ScalingSettings(29, 95, smallest);
    info.resolution_bitrate_limits = {{640 * 360, 80'000, 50'000, 1'200'000},
                                      {640 * 480, 120'000, 60'000, 1'500'000},
                                      {1280 * 720, 400'000, 200'000, 2'500'000},
                                      {1920 * 1080, 1'200'000, 500'000, 4'000'000}};
    return info;
  }

 private:
  int open() {
    std::string error;
    encoder_ = media::VideoEncoder::open(settings_, error);
    if (encoder_) return WEBRTC_VIDEO_CODEC_OK;
    core::log_error("session", "no encoder for the picture: " + error);
    return WEBRTC_VIDEO_CODEC_FALLBACK_SOFTWARE;
  }

  void deliver(const webrtc::VideoFrame& frame) {
    webrtc::EncodedImage image;
    image.SetEncodedData(webrtc::EncodedImageBuffer::Create(out_.bytes.data(), out_.bytes.size()));
    image.SetTimestamp(frame.timestamp());
    image.capture_time_ms_ = frame.render_time_ms();
    image.ntp_time_ms_ = frame.ntp_time_ms();
    image._encodedWidth = static_cast<uint32_t>(settings_.width & ~1);
    image._encodedHeight = static_cast<uint32_t>(settings_.height & ~1);
    image._frameType =
        out_.keyframe ? webrtc::VideoFrameType::kVideoFrameKey : webrtc::VideoFrameType::kVideoFrameDelta;
    image.rotation_ = frame.rotation();
    image.qp_ = out_.qp;
    webrtc::CodecSpecificInfo info;
    if (settings_.codec == media::VideoCodec::h264) {
      info.codecType = webrtc::kVideoCodecH264;
      info.codecSpecific.H264.packetization_mode = webrtc::H264PacketizationMode::NonInterleaved;
      info.codecSpecific.H264.temporal_idx = webrtc::kNoTemporalIdx;
      info.codecSpecific.H264.base_layer_sync = false;
      info.codecSpecific.H264.idr_frame = out_.keyframe;
    } else {
      info.codecType = webrtc::kVideoCodecVP8;
      info.codecSpecific.VP8.nonReference = false;
      info.codecSpecific.VP8.temporalIdx = webrtc::kNoTemporalIdx;
      info.codecSpecific.VP8.layerSync = false;
      info.codecSpecific.VP8.keyIdx = webrtc::kNoKeyIdx;
    }
    callback_->OnEncodedImage(image, &info);
  }

  media::EncoderSettings settings_;
  std::unique_ptr<media::VideoEncoder> encoder_;
  media::EncodedPicture out_;
  webrtc::EncodedImageCallback* callback_ = nullptr;
  bool paused_ = false;
};

bool can_encode(media::VideoCodec codec) {
  media::EncoderSettings settings;
  settings.codec = codec;
  std::string error;
  if (media::VideoEncoder::open(settings, error)) return true;
  core::log_warning("session", "a video codec is not there: " + error);
  return false;
}

class EncoderFactory : public webrtc::VideoEncoderFactory {
 public:
  EncoderFactory() {
    // H.264 first: phones decode it in hardware, and it is the sharper of the two at a thin line's rate.
    if (can_encode(media::VideoCodec::h264))
      formats_.emplace_back("H264", webrtc::SdpVideoFormat::Parameters{{"profile-level-id", "42e01f"},
                                                                        {"level-asymmetry-allowed", "1"},
                                                                        {"packetization-mode", "1"}});
    if (can_encode(media::VideoCodec::vp8)) formats_.emplace_back("VP8");
  }
  std::vector<webrtc::SdpVideoFormat> GetSupportedFormats() const override { return formats_; }
  std::unique_ptr<webrtc::VideoEncoder> CreateVideoEncoder(const webrtc::SdpVideoFormat& format) override {
    if (!format.IsCodecInList(formats_)) return nullptr;
    return std::make_unique<EncoderAdapter>(format.name == "H264" ? media::VideoCodec::h264
                                                                  : media::VideoCodec::vp8);
  }

 private:
  std::vector<webrtc::SdpVideoFormat> formats_;
};

}  // namespace

std::unique_ptr<webrtc::VideoEncoderFactory> make_encoder_factory() {
  return std::make_unique<EncoderFactory>();
}

}  // namespace caukham::session
