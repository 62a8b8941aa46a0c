// The text header `.hea` of a WFDB record (PhysioNet). Source: WFDB Applications Guide, header(5).
#pragma once
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::formats {

struct WfdbError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct WfdbSignal {
  std::string file;                // samples' file name, without a folder
  int format = 0;                  // 8, 16, 24, 32, 61, 80, 160, 212, 310, 311
  unsigned samples_per_frame = 1;  // 1 … 1000
  unsigned skew = 0;               // frames by which this signal lies later in the file than the others
  std::uint64_t byte_offset = 0;   // of the first sample in the file
  double gain = 200;               // ADC units per physical unit
  bool calibrated = true;          // false: the header states no gain, 200 is WFDB's guess
  std::int32_t baseline = 0;       // ADC value of zero
  std::string units = "mV";
  std::int32_t initial = 0;        // ADC value of the first sample; format 8 counts from it
  std::optional<std::int16_t> checksum;  // of the ADC values, modulo 2^16; a stated 0 is none
  std::string name;                // as written: "MLII", "i", "avr"; empty when the header gives none
};

struct WfdbHeader {
  std::string record;
  double rate_hz = 250;                // frames a second
  std::uint64_t frames = 0;            // 0: not stated
  std::vector<WfdbSignal> signals;     // 1 … 64
  std::vector<std::string> comments;   // without '#'; at most 64 of at most 200 bytes ("age: 81", "ATrial fib…")
};

// Throws WfdbError, in words, on anything that is not a single-segment record header. At most 64 KiB are read.
WfdbHeader parse_wfdb_header(std::string_view text);

// A record made of segments, each a record of its own; "~": a gap of that length. When the first segment has no frames
// it is the layout: its header names all signals there are, and each segment holds some of them (variable layout).
struct WfdbMaster {
  std::string record;
  double rate_hz = 250;
  std::uint64_t frames = 0;  // the segments' sum
  struct Segment {
    std::string name;
    std::uint64_t frames = 0;
  };
  std::vector<Segment> segments;  // 1 … 20000
};

// nullopt: an ordinary header. Throws WfdbError for a multi-segment one that cannot be understood.
std::optional<WfdbMaster> parse_wfdb_master(std::string_view text);

}  // namespace caukham::formats
