#include "ipc/crash.hpp"

#include <algorithm>
#include <string>

namespace caukham::ipc {
namespace fs = std::filesystem;

std::vector<fs::path> crash_dumps(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> dated;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;  // another process may be clearing up as well
    const auto name = at->path().filename().string();
    if (!name.starts_with("crash-") || !name.ends_with(".dmp") || !at->is_regular_file(gone)) continue;
    if (const auto time = at->last_write_time(gone); !gone) dated.emplace_back(time, at->path());
  }
  std::sort(dated.begin(), dated.end());
  std::vector<fs::path> dumps;
  for (auto& [time, path] : dated) dumps.push_back(std::move(path));
  return dumps;
}

void prune_crash_dumps(const fs::path& folder, std::size_t keep) {
  const auto dumps = crash_dumps(folder);
  std::error_code ignored;
  for (std::size_t i = 0; i + keep < dumps.size(); ++i) fs::remove(dumps[i], ignored);
}

}  // namespace caukham::ipc
