#include "media/picture.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "media/ffmpeg.hpp"
#include "media/still.hpp"

namespace caukham::media {
namespace {

// libavcodec's J formats are the plain ones in full range; libswscale wants to be told by flag.
AVPixelFormat plain(AVPixelFormat format, bool& full_range) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P: full_range = true; return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: full_range = true; return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: full_range = true; return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P: full_range = true; return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P: full_range = true; return AV_PIX_FMT_YUV411P;
    case AV_PIX_FMT_GRAY8: full_range = true; return AV_PIX_FMT_GRAY8;
    default: return format;
  }
}

// Full range to limited range (BT.601), rounded: what most cameras' 4:2:0 needs, five times as fast as libswscale's
// general way.
struct LimitedRange {
  std::array<std::uint8_t, 256> luma, chroma;
  LimitedRange() {
    for (int i = 0; i < 256; ++i) {
      luma[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(16 + (i * 219 + 127) / 255);
      chroma[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(16 + (i * 224 + 127) / 255);
    }
  }
};

void map_plane(const std::uint8_t* from, int from_stride, std::uint8_t* to, int to_stride, int width, int height,
               const std::array<std::uint8_t, 256>& table) {
  for (int y = 0; y < height; ++y, from += from_stride, to += to_stride)
    for (int x = 0; x < width; ++x) to[x] = table[from[x]];
}

bool good_target(const RgbTarget& t) {
  return t.rgb != nullptr && t.width > 0 && t.height > 0 && t.width <= max_edge_px && t.height <= max_edge_px &&
         t.stride >= 3 * t.width;
}

}  // namespace

// libswscale draws rows in blocks of up to 32 pixels and writes a whole block at a row's end, past the caller's last row too.
// A width that is no multiple of that is drawn into room of our own and copied.
bool Converter::to_rgb(const std::uint8_t* const* from, const int* from_strides, int from_w, int from_h,
                       AVPixelFormat from_format, bool from_full_range, const RgbTarget& t) {
  constexpr int block_px = 32;
  const bool whole_blocks = t.width % block_px == 0;
  const int stride = whole_blocks ? t.stride : (t.width + block_px - 1) / block_px * block_px * 3;
  if (!whole_blocks) blocks_.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(t.height + 1));
  std::uint8_t* to[4] = {whole_blocks ? t.rgb : blocks_.data(), nullptr, nullptr, nullptr};
  const int strides[4] = {stride, 0, 0, 0};
  if (!run(from, from_strides, from_w, from_h, from_format, from_full_range, to, strides, t.width, t.height, AV_PIX_FMT_RGB24, true))
    return false;
  if (!whole_blocks)
    for (int y = 0; y < t.height; ++y)
      std::copy_n(blocks_.data() + static_cast<std::ptrdiff_t>(y) * stride, 3 * t.width, t.rgb + static_cast<std::ptrdiff_t>(y) * t.stride);
  return true;
}

void quiet_ffmpeg() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_level(AV_LOG_QUIET); });
}

bool Converter::run(const std::uint8_t* const* from, const int* from_strides, int from_w, int from_h,
                    AVPixelFormat from_format, bool from_full_range, std::uint8_t* const* to, const int* to_strides,
                    int to_w, int to_h, AVPixelFormat to_format, bool to_full_range) {
  const Shape shape{from_w, from_h, to_w, to_h, from_format, to_format, from_full_range, to_full_range};
  if (sws_ == nullptr || !(shape == shape_)) {
    sws_freeContext(sws_);
    sws_ = sws_alloc_context();
    if (sws_ == nullptr) return false;
    // The ranges must be known before the context chooses its way: told afterwards, it copies planes unchanged.
    // Matrix: libswscale's default, BT.601.
    const bool one_to_one = from_w == to_w && from_h == to_h && (from_format == to_format || to_format == AV_PIX_FMT_RGB24);
    const std::pair<const char*, int> options[] = {
        {"srcw", from_w}, {"srch", from_h}, {"src_format", from_format}, {"src_range", from_full_range},
        {"dstw", to_w}, {"dsth", to_h}, {"dst_format", to_format}, {"dst_range", to_full_range},
        {"sws_flags", one_to_one ? SWS_POINT : SWS_BILINEAR}};
    for (const auto& [name, value] : options) av_opt_set_int(sws_, name, value, 0);
    if (sws_init_context(sws_, nullptr, nullptr) < 0) {
      sws_freeContext(sws_);
      sws_ = nullptr;
      return false;
    }
    shape_ = shape;
  }
  return sws_scale(sws_, from, from_strides, 0, from_h, to, to_strides) == to_h;
}

std::shared_ptr<Picture> Picture::make(int width, int height) {
  if (width < 2 || height < 2 || width > max_edge_px || height > max_edge_px) return nullptr;
  auto p = std::make_shared<Picture>();
  p->width = width;
  p->height = height;
  p->stride_y = (width + 31) / 32 * 32;
  p->stride_uv = p->stride_y / 2;
  p->bytes.resize(p->offset_v() + static_cast<std::size_t>(p->stride_uv) * static_cast<std::size_t>(p->chroma_height()));
  return p;
}

struct MjpegDecoder::Impl {
  CodecOwner codec;
  FrameOwner frame{av_frame_alloc()};
  PacketOwner packet{av_packet_alloc()};
  std::vector<std::uint8_t> padded;
  Converter i420, rgb;
  std::string error;

  bool open() {
    const AVCodec* found = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
    if (found == nullptr) return error = "this FFmpeg has no MJPEG decoder", false;
    codec.reset(avcodec_alloc_context3(found));
    if (!codec || !frame || !packet) return error = "out of memory", false;
    codec->thread_count = 1;  // a picture is 2–6 ms of one core; threads would only add delay
    codec->err_recognition = AV_EF_EXPLODE;
    codec->max_pixels = static_cast<std::int64_t>(max_edge_px) * max_edge_px;
    if (const int r = avcodec_open2(codec.get(), found, nullptr); r < 0) {
      codec.reset();
      return error = "the MJPEG decoder does not start: " + av_words(r), false;
    }
    return true;
  }

  bool decode(ByteView jpeg) {
    error.clear();
    JpegInfo info;
    if (!inspect_jpeg(jpeg, info, error)) return false;  // before the decoder allocates anything
    if (!codec && !open()) return false;
    padded.resize(jpeg.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    std::copy(jpeg.begin(), jpeg.end(), padded.begin());
    std::fill(padded.begin() + static_cast<std::ptrdiff_t>(jpeg.size()), padded.end(), std::uint8_t{0});
    packet->data = padded.data();
    packet->size = static_cast<int>(jpeg.size());
    int r = avcodec_send_packet(codec.get(), packet.get());
    if (r >= 0) r = avcodec_receive_frame(codec.get(), frame.get());
    if (r < 0) {
      avcodec_flush_buffers(codec.get());
      return error = "the picture's data are damaged (" + av_words(r) + ")", false;
    }
    if (frame->width != info.width || frame->height != info.height || frame->decode_error_flags != 0)
      return error = "the picture's data are damaged", false;
    return true;
  }
};

MjpegDecoder::MjpegDecoder() : impl_(std::make_unique<Impl>()) { quiet_ffmpeg(); }
MjpegDecoder::~MjpegDecoder() = default;
MjpegDecoder::MjpegDecoder(MjpegDecoder&&) noexcept = default;
MjpegDecoder& MjpegDecoder::operator=(MjpegDecoder&&) noexcept = default;
const std::string& MjpegDecoder::error() const { return impl_->error; }

PicturePtr MjpegDecoder::to_i420(ByteView jpeg, std::int64_t time_ns, std::uint64_t number) {
  if (!impl_->decode(jpeg)) return nullptr;
  AVFrame& f = *impl_->frame;
  auto picture = Picture::make(f.width, f.height);
  if (!picture) {
    impl_->error = "the picture is too small to be one";
    return nullptr;
  }
  picture->time_ns = time_ns;
  picture->number = number;
  bool full = f.color_range == AVCOL_RANGE_JPEG;
  const AVPixelFormat format = plain(static_cast<AVPixelFormat>(f.format), full);
  if (format == AV_PIX_FMT_YUV420P && full) {
    static const LimitedRange limited;
    map_plane(f.data[0], f.linesize[0], picture->y(), picture->stride_y, f.width, f.height, limited.luma);
    map_plane(f.data[1], f.linesize[1], picture->u(), picture->stride_uv, picture->chroma_width(), picture->chroma_height(), limited.chroma);
    map_plane(f.data[2], f.linesize[2], picture->v(), picture->stride_uv, picture->chroma_width(), picture->chroma_height(), limited.chroma);
    return picture;
  }
  std::uint8_t* to[4] = {picture->y(), picture->u(), picture->v(), nullptr};
  const int strides[4] = {picture->stride_y, picture->stride_uv, picture->stride_uv, 0};
  if (!impl_->i420.run(f.data, f.linesize, f.width, f.height, format, full, to, strides, f.width, f.height,
                       AV_PIX_FMT_YUV420P, false)) {
    impl_->error = "the picture's colour format is not supported";
    return nullptr;
  }
  return picture;
}

bool MjpegDecoder::to_rgb(ByteView jpeg, const RgbTarget& target) {
  if (!good_target(target)) {
    impl_->error = "no room to draw into";
    return false;
  }
  if (!impl_->decode(jpeg)) return false;
  AVFrame& f = *impl_->frame;
  bool full = f.color_range == AVCOL_RANGE_JPEG;
  const AVPixelFormat format = plain(static_cast<AVPixelFormat>(f.format), full);
  if (impl_->rgb.to_rgb(f.data, f.linesize, f.width, f.height, format, full, target)) return true;
  impl_->error = "the picture's colour format is not supported";
  return false;
}

struct PictureScaler::Impl {
  Converter rgb, i420;
};
PictureScaler::PictureScaler() : impl_(std::make_unique<Impl>()) { quiet_ffmpeg(); }
PictureScaler::~PictureScaler() = default;
PictureScaler::PictureScaler(PictureScaler&&) noexcept = default;
PictureScaler& PictureScaler::operator=(PictureScaler&&) noexcept = default;

bool PictureScaler::to_rgb(const Picture& p, const RgbTarget& t) {
  if (!good_target(t) || p.bytes.empty()) return false;
  const std::uint8_t* from[4] = {p.y(), p.u(), p.v(), nullptr};
  const int from_strides[4] = {p.stride_y, p.stride_uv, p.stride_uv, 0};
  return impl_->rgb.to_rgb(from, from_strides, p.width, p.height, AV_PIX_FMT_YUV420P, false, t);
}

PicturePtr PictureScaler::scale(const Picture& p, int width, int height) {
  auto out = Picture::make(width, height);
  if (!out || p.bytes.empty()) return nullptr;
  out->time_ns = p.time_ns;
  out->number = p.number;
  const std::uint8_t* from[4] = {p.y(), p.u(), p.v(), nullptr};
  const int from_strides[4] = {p.stride_y, p.stride_uv, p.stride_uv, 0};
  std::uint8_t* to[4] = {out->y(), out->u(), out->v(), nullptr};
  const int to_strides[4] = {out->stride_y, out->stride_uv, out->stride_uv, 0};
  if (!impl_->i420.run(from, from_strides, p.width, p.height, AV_PIX_FMT_YUV420P, false, to, to_strides, width, height,
                       AV_PIX_FMT_YUV420P, false))
    return nullptr;
  return out;
}

}  // namespace caukham::media
