// Wire structs that a plugin hands over: it may have been built with older or newer headers, so that its struct is
// shorter or longer than ours. `size` says how long; what it does not have is 0, what we do not know is passed over.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

namespace caukham::pluginhost {

// No struct of any version to come will be larger; a size beyond it is garbage.
inline constexpr std::uint32_t largest_wire_struct = 65536;

// False: null, or a size that no version of the struct has (`size_1_0`: that of the first).
template <class Struct>
bool take_wire(Struct& into, const Struct* from, std::uint32_t size_1_0) {
  if (!from) return false;
  std::uint32_t size = 0;
  std::memcpy(&size, from, sizeof size);
  if (size < size_1_0 || size > largest_wire_struct) return false;
  std::memset(&into, 0, sizeof into);
  std::memcpy(&into, from, std::min<std::size_t>(size, sizeof into));
  into.size = sizeof into;
  return true;
}

}  // namespace caukham::pluginhost
