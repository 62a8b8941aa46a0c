// Time-stamped annotation lists (TAL) of EDF+ and BDF+: remarks, and where each record begins.
// EDF+ specification: edfplus.info/specs/edfplus.html, section 2.2.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::formats::edf {

struct Remark {
  std::int64_t onset_ns = 0;      // from the first sample of the file
  std::int64_t duration_ns = -1;  // -1: none
  std::string text;               // UTF-8
};

// Remarks of one record. With `timekeeping` the first one, with an empty text, must be the record's start; a file's second
// annotation signal has none. Throws Error.
std::vector<Remark> parse_tals(std::string_view bytes, bool timekeeping = true);

// "padding 7 samples": how many at the end of a record that had to be closed early were not measured; 0: another text.
std::uint64_t padding_of(std::string_view text);

}  // namespace caukham::formats::edf
