#include "../footprint.hpp"

#include <windows.h>

#include <tlhelp32.h>

namespace caukham::tests {

int own_pid() { return static_cast<int>(::GetCurrentProcessId()); }

std::size_t threads_of(int pid) {
  const HANDLE all = ::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 thread{};
  thread.dwSize = sizeof thread;
  std::size_t n = 0;
  for (BOOL more = ::Thread32First(all, &thread); more; more = ::Thread32Next(all, &thread))
    n += thread.th32OwnerProcessID == static_cast<DWORD>(pid);
  ::CloseHandle(all);
  return n;
}

std::size_t handles_of(int pid) {
  const HANDLE process = ::OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, static_cast<DWORD>(pid));
  DWORD n = 0;
  ::GetProcessHandleCount(process, &n);
  ::CloseHandle(process);
  return n;
}

}  // namespace caukham::tests
