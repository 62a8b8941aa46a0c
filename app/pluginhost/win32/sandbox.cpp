// On Windows the application builds the walls before this process runs (app/ipc/win32/process.cpp): a restricted token of low
// integrity, a Job with a limit of memory and of one process, the listed handles. What they do not keep out is said here.
#include "pluginhost/sandbox.hpp"

namespace caukham::pluginhost {

SandboxRules rules_for(const ipc::Manifest& manifest, const std::string& state_folder) {
  SandboxRules rules;
  if (!state_folder.empty()) rules.write.push_back(state_folder);
  rules.memory_bytes = std::uint64_t{manifest.memory_mb} << 20;
  return rules;
}

std::vector<std::string> device_nodes(ck_link, const std::string&) { return {}; }

SandboxReport enter_sandbox(const SandboxRules&) {
  return {ipc::SandboxLevel::partial, "network: the restricted token does not keep it out; files of the user can be read"};
}

}  // namespace caukham::pluginhost
