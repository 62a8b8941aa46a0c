#include "pluginhost/sandbox.hpp"

#include <sys/prctl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "ipc/process.hpp"
#include "pluginhost/linux/walls.hpp"

namespace caukham::pluginhost {
namespace {
namespace fs = std::filesystem;

std::string real(const std::string& path) {
  std::error_code error;
  const auto found = fs::canonical(path, error);
  return error ? path : found.string();
}
}  // namespace

SandboxRules rules_for(const ipc::Manifest& manifest, const std::string& state_folder) {
  SandboxRules rules;
  rules.read = {"/usr", "/lib", "/lib64", "/sys", "/run/udev", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom",
                "/dev/random", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm", "/proc/sys/kernel"};
  if (sanitized) rules.read.emplace_back("/proc");
  rules.read.push_back(manifest.folder);
  try {
    // A library may be a link to where a package manager keeps it; what it brings along lies beside it there.
    rules.read.push_back(fs::path(real(manifest.library_path())).parent_path().string());
  } catch (const std::exception&) {  // there is none: the loader says so
  }
  const auto bundled = fs::path(ipc::own_program_path()).parent_path().parent_path() / "lib";
  rules.read.push_back(bundled.string());
  if (!state_folder.empty()) rules.write.push_back(state_folder);
  rules.devices = {"/dev/null", "/dev/zero"};
  rules.memory_bytes = std::uint64_t{manifest.memory_mb} << 20;
  return rules;
}

std::vector<std::string> device_nodes(ck_link link, const std::string& path) {
  if (path.starts_with("/dev/")) return {real(path)};
  if (link != CK_LINK_USB && link != CK_LINK_HID) return {};
  // "1-2.3" or "1-2.3:1.0" is a name under /sys/bus/usb/devices; the device's numbers stand beside it.
  const auto name = path.substr(0, path.find(':'));
  if (name.empty() || name.find_first_not_of("0123456789-.") != std::string::npos || name.front() == '.') return {};
  const auto number = [&](const char* which) {
    int n = -1;
    std::ifstream("/sys/bus/usb/devices/" + name + "/" + which) >> n;
    return n;
  };
  const int bus = number("busnum"), device = number("devnum");
  if (bus < 0 || device < 0) return {};
  char node[40];
  std::snprintf(node, sizeof node, "/dev/bus/usb/%03d/%03d", bus, device);
  return {node};
}

SandboxReport enter_sandbox(const SandboxRules& rules) {
  SandboxReport report;
  const auto missing = [&](const char* what, const std::string& why) {
    if (why.empty()) return false;
    report.words += (report.words.empty() ? "" : "; ") + std::string(what) + ": " + why;
    return true;
  };
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) missing("no new privileges", std::strerror(errno));
  missing("limits", limit_resources(rules));
  missing("network namespace", leave_network());
  const bool no_files = missing("files", wall_files(rules));
  const bool no_calls = missing("calls", wall_calls(rules));
  if (rules.local_sockets) missing("calls", "local sockets are open for a test");
  report.level = no_files && no_calls         ? ipc::SandboxLevel::none
                 : !report.words.empty()      ? ipc::SandboxLevel::partial
                                              : ipc::SandboxLevel::full;
  return report;
}

}  // namespace caukham::pluginhost
