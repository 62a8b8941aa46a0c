// What the supervisor tells of running plugins, for whoever looks at the list.
#include <algorithm>

#include "core/plugins.hpp"

namespace caukham::core {

namespace {
constexpr std::size_t tail_lines = 50, tail_line_bytes = 400;
}

void Plugins::note_process(const std::string& id, int pid, bool running, double cpu_seconds,
                           std::uint64_t resident_bytes) {
  const std::lock_guard lock(mutex_);
  auto* entry = find(id);
  if (!entry) return;
  auto& use = entry->uses[pid];
  if (running && !use.running && use.cpu_seconds > cpu_seconds) use = {};  // the number was given to another process
  use = {std::max(use.cpu_seconds, cpu_seconds), running ? resident_bytes : 0, running};
}

void Plugins::note_log(const std::string& id, const std::string& line) {
  const std::lock_guard lock(mutex_);
  auto* entry = find(id);
  if (!entry) return;
  auto& tail = entry->info.log_tail;
  if (tail.size() >= tail_lines) tail.erase(tail.begin());
  tail.push_back(line.substr(0, tail_line_bytes));
}

void Plugins::note_sandbox(const std::string& id, const std::string& words) {
  const std::lock_guard lock(mutex_);
  if (auto* entry = find(id)) entry->info.sandbox = words;
}
void Plugins::note_restart(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (auto* entry = find(id)) ++entry->info.restarts;
}
void Plugins::note_crash(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (auto* entry = find(id)) ++entry->info.crashes;
}
void Plugins::note_trouble(const std::string& id, const std::string& words) {
  const std::lock_guard lock(mutex_);
  if (auto* entry = find(id)) entry->trouble = words;
}

std::vector<std::string> Plugins::log_tail(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto* entry = find(id);
  return entry ? entry->info.log_tail : std::vector<std::string>{};
}

}  // namespace caukham::core
