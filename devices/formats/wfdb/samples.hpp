// Samples of a WFDB signal file: bytes to physical units. Source: WFDB Applications Guide, signal(5).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "devices/formats/wfdb/header.hpp"

namespace caukham::formats {

bool wfdb_format_known(int format);

// Whole frames of the file that `signal` lies in which `bytes` hold; every signal of a file has the same number.
// Throws WfdbError: a format that is not read, or signals of one file in different formats.
std::uint64_t wfdb_frames(const WfdbHeader&, std::size_t signal, std::uint64_t file_bytes);

struct WfdbSamples {
  std::vector<float> physical;    // in the signal's unit; NaN where the file says "no sample"
  bool checksum_wrong = false;    // only looked at when all stated frames are there
};

// One signal, de-skewed: at most header.frames frames (when stated), samples_per_frame samples each. `bytes`: the whole
// file. A truncated file gives its whole frames. Throws WfdbError as wfdb_frames, and when there are more than
// `max_samples`.
WfdbSamples wfdb_samples(const WfdbHeader&, std::size_t signal, std::span<const std::uint8_t> bytes,
                         std::uint64_t max_samples = 400'000'000);

}  // namespace caukham::formats
