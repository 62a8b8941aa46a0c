#include "pluginhost/own_process.hpp"

#include <thread>

#include "ipc/win32/windows.hpp"

namespace caukham::pluginhost {

int own_pid() { return static_cast<int>(::GetCurrentProcessId()); }

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

void write_stderr(std::string_view text) {
  DWORD n = 0;
  ::WriteFile(::GetStdHandle(STD_ERROR_HANDLE), text.data(), static_cast<DWORD>(text.size()), &n, nullptr);
}

}  // namespace caukham::pluginhost
