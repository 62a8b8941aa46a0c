// What this process may still reach once it has entered the sandbox: sandbox first, plugin second. Nothing of it can be
// taken back, neither by the plugin nor by the host.
//
// Linux, each wall on its own, since containers and old kernels lack some:
//   files     Landlock: reading the system's libraries and what rules.read names; writing rules.write alone; of devices
//             those of rules.devices alone; nothing can be executed
//   calls     seccomp: a list of what libraries need; no sockets but the system's device news (udev), no fork, no exec, no
//             signals to others, no other process's memory
//   network   a namespace of its own without any interface (the calls say no to sockets in any case)
//   limits    memory, open files, file size, threads, no core dumps, first to go when memory ends. Not a lower priority:
//             time stamps would suffer under load; the application ends what keeps a processor busy instead
// Windows: the restricted token and the Job object that the application starts this process with.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "caukham/entry.h"
#include "ipc/manifest.hpp"
#include "ipc/messages.hpp"

namespace caukham::pluginhost {

struct SandboxRules {
  std::vector<std::string> read;     // files, or folders with all they hold; what does not exist is left out
  std::vector<std::string> write;    // folders in which files may be made, changed and removed
  std::vector<std::string> devices;  // nodes: read, write, ioctl
  std::uint64_t memory_bytes = 0;    // of its own, pool and libraries not counted; 0: no limit
  bool local_sockets = false;        // tests: umockdev talks over them
};

struct SandboxReport {
  ipc::SandboxLevel level = ipc::SandboxLevel::none;
  std::string words;  // what is missing and why; "" when nothing is
};

// What the manifest's plugin needs: its own folder, its state folder, its limits.
SandboxRules rules_for(const ipc::Manifest& manifest, const std::string& state_folder);
// The nodes through which the system reaches this device; none for a virtual one, or when it has just left.
std::vector<std::string> device_nodes(ck_link link, const std::string& path);

// Before a second thread runs. Never throws: what cannot be had is said in the report.
SandboxReport enter_sandbox(const SandboxRules& rules);

}  // namespace caukham::pluginhost
