// What a process holds, from outside: what a test compares to see that nothing leaked.
#pragma once
#include <cstddef>

namespace caukham::tests {

int own_pid();
std::size_t threads_of(int pid);
std::size_t handles_of(int pid);  // descriptors

}  // namespace caukham::tests
