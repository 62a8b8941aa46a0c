// How many handles this process has open: what a test compares to see that nothing leaked.
#pragma once
#include <cstddef>

namespace caukham::tests {

std::size_t open_handles();

}  // namespace caukham::tests
