#pragma once
namespace caukham::core {
// Of this build of Caukham, "0.1.0".
inline constexpr const char* version = CAUKHAM_VERSION;
}  // namespace caukham::core
