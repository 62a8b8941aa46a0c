#include "pluginhost/own_process.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "ipc/win32/windows.hpp"

namespace caukham::pluginhost {

int own_pid() { return static_cast<int>(::GetCurrentProcessId()); }

// "3=1a4;4=1b0": the numbers of the arguments and the handles behind them, hexadecimal (app/ipc/win32/process.cpp).
ipc::Handle inherited(std::string_view number) {
  const char* list = std::getenv("CAUKHAM_HANDLES");
  std::string_view rest = list ? list : "";
  while (!rest.empty()) {
    const auto entry = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos || entry.substr(0, equals) != number) continue;
    const auto value = std::strtoull(std::string(entry.substr(equals + 1)).c_str(), nullptr, 16);
    const auto handle = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(value));
    DWORD flags = 0;
    if (value == 0 || !::GetHandleInformation(handle, &flags)) return {};
    ::SetHandleInformation(handle, HANDLE_FLAG_INHERIT, 0);
    return ipc::Handle(handle);
  }
  return {};
}

void use_folder(const std::string& folder) {
  if (folder.empty()) return;
  const auto at = ipc::wide(folder);
  for (const wchar_t* name : {L"TEMP", L"TMP", L"APPDATA", L"LOCALAPPDATA", L"USERPROFILE"})
    ::SetEnvironmentVariableW(name, at.c_str());
  ::SetCurrentDirectoryW(at.c_str());
}

void end_within(unsigned seconds) {
  std::thread([seconds] {
    ::Sleep(seconds * 1000);
    ::TerminateProcess(::GetCurrentProcess(), 1);
  }).detach();
}

}  // namespace caukham::pluginhost
