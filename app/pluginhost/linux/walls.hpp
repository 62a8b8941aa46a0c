// The sandbox's single walls. Each answers "" when it stands, else, in English, why not.
#pragma once
#include <string>

#include "pluginhost/sandbox.hpp"

namespace caukham::pluginhost {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;  // AddressSanitizer reserves terabytes and looks for leaks from a sister process
#else
inline constexpr bool sanitized = false;
#endif

std::string limit_resources(const SandboxRules& rules);
std::string leave_network();        // also gives up all capabilities
std::string wall_files(const SandboxRules& rules);
std::string wall_calls(const SandboxRules& rules);

}  // namespace caukham::pluginhost
