// This process, as the system sees it.
#pragma once
#include <string>
#include <string_view>

#include "ipc/handle.hpp"

namespace caukham::pluginhost {

int own_pid();
// The handle whose number stands in an argument; invalid when it is none or not open.
ipc::Handle inherited(std::string_view number);
// Home, temporary and working folder become this one, the only one that can be written; "" makes the working folder the
// root.
void use_folder(const std::string& folder);
// Ends this process by force after `seconds`, unless it has ended by then.
void end_within(unsigned seconds);

}  // namespace caukham::pluginhost
