#include <array>
#include <catch2/catch.hpp>

#include "help.hpp"
#include "media/ffmpeg.hpp"
#include "media/video_encoder.hpp"

using namespace caukham;
using namespace caukham::media;

namespace {

constexpr std::int64_t frame_ns = 1'000'000'000 / 15;

// The other side: libavcodec's own decoders.
class Receiver {
 public:
  explicit Receiver(VideoCodec codec) {
    const AVCodec* found = avcodec_find_decoder(codec == VideoCodec::h264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8);
    codec_.reset(avcodec_alloc_context3(found));
    codec_->flags |= AV_CODEC_FLAG_LOW_DELAY;
    codec_->thread_count = 1;
    REQUIRE(avcodec_open2(codec_.get(), found, nullptr) == 0);
  }
  std::shared_ptr<Picture> decode(const EncodedPicture& e) {
    std::vector<std::uint8_t> padded = e.bytes;
    padded.resize(padded.size() + AV_INPUT_BUFFER_PADDING_SIZE);
    packet_->data = padded.data();
    packet_->size = static_cast<int>(e.bytes.size());
    if (avcodec_send_packet(codec_.get(), packet_.get()) < 0 || avcodec_receive_frame(codec_.get(), frame_.get()) < 0) return nullptr;
    auto p = Picture::make(frame_->width, frame_->height);
    for (int y = 0; y < p->height; ++y) std::copy_n(frame_->data[0] + y * frame_->linesize[0], p->width, p->y() + y * p->stride_y);
    return p;
  }

 private:
  CodecOwner codec_;
  FrameOwner frame_{av_frame_alloc()};
  PacketOwner packet_{av_packet_alloc()};
};

std::vector<PicturePtr> pictures(int n) {
  MjpegDecoder decoder;
  devices::PhantomOptions o;
  o.scene = devices::Scene::skin;
  devices::Phantom phantom(o);
  std::vector<PicturePtr> all;
  for (int i = 0; i < n; ++i) all.push_back(decoder.to_i420(phantom.jpeg(static_cast<std::uint32_t>(i)), i * frame_ns, static_cast<std::uint64_t>(i)));
  return all;
}

// On Windows H.264 is the system's own, and wine has none (NOT-TESTED.md): [not-under-wine].
#ifdef _WIN32
constexpr std::array codecs{VideoCodec::vp8};
#else
constexpr std::array codecs{VideoCodec::h264, VideoCodec::vp8};
#endif

std::unique_ptr<VideoEncoder> encoder(VideoCodec codec, int bits_per_second) {
  EncoderSettings s;
  s.codec = codec;
  s.bits_per_second = bits_per_second;
  std::string error;
  auto e = VideoEncoder::open(s, error);
  INFO(error);
  REQUIRE(e);
  return e;
}

}  // namespace

TEST_CASE("every encoded picture must come out at once and decode back close to what went in") {
  const auto all = pictures(30);
  for (const VideoCodec codec : codecs) {
    CAPTURE(int(codec));
    auto e = encoder(codec, 1'500'000);
    Receiver receiver(codec);
    for (std::size_t i = 0; i < all.size(); ++i) {
      EncodedPicture out;
      REQUIRE(e->encode(*all[i], i == 20, out));
      REQUIRE_FALSE(out.bytes.empty());
      CHECK(out.keyframe == (i == 0 || i == 20));
      CHECK(out.number == i);
      CHECK(out.time_ns == all[i]->time_ns);
      CHECK(out.qp >= 0);
      CHECK(out.qp <= (codec == VideoCodec::h264 ? 51 : 127));
      const auto back = receiver.decode(out);
      REQUIRE(back);
      CHECK(test::psnr(*all[i], *back) > 30);
      CHECK(devices::read_counter(back->y(), back->stride_y, back->width, back->height) == i);
    }
  }
}

TEST_CASE("H.264 must be constrained baseline with its parameter sets in front of every key picture, VP8 a key frame", "[not-under-wine]") {
  const auto all = pictures(3);
  auto h264 = encoder(VideoCodec::h264, 500'000);
  EncodedPicture out;
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(h264->encode(*all[i], i == 2, out));
    if (i == 1) continue;
    bool sps = false, pps = false, idr = false;
    for (std::size_t at = 0; at + 6 < out.bytes.size(); ++at) {
      const auto* b = out.bytes.data() + at;
      if (b[0] != 0 || b[1] != 0 || b[2] != 1) continue;
      const int type = b[3] & 31;
      if (type == 7) {
        sps = true;
        CHECK(b[4] == 66);             // profile_idc: baseline
        CHECK((b[5] & 0x40) != 0);     // constraint_set1: constrained
      }
      pps = pps || type == 8;
      idr = idr || type == 5;
    }
    CHECK((sps && pps && idr));
  }
  auto vp8 = encoder(VideoCodec::vp8, 500'000);
  REQUIRE(vp8->encode(*all[0], false, out));
  CHECK((out.bytes[0] & 1) == 0);  // RFC 6386, 9.1: key frame
  CHECK((out.bytes[3] == 0x9D && out.bytes[4] == 0x01 && out.bytes[5] == 0x2A));
}

TEST_CASE("the rate must follow set_rate while running, without a key picture") {
  const auto all = pictures(240);
  for (const VideoCodec codec : codecs) {
    CAPTURE(int(codec));
    auto e = encoder(codec, 1'000'000);
    std::size_t fast = 0, slow = 0;
    EncodedPicture out;
    for (std::size_t i = 0; i < 120; ++i) {
      REQUIRE(e->encode(*all[i], false, out));
      if (i >= 60) fast += out.bytes.size();
    }
    e->set_rate(150'000, 15);
    for (std::size_t i = 120; i < 240; ++i) {
      REQUIRE(e->encode(*all[i], false, out));
      CHECK_FALSE(out.keyframe);
      if (i >= 180) slow += out.bytes.size();
    }
    // the last four seconds of each half, bits a second
    CHECK(static_cast<double>(fast) * 8 / 4 < 1'000'000 * 1.2);
    CHECK(static_cast<double>(slow) * 8 / 4 < 150'000 * 1.35);
    CHECK(slow * 2 < fast);
  }
}

TEST_CASE("an encoder must refuse what it cannot do in words and go on") {
  EncoderSettings s;
  std::string error;
  s.width = 5000;
  CHECK_FALSE(VideoEncoder::open(s, error));
  CHECK(error.find("5000") != std::string::npos);
  const auto all = pictures(2);
  PictureScaler scaler;
  for (const VideoCodec codec : codecs) {
    auto e = encoder(codec, 300'000);
    EncodedPicture out;
    CHECK_FALSE(e->encode(*scaler.scale(*all[0], 320, 240), false, out));
    CHECK(e->error().find("size changed") != std::string::npos);
    CHECK(e->encode(*all[1], false, out));
    CHECK(e->encode(*all[0], false, out));  // a time that goes back is put right, not an error
    CHECK_FALSE(out.bytes.empty());
    EncoderSettings odd;
    odd.codec = codec;
    odd.width = 321;
    odd.height = 241;
    auto o = VideoEncoder::open(odd, error);
    REQUIRE(o);
    CHECK(o->encode(*scaler.scale(*all[0], 321, 241), false, out));
    const auto back = Receiver(codec).decode(out);
    REQUIRE(back);
    CHECK(back->width == 320);
    CHECK(back->height == 240);
  }
}
