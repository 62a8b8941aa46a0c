// A file's samples as they were written, digit for digit: which signals can travel together, where on its grid each record
// lies, and the values in it. Physical values of a whole file are app/record/edf_file.hpp's.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "devices/formats/edf/header.hpp"
#include "devices/formats/edf/remarks.hpp"

namespace caukham::formats::edf {

// Signals of one rate, unit, scale and range. Physical value = sample * scale + offset.
struct Group {
  std::vector<std::size_t> signals;  // indices into Header::signals
  std::uint32_t samples_per_record = 0;
  double rate_hz = 0, scale = 1, offset = 0;
  std::int32_t digital_min = 0, digital_max = 0;
  std::string unit, prefilter, transducer;
};

// In the order of their first signals; signals without a range and annotations are left out. Throws Error.
std::vector<Group> groups_of(const Header&);

// What a record says of itself. `start_ns` counts as the file's remarks do; take that of the first record off.
struct RecordRemarks {
  std::int64_t start_ns = 0;
  std::uint64_t padding = 0;     // samples per signal at its end that were not measured
  std::vector<Remark> remarks;   // without gap and padding; onset as start_ns
};
// `record` holds Header::record_bytes bytes, the file's number `index`. Throws Error.
RecordRemarks remarks_of(const Header&, std::uint64_t index, std::span<const std::byte> record);

// Appends the group's samples of one record, interleaved: samples_per_record times each signal.
void samples_of(const Header&, const Group&, std::span<const std::byte> record, std::vector<std::int32_t>& into);

}  // namespace caukham::formats::edf
