// This process, as the system sees it.
#pragma once
#include <string>
#include <string_view>

namespace caukham::pluginhost {

int own_pid();
// Home, temporary and working folder become this one, the only one that can be written; "" makes the working folder the
// root.
void use_folder(const std::string& folder);
// Ends this process by force after `seconds`, unless it has ended by then.
void end_within(unsigned seconds);
// Onto stderr, also in the middle of a crash.
void write_stderr(std::string_view text);

}  // namespace caukham::pluginhost
