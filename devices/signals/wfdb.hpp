// Reader of WFDB records (PhysioNet's format): text header `.hea`, samples in format 16 (little endian int16,
// interleaved). Enough for 12-lead recordings such as the PTB database; other formats are refused in words.
// Source: WFDB Applications Guide, header(5) and signal(5).
#pragma once
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "devices/signals/ecg_loop.hpp"

namespace caukham::devices {

struct WfdbSignal {
  std::string file;         // samples' file name, without a folder
  int format = 0;
  double gain = 200;        // ADC units per physical unit
  int baseline = 0;         // ADC value of zero
  std::string units = "mV";
  std::string name;         // as written: "i", "avr", "v1"
};

struct WfdbHeader {
  std::string record;
  double rate_hz = 250;
  std::uint64_t samples = 0;           // a signal; 0: not stated
  std::vector<WfdbSignal> signals;     // at most 64
};

struct WfdbError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws WfdbError on anything that is not a single-segment record header.
WfdbHeader parse_wfdb_header(std::string_view text);

// The eight independent leads I, II, V1–V6 in µV at the record's own rate. `dat` is the file named by the leads'
// lines; signals kept in other files are skipped. A truncated file gives the whole frames it holds.
// Throws WfdbError when a lead is missing, the format is not 16, or there is not one whole frame.
EcgLoop wfdb_leads(const WfdbHeader& header, std::span<const std::uint8_t> dat);

// The loop at another rate: averages over the new sample's width when going down, linear in between, and cross-fades
// a quarter of a second at the seam so that the loop does not click.
EcgLoop resample_loop(const EcgLoop& loop, int rate_hz);

}  // namespace caukham::devices
