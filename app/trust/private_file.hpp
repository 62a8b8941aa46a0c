// Files that only their owner may read.
#pragma once
#include <filesystem>
#include <string>

namespace caukham::trust {

// Creates the file, readable by its owner only from its first moment on. Throws std::runtime_error when it is there
// already or cannot be written.
void write_private_file(const std::filesystem::path& file, const std::string& text);
// "" or, in words, why a secret in this file is no secret.
std::string wrong_with_private_file(const std::filesystem::path& file);

}  // namespace caukham::trust
