// A strip: the newest seconds of a recording as a BDF+ file of its own.
#pragma once
#include <cstdint>
#include <filesystem>

namespace caukham::station {

// Copies the last `seconds` that `recording` holds (its writer may go on) into the new file `strip`, gaps and all; of
// those until `until_ns` after its first sample, to the next record of 0.1 s. False: there is nothing there (yet).
// Throws record::RecordError; then there is no strip.
bool cut_strip(const std::filesystem::path& recording, const std::filesystem::path& strip, int seconds,
               std::int64_t until_ns = INT64_MAX);

}  // namespace caukham::station
