// Small JSON files of the station's own: read with bounds, replaced as a whole.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace caukham::core {

// Null when there is no such file, or it is larger than 1 MiB, nested deeply, or no JSON: as if it were not there.
nlohmann::json read_settings(const std::string& file);

// Written beside and moved into place, so that a crash leaves the old or the new file.
bool write_settings(const std::string& file, const nlohmann::json& value);

}  // namespace caukham::core
