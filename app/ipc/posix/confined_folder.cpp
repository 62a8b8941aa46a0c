#include "ipc/confined_folder.hpp"

#include <filesystem>

namespace caukham::ipc {

bool make_confined_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return !error;
}

}  // namespace caukham::ipc
