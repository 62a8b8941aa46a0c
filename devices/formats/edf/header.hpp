// The header of EDF, EDF+, BDF and BDF+ files, whoever wrote them. What our own files must be beyond this stands in
// app/record/bdf_format.hpp. Sources: edfplus.info/specs (EDF 1992, EDF+ 2003), biosemi.com/faq/file_format.htm (BDF).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace caukham::formats::edf {

struct Signal {
  std::string label, transducer, unit, prefilter;
  double physical_min = 0, physical_max = 0;
  double exact_scale = 0, exact_rate_hz = 0;  // as our own files state them; 0: not stated
  std::int32_t digital_min = 0, digital_max = 0;
  std::uint32_t samples_per_record = 0;  // 1 … 1 000 000
  bool annotations = false;              // time-stamped texts instead of samples
  bool has_range = false;                // false: minimum and maximum are the same, its values mean nothing

  double scale() const;                  // physical units per LSB; our own files state it exactly
  double zero() const;                   // physical value of LSB 0
};

struct Header {
  int sample_bytes = 2;                  // 2: EDF, 3: BDF
  bool plus = false, discontinuous = false;
  std::int64_t records = 0;              // as claimed; -1: unknown
  double duration_s = 0;                 // of a record; 0 only when there are nothing but annotations
  std::size_t header_bytes = 0, record_bytes = 0;
  std::string patient, recording;        // the two identification fields, trimmed
  std::optional<std::int64_t> start_local_s;  // seconds since 1970 on the recorder's wall clock, if it is a date
  std::vector<Signal> signals;        // 1 … 256
};

// Does it begin like one of the four? (Text files and others: false.)
bool looks_like_edf(std::span<const std::byte> start);

// `start` holds at least the header; max_header_bytes are always enough. Throws Error.
inline constexpr std::size_t max_header_bytes = 256 * 257;
Header parse_header(std::span<const std::byte> start);

// Samples per second of signals with so many samples a record; our own files state what the header's eight characters
// cannot hold. Throws Error.
double exact_rate_hz(const Header&, std::uint32_t samples_per_record);

}  // namespace caukham::formats::edf
