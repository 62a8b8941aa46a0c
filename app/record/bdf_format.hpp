// BDF+ on the byte level, shared by writer and reader: the header's fixed ASCII fields and the time-stamped
// annotation lists (TAL). EDF+ specification: edfplus.info/specs/edfplus.html, sections 2.1 and 2.2.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "devices/formats/edf/header.hpp"
#include "record/bdf_spec.hpp"

namespace caukham::record {

inline constexpr std::size_t header_type_at = 192, header_count_at = 236;
inline constexpr std::size_t max_record_bytes = 15u << 20;  // the format's own limit

// The whole header, 256 * (channels + 2) bytes; the last signal is "BDF Annotations".
std::string encode_header(const WaveformSpec&, bool discontinuous, std::uint64_t records);
std::string count_field(std::uint64_t records);  // 8 characters
bool exact_duration(const WaveformSpec&);  // the header's duration field says the record's length exactly

struct ParsedHeader {
  WaveformSpec spec;
  bool discontinuous = false;
  std::int64_t records = 0;      // as claimed; -1: unknown
  std::size_t header_bytes = 0;
};
// Throws RecordError{corrupt}. `start` holds at least the header; at most 256 * 257 bytes are needed.
ParsedHeader decode_header(std::span<const std::byte> start);

// "+12.5" with as many decimals as needed; ns resolution. The sign is written for onsets only.
std::string tal_seconds(std::int64_t ns, bool with_sign);
std::string tal(std::int64_t onset_ns, std::int64_t duration_ns,
                std::string_view text);  // with the closing 0
// Text without the bytes the format needs for itself (0, 0x14, 0x15 and other control characters become
// blanks).
std::string tal_text(std::string_view);
std::size_t utf8_prefix(std::string_view, std::size_t max_bytes);  // bytes, never inside a character

// What EDF+'s two identification fields say, and our own additions to them: UTC offset, SIMULATED, the stream's label.
void read_identification(std::string_view patient, std::string_view recording, WaveformSpec&);

// devices/formats/edf, whose errors become RecordError{corrupt} here.
using EdfSignal = formats::edf::Signal;
using EdfHeader = formats::edf::Header;
EdfHeader parse_edf_header(std::span<const std::byte> start);
double edf_rate_hz(const EdfHeader&, std::uint32_t samples_per_record);
std::vector<BdfAnnotation> parse_tals(std::string_view bytes, bool timekeeping = true);
[[noreturn]] void corrupt(const std::string& why);

}  // namespace caukham::record
