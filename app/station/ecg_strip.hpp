// A strip: the newest seconds of a recording as a BDF+ file of its own.
#pragma once
#include <filesystem>

namespace caukham::station {

// Copies the last `seconds` that `recording` holds (its writer may go on) into the new file `strip`, gaps and all.
// False: there is nothing yet. Throws record::RecordError.
bool cut_strip(const std::filesystem::path& recording, const std::filesystem::path& strip, int seconds);

}  // namespace caukham::station
