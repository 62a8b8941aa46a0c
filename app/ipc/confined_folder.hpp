// A folder that a confined child may write into.
#pragma once
#include <string>

namespace caukham::ipc {

// Makes it, with those above it; what is there stays. Windows lets a process of low integrity write only where a folder says so;
// on Linux the child's own rules name it. False: it cannot be made.
bool make_confined_folder(const std::string& path);

}  // namespace caukham::ipc
