// What a waveform file says about itself. Waveforms are BDF+ (24 bits, edfplus.info and
// teuniz.net/edfbrowser/bdfplus format description): a header, then data records of equal size. A data record
// is also the unit of the evidence stream: numbered, hashed and sent to the specialist byte for byte.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "devices/formats/edf/remarks.hpp"

namespace caukham::record {

inline constexpr std::int32_t bdf_min = -8388608, bdf_max = 8388607;

struct WaveformChannel {
  std::string label;                  // "ECG I"; at most 16 ASCII characters reach the file
  std::string unit = "uV";            // at most 8 ASCII characters
  double scale = 1;                   // unit per LSB, > 0
  std::int32_t digital_min = bdf_min, digital_max = bdf_max;  // the converter's range, inside 24 bits
  std::string prefilter, transducer;  // ASCII, at most 80 characters, and 25
};

struct WaveformSpec {
  std::string label;                      // the stream's name, "ecg"
  std::vector<WaveformChannel> channels;  // 1 to 64
  double rate_hz = 0;  // samples per second and channel, 0.1 to 100 000, resolved to 0.001 Hz
  std::uint32_t samples_per_record = 0;   // per channel; 0: samples_per_record_for(rate_hz)
  std::uint32_t annotation_bytes = 180;   // per record, a multiple of 3, at least 180
  // Patient and recording identification. Names are stored without accents: the EDF header is ASCII.
  std::string patient_code, patient_name, patient_birth_date;  // birth date "yyyy-mm-dd" or empty
  char patient_sex = 'X';                                      // 'M', 'F' or 'X'
  std::string exam, technician, equipment;
  std::int64_t start_utc_ns = 0;  // wall clock at the first sample, ns since 1970 UTC, year 1985 to 2084
  int utc_offset_min = 420;       // EDF holds local time; Vietnam is UTC+7
  bool simulated = false;
};

// About 100 ms: the smallest count of at least rate/10 whose duration is a decimal of at most six digits, so
// that the header's duration is exact. For rates without one, round(rate / 10); the file is then
// discontinuous by type and every record carries its true time.
std::uint32_t samples_per_record_for(double rate_hz);

// Sample index to nanoseconds and back on the stream's grid, exact to the nanosecond (rate in mHz).
std::int64_t grid_ns(double rate_hz, std::int64_t sample);
std::int64_t grid_sample(double rate_hz, std::int64_t ns);

using BdfAnnotation = formats::edf::Remark;  // onset_ns from the first sample of the file

// Throws RecordError{invalid} saying which field cannot be written and why.
void check_spec(const WaveformSpec&);

}  // namespace caukham::record
