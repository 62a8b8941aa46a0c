#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "media/encoders.hpp"

namespace caukham::media {
namespace {

class Vp8Encoder final : public VideoEncoder {
 public:
  ~Vp8Encoder() override {
    if (open_) vpx_codec_destroy(&codec_);
  }

  bool start(const EncoderSettings& s, std::string& why) {
    settings_ = s;
    if (const auto r = vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &config_, 0); r != VPX_CODEC_OK)
      return why = std::string("libvpx has no VP8 encoder: ") + vpx_codec_err_to_string(r), false;
    config_.g_w = static_cast<unsigned>(s.width & ~1);
    config_.g_h = static_cast<unsigned>(s.height & ~1);
    config_.g_timebase = {1, 1'000'000};
    config_.g_threads = 1;
    config_.g_lag_in_frames = 0;
    config_.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;  // a lost frame must not spoil the next one's entropy
    config_.rc_end_usage = VPX_CBR;
    config_.rc_target_bitrate = static_cast<unsigned>(s.bits_per_second) / 1000;
    config_.rc_min_quantizer = 2;
    config_.rc_max_quantizer = 56;
    config_.rc_undershoot_pct = 100;
    config_.rc_overshoot_pct = 15;
    config_.rc_buf_initial_sz = 500;
    config_.rc_buf_optimal_sz = 600;
    config_.rc_buf_sz = 1000;
    config_.rc_dropframe_thresh = 0;     // the session decides which pictures are sent, not the codec
    config_.kf_mode = VPX_KF_AUTO;
    config_.kf_max_dist = static_cast<unsigned>(s.keyframe_interval);
    if (const auto r = vpx_codec_enc_init(&codec_, vpx_codec_vp8_cx(), &config_, 0); r != VPX_CODEC_OK)
      return why = std::string("libvpx does not start: ") + vpx_codec_err_to_string(r), false;
    open_ = true;
    vpx_codec_control(&codec_, VP8E_SET_CPUUSED, settings_.better_quality ? -5 : -8);
    vpx_codec_control(&codec_, VP8E_SET_NOISE_SENSITIVITY, 0);  // noise is for the doctor to judge
    vpx_codec_control(&codec_, VP8E_SET_STATIC_THRESHOLD, 1);
    vpx_codec_control(&codec_, VP8E_SET_MAX_INTRA_BITRATE_PCT, 300);
    fps_ = s.fps;
    return true;
  }

  bool encode(const Picture& p, bool force_keyframe, EncodedPicture& out) override {
    out = {};
    if (p.width != settings_.width || p.height != settings_.height)
      return error_ = "the picture's size changed: open another encoder", false;
    vpx_image_t image{};
    if (vpx_img_wrap(&image, VPX_IMG_FMT_I420, config_.g_w, config_.g_h, 1, const_cast<std::uint8_t*>(p.y())) == nullptr)
      return error_ = "libvpx does not take this picture", false;
    image.planes[VPX_PLANE_U] = const_cast<std::uint8_t*>(p.u());
    image.planes[VPX_PLANE_V] = const_cast<std::uint8_t*>(p.v());
    image.stride[VPX_PLANE_Y] = p.stride_y;
    image.stride[VPX_PLANE_U] = image.stride[VPX_PLANE_V] = p.stride_uv;
    const auto r = vpx_codec_encode(&codec_, &image, clock_.next_us(p.time_ns), 1'000'000UL / static_cast<unsigned>(fps_),
                                    force_keyframe ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME);
    if (r != VPX_CODEC_OK) return error_ = std::string("libvpx refused a picture: ") + vpx_codec_err_to_string(r), false;
    vpx_codec_iter_t at = nullptr;
    while (const vpx_codec_cx_pkt_t* packet = vpx_codec_get_cx_data(&codec_, &at)) {
      if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
      const auto* bytes = static_cast<const std::uint8_t*>(packet->data.frame.buf);
      out.bytes.insert(out.bytes.end(), bytes, bytes + packet->data.frame.sz);
      out.keyframe = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
    }
    vpx_codec_control(&codec_, VP8E_GET_LAST_QUANTIZER, &out.qp);
    out.time_ns = p.time_ns;
    out.number = p.number;
    return true;
  }

  void set_rate(int bits_per_second, int fps) override {
    clamp_rate(bits_per_second, fps);
    fps_ = fps;
    config_.rc_target_bitrate = static_cast<unsigned>(bits_per_second) / 1000;
    if (const auto r = vpx_codec_enc_config_set(&codec_, &config_); r != VPX_CODEC_OK)
      error_ = std::string("libvpx keeps its old rate: ") + vpx_codec_err_to_string(r);
  }

  const std::string& error() const override { return error_; }

 private:
  EncoderSettings settings_;
  vpx_codec_enc_cfg_t config_{};
  vpx_codec_ctx_t codec_{};
  bool open_ = false;
  int fps_ = 15;
  PictureClock clock_;
  std::string error_;
};

}  // namespace

std::unique_ptr<VideoEncoder> open_vp8(const EncoderSettings& settings, std::string& error) {
  auto encoder = std::make_unique<Vp8Encoder>();
  if (!encoder->start(settings, error)) return nullptr;
  return encoder;
}

}  // namespace caukham::media
