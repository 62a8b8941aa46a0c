// Which reader a file needs, and the simplest of them: a single picture.
#include "recording.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <caukham/cpp/host.hpp>

namespace caukham::plugins::replay {
namespace {

// One picture a second, the same for ever: nothing is over that could be looped.
class Still final : public Recording {
 public:
  explicit Still(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    jpeg_.resize(most_picture_bytes + 1);
    file.read(reinterpret_cast<char*>(jpeg_.data()), static_cast<std::streamsize>(jpeg_.size()));
    jpeg_.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
    const auto size = jpeg_size(jpeg_);
    if (!size || jpeg_.size() > most_picture_bytes)
      throw std::runtime_error("the picture " + path + " cannot be read, is larger than 2 MiB, or is no JPEG");
    streams_.push_back(video_stream(*size, 1));
  }
  const std::vector<ck_stream_info>& streams() const override { return streams_; }
  double duration_s() const override { return 0; }
  std::int64_t start_unix_ns() const override { return 0; }
  const std::vector<Remark>& remarks() const override { return remarks_; }
  bool seek(std::int64_t from_ns, std::int64_t to_ns) override {
    second_ = (std::max<std::int64_t>(0, from_ns) + 999'999'999) / 1'000'000'000;
    to_ns_ = to_ns;
    return true;
  }
  std::optional<Piece> next() override {
    Piece piece;
    piece.at_ns = second_ * 1'000'000'000;
    if (piece.at_ns >= to_ns_) return std::nullopt;
    piece.count = 1;
    piece.picture = jpeg_;
    ++second_;
    return piece;
  }

 private:
  std::vector<std::uint8_t> jpeg_;
  std::vector<ck_stream_info> streams_;
  std::vector<Remark> remarks_;
  std::int64_t second_ = 0, to_ns_ = INT64_MAX;
};

}  // namespace

ck_stream_info video_stream(Size size, double rate_hz) {
  ck_stream_info info{};
  info.size = sizeof info;
  info.kind = CK_STREAM_VIDEO;
  info.format = CK_FORMAT_MJPEG;
  info.flags = CK_STREAM_SIMULATED;
  info.channels = 1;
  info.rate_hz = rate_hz;
  info.tick_hz = 1e6;
  info.width = size.width;
  info.height = size.height;
  sdk::set_text(info.name, "video");
  return info;
}

std::optional<Size> jpeg_size(const std::vector<std::uint8_t>& j) {
  if (j.size() < 4 || j[0] != 0xFF || j[1] != 0xD8) return std::nullopt;
  for (std::size_t at = 2; at + 9 <= j.size() && j[at] == 0xFF;) {
    const auto marker = j[at + 1];
    const std::size_t length = j[at + 2] << 8 | j[at + 3];
    // Frame headers C0..CF but for the tables C4, C8, CC (ITU-T T.81, table B.1).
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC)
      return Size{static_cast<std::uint32_t>(j[at + 7] << 8 | j[at + 8]), static_cast<std::uint32_t>(j[at + 5] << 8 | j[at + 6])};
    at += 2 + length;
  }
  return std::nullopt;
}

std::unique_ptr<Recording> open_still(const std::string& path) { return std::make_unique<Still>(path); }

std::unique_ptr<Recording> open_recording(const std::string& path) {
  std::string ending = path.substr(std::min(path.size(), path.find_last_of('.')));
  for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (ending == ".edf" || ending == ".bdf") return open_waveforms(path);
  if (ending == ".mkv") return open_pictures(path);
  if (ending == ".jpg" || ending == ".jpeg") return open_still(path);
  throw std::runtime_error("the recording " + path + " is none that can be played: .edf, .bdf, .mkv, .jpg");
}

}  // namespace caukham::plugins::replay
