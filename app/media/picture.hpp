// A decoded picture as the view uses it (window, session, analysis), and the decoder that makes it out of a
// camera's own JPEG bytes. The record never goes through here: it keeps the bytes (see mkv_writer.hpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace caukham::media {

using ByteView = std::span<const std::uint8_t>;

// Larger pictures are refused, not scaled: no scope of the house has them, and a forged header must not cost 2 GB.
inline constexpr int max_edge_px = 4096;

// I420, BT.601, limited range (what H.264, VP8 and libwebrtc take without asking), planes Y, U, V one after the
// other in one buffer. Shared between threads only as shared_ptr<const Picture>, never changed after it was made.
struct Picture {
  int width = 0, height = 0;    // pixels
  int stride_y = 0;             // bytes; a multiple of 32
  int stride_uv = 0;            // bytes; half of stride_y
  std::int64_t time_ns = 0;     // host clock, when the camera sensed it
  std::uint64_t number = 0;     // the stream's own count of pictures
  std::vector<std::uint8_t> bytes;

  static std::shared_ptr<Picture> make(int width, int height);  // null outside 2×2 … max_edge_px²; planes are zero
  int chroma_height() const { return (height + 1) / 2; }
  int chroma_width() const { return (width + 1) / 2; }
  std::size_t offset_u() const { return static_cast<std::size_t>(stride_y) * static_cast<std::size_t>(height); }
  std::size_t offset_v() const {
    return offset_u() + static_cast<std::size_t>(stride_uv) * static_cast<std::size_t>(chroma_height());
  }
  const std::uint8_t* y() const { return bytes.data(); }
  const std::uint8_t* u() const { return bytes.data() + offset_u(); }
  const std::uint8_t* v() const { return bytes.data() + offset_v(); }
  std::uint8_t* y() { return bytes.data(); }
  std::uint8_t* u() { return bytes.data() + offset_u(); }
  std::uint8_t* v() { return bytes.data() + offset_v(); }
};
using PicturePtr = std::shared_ptr<const Picture>;

// Where a caller wants RGB: `height` rows of `stride` ≥ 3·width bytes, R G B, full range.
struct RgbTarget {
  std::uint8_t* rgb = nullptr;
  int width = 0, height = 0;
  int stride = 0;
};

// One decoder a stream, used by one thread at a time. Damaged input is normal: the call says false or null,
// error() says what happened in words, and the next good picture decodes.
class MjpegDecoder {
 public:
  MjpegDecoder();
  ~MjpegDecoder();
  MjpegDecoder(MjpegDecoder&&) noexcept;
  MjpegDecoder& operator=(MjpegDecoder&&) noexcept;

  // One whole JPEG (FFD8 … FFD9; Huffman tables may be missing). Null: see error().
  PicturePtr to_i420(ByteView jpeg, std::int64_t time_ns, std::uint64_t number);
  // The same straight into the caller's buffer, scaled to its size (sharp at 1:1, bilinear otherwise).
  bool to_rgb(ByteView jpeg, const RgbTarget& target);
  const std::string& error() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// For a picture that was decoded already: to the window (RGB, any size) or to a smaller layer of the session.
// Keeps its tables between calls of the same sizes. One thread at a time.
class PictureScaler {
 public:
  PictureScaler();
  ~PictureScaler();
  PictureScaler(PictureScaler&&) noexcept;
  PictureScaler& operator=(PictureScaler&&) noexcept;

  bool to_rgb(const Picture& picture, const RgbTarget& target);
  PicturePtr scale(const Picture& picture, int width, int height);  // null: a size out of bounds

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace caukham::media
