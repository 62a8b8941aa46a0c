// Files only the station's own user may read; on Windows all who may use the station. One back end a system.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace caukham::session {

enum class FileState : std::uint8_t { read, missing, unreadable };

// At most 64 KiB; more counts as unreadable. `why` in the system's words. [any thread; blocks]
FileState read_private_file(const std::filesystem::path& path, std::string& content, std::string& why);
// Mode 0700, on Windows the rights of the folder above; an existing folder is left as it is.
bool make_private_folder(const std::filesystem::path& folder, std::string& why);
// Mode 0600 (Windows: as its folder) from its first moment, on the disk before it bears its name; never replaces an existing file.
bool write_private_file(const std::filesystem::path& path, const std::string& content, std::string& why);

}  // namespace caukham::session
