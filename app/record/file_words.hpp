// What a file operation failed of, in words for a person: the same on every system. Inside this room.
#pragma once
#include <filesystem>
#include <string>

namespace caukham::record {

enum class Trouble { full, too_large, missing, denied, other };

// Throws RecordError. `reason`: the operation and the system's own words, for `other`.
[[noreturn]] void throw_trouble(Trouble trouble, const std::filesystem::path& path, const std::string& reason);
[[noreturn]] void throw_not_ordinary(const std::filesystem::path& path);

}  // namespace caukham::record
