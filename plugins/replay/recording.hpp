// A recording as pieces in the order of their time: waveforms with their gaps, pictures with their remarks.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caukham/stream.h>

namespace caukham::plugins::replay {

struct Remark {
  std::int64_t at_ns = 0;
  std::string text;
};

// Times count from the recording's first sample.
struct Piece {
  std::uint32_t stream = 0;
  std::int64_t at_ns = 0;     // of its first sample
  std::int64_t length_ns = 0;  // until the sample after its last; of a picture 0
  std::uint32_t count = 0;    // samples a channel; 1 for a picture
  std::uint32_t lost = 0;     // samples a channel that the recording itself misses before it
  bool broken = false;        // does not follow on the piece before: a gap
  std::vector<std::int32_t> samples;
  std::vector<std::uint8_t> picture;
};

class Recording {
 public:
  virtual ~Recording() = default;
  // `id` is the place in the list; the SIMULATED flag is set.
  virtual const std::vector<ck_stream_info>& streams() const = 0;
  virtual double duration_s() const = 0;             // 0: not known
  virtual std::int64_t start_unix_ns() const = 0;    // 0: not known
  virtual const std::vector<Remark>& remarks() const = 0;
  // next() then gives what begins at or behind from_ns, and ends before to_ns. false: it cannot be read there.
  virtual bool seek(std::int64_t from_ns, std::int64_t to_ns) = 0;
  // Nothing at the end, or where the file cannot be read any further.
  virtual std::optional<Piece> next() = 0;
};

// By what the file is called: .edf and .bdf, .mkv, .jpg and .jpeg. Throws std::runtime_error in words.
std::unique_ptr<Recording> open_recording(const std::string& path);
std::unique_ptr<Recording> open_waveforms(const std::string& path);
std::unique_ptr<Recording> open_pictures(const std::string& path);  // Matroska
std::unique_ptr<Recording> open_still(const std::string& path);

// The size of a JPEG as its frame header says; nothing when it has none.
struct Size {
  std::uint32_t width = 0, height = 0;
};
std::optional<Size> jpeg_size(const std::vector<std::uint8_t>& jpeg);
ck_stream_info video_stream(Size size, double rate_hz);
inline constexpr std::size_t most_picture_bytes = 2u << 20;  // the manifest's slot

}  // namespace caukham::plugins::replay
