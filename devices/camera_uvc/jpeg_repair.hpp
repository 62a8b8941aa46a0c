// What a class camera's driver hands over is not always a picture: a lost USB packet leaves half of one in front of
// the next, cheap bridges leave fill bytes behind the end, and MJPEG leaves out the Huffman tables. Pure, bounded.
#pragma once
#include <cstdint>

#include "devices/model/model.hpp"

namespace caukham::devices::uvc {

enum class Repair : std::uint8_t {
  whole,      // `out` is FFD8 … FFD9 and decodable by anybody
  truncated,  // a picture begins but does not end
  no_picture, // nothing that begins like a JPEG
};

struct RepairCounters {
  std::uint64_t whole = 0;         // pictures handed on, of these:
  std::uint64_t trimmed = 0;       //   bytes behind FFD9 (or before FFD8) cut off
  std::uint64_t spliced = 0;       //   taken from behind the remains of another picture, which is lost
  std::uint64_t tables_added = 0;  //   standard Huffman tables put in
  std::uint64_t dropped = 0;       // buffers without a whole picture
};

// Walks the markers of one driver buffer. The entropy-coded data are the camera's own bytes, never touched; only
// what surrounds them is cut, and one DHT segment (ITU-T T.81, K.3) is inserted in front of the scan when no table
// was defined. Thumbnails inside APPn segments are stepped over with their segment. Linear in the buffer's size.
class JpegRepair {
 public:
  // `lost_before` (when `whole`): pictures whose remains were thrown away in this buffer, 0 or more.
  Repair run(ByteView buffer, Bytes& out, std::uint32_t& lost_before);
  const RepairCounters& counters() const { return counters_; }

 private:
  RepairCounters counters_;
};

// The DHT segment of the four standard tables, marker included, 420 bytes.
ByteView standard_huffman_segment();

}  // namespace caukham::devices::uvc
