// A WFDB record as what the ECG device models play: the eight independent leads in a loop. The format itself is read in
// formats/wfdb.
#pragma once
#include "devices/signals/ecg_loop.hpp"
#include "devices/formats/wfdb/record.hpp"

namespace caukham::devices {

using formats::WfdbError;

// The eight independent leads I, II, V1–V6 in µV at the record's own rate. Where the record has no sample, the loop
// holds the last one: a device has no word for "nothing". Throws WfdbError when a lead is missing, the leads have
// different rates, or there is not one whole frame.
EcgLoop wfdb_leads(const formats::WfdbRecord& record);

// The loop at another rate: averages over the new sample's width when going down, linear in between, and cross-fades
// a quarter of a second at the seam so that the loop does not click.
EcgLoop resample_loop(const EcgLoop& loop, int rate_hz);

}  // namespace caukham::devices
