#include "media/encoders.hpp"
#include "media/ffmpeg.hpp"

namespace caukham::media {
namespace {

constexpr AVRational microseconds{1, 1'000'000};

class H264Encoder final : public VideoEncoder {
 public:
  bool start(const EncoderSettings& s, std::string& why) {
    settings_ = s;
    const AVCodec* found = avcodec_find_encoder_by_name("libx264");
    if (found == nullptr) return why = "this FFmpeg was built without libx264", false;
    codec_.reset(avcodec_alloc_context3(found));
    frame_.reset(av_frame_alloc());
    packet_.reset(av_packet_alloc());
    if (!codec_ || !frame_ || !packet_) return why = "out of memory", false;
    codec_->width = s.width & ~1;
    codec_->height = s.height & ~1;
    codec_->pix_fmt = AV_PIX_FMT_YUV420P;
    codec_->color_range = AVCOL_RANGE_MPEG;
    codec_->colorspace = AVCOL_SPC_SMPTE170M;
    codec_->color_primaries = AVCOL_PRI_SMPTE170M;
    codec_->color_trc = AVCOL_TRC_SMPTE170M;
    codec_->time_base = microseconds;   // real times: x264's rate control follows what the camera really sends
    codec_->framerate = {s.fps, 1};
    codec_->gop_size = s.keyframe_interval;
    codec_->max_b_frames = 0;
    codec_->thread_count = 1;           // the machine has two cores, and the recorder comes first
    rates(s.bits_per_second);
    AVDictionary* o = nullptr;
    av_dict_set(&o, "preset", s.better_quality ? "superfast" : "ultrafast", 0);
    av_dict_set(&o, "tune", "zerolatency", 0);
    av_dict_set(&o, "profile", "baseline", 0);
    av_dict_set(&o, "forced-idr", "1", 0);
    av_dict_set(&o, "x264-params", "repeat-headers=1:annexb=1:scenecut=0", 0);
    const int r = avcodec_open2(codec_.get(), found, &o);
    av_dict_free(&o);
    if (r < 0) return why = "libx264 does not start: " + av_words(r), false;
    return true;
  }

  bool encode(const Picture& p, bool force_keyframe, EncodedPicture& out) override {
    out = {};
    if (p.width != settings_.width || p.height != settings_.height)
      return error_ = "the picture's size changed: open another encoder", false;
    AVFrame& f = *frame_;
    f.width = codec_->width;
    f.height = codec_->height;
    f.format = AV_PIX_FMT_YUV420P;
    f.data[0] = const_cast<std::uint8_t*>(p.y());  // libavcodec copies what has no buffer of its own
    f.data[1] = const_cast<std::uint8_t*>(p.u());
    f.data[2] = const_cast<std::uint8_t*>(p.v());
    f.linesize[0] = p.stride_y;
    f.linesize[1] = f.linesize[2] = p.stride_uv;
    f.pts = clock_.next_us(p.time_ns);
    f.pict_type = force_keyframe ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    int r = avcodec_send_frame(codec_.get(), &f);
    if (r < 0) return error_ = "libx264 refused a picture: " + av_words(r), false;
    r = avcodec_receive_packet(codec_.get(), packet_.get());
    if (r == AVERROR(EAGAIN)) return true;
    if (r < 0) return error_ = "libx264 gave no packet: " + av_words(r), false;
    out.bytes.assign(packet_->data, packet_->data + packet_->size);
    out.keyframe = (packet_->flags & AV_PKT_FLAG_KEY) != 0;
    size_t size = 0;
    if (const auto* stats = av_packet_get_side_data(packet_.get(), AV_PKT_DATA_QUALITY_STATS, &size);
        stats != nullptr && size >= 4) {
      const std::uint32_t lambda = stats[0] | stats[1] << 8 | stats[2] << 16 | std::uint32_t{stats[3]} << 24;
      out.qp = static_cast<int>(lambda / FF_QP2LAMBDA);
    }
    out.time_ns = p.time_ns;
    out.number = p.number;
    av_packet_unref(packet_.get());
    return true;
  }

  void set_rate(int bits_per_second, int fps) override {
    clamp_rate(bits_per_second, fps);
    rates(bits_per_second);  // libavcodec's wrapper compares at the next picture and calls x264_encoder_reconfig
  }

  const std::string& error() const override { return error_; }

 private:
  void rates(int bits_per_second) {
    codec_->bit_rate = bits_per_second;
    codec_->rc_max_rate = bits_per_second;
    codec_->rc_buffer_size = bits_per_second / 2;  // half a second: a key picture fits, a queue does not build up
  }

  EncoderSettings settings_;
  CodecOwner codec_;
  FrameOwner frame_;
  PacketOwner packet_;
  PictureClock clock_;
  std::string error_;
};

}  // namespace

std::unique_ptr<VideoEncoder> open_h264(const EncoderSettings& settings, std::string& error) {
  auto encoder = std::make_unique<H264Encoder>();
  if (!encoder->start(settings, error)) return nullptr;
  return encoder;
}

std::unique_ptr<VideoEncoder> VideoEncoder::open(const EncoderSettings& wish, std::string& error) {
  quiet_ffmpeg();
  EncoderSettings s = wish;
  if (s.width < 16 || s.height < 16 || s.width > max_edge_px || s.height > max_edge_px) {
    error = "no video of " + std::to_string(s.width) + " × " + std::to_string(s.height);
    return nullptr;
  }
  clamp_rate(s.bits_per_second, s.fps);
  if (s.keyframe_interval < 1) s.keyframe_interval = 1;
  switch (s.codec) {
    case VideoCodec::h264: return open_h264(s, error);
    case VideoCodec::vp8: return open_vp8(s, error);
  }
  error = "unknown codec";
  return nullptr;
}

}  // namespace caukham::media
