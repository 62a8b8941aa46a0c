// What is left of this process when it crashes.
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace caukham::ipc {

// `act` runs when this process crashes, and may call nothing but what the system allows in the middle of a crash.
void before_crash(void (*act)());

// From now on a crash leaves a small dump "crash-PROGRAM-TIME.dmp" (UTC) in `folder`, which is made, and of all dumps there
// at most `keep` stay: the threads' stacks without what is no address, and no heap, for patients' data lie there. On
// Windows only; Linux has core dumps of its own. Writing takes a while: not for a process that is to be back at once.
// [main thread, once]
void keep_crash_dumps(const std::filesystem::path& folder, const std::string& program, std::size_t keep);

// The dumps in `folder`, the oldest first.
std::vector<std::filesystem::path> crash_dumps(const std::filesystem::path& folder);
// Removes the oldest ones until at most `keep` are there.
void prune_crash_dumps(const std::filesystem::path& folder, std::size_t keep);

}  // namespace caukham::ipc
