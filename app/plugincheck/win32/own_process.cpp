#include "plugincheck/own_process.hpp"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <psapi.h>
#include <sys/stat.h>
#include <tlhelp32.h>

#include <cstdio>
#include <filesystem>

namespace caukham::plugincheck {

Footprint footprint() {
  Footprint f;
  const DWORD own = ::GetCurrentProcessId();
  const HANDLE snapshot = ::CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD | TH32CS_SNAPPROCESS, 0);
  if (snapshot != INVALID_HANDLE_VALUE) {
    THREADENTRY32 thread{};
    thread.dwSize = sizeof thread;
    for (BOOL more = ::Thread32First(snapshot, &thread); more; more = ::Thread32Next(snapshot, &thread))
      f.threads += thread.th32OwnerProcessID == own;
    PROCESSENTRY32W process{};
    process.dwSize = sizeof process;
    for (BOOL more = ::Process32FirstW(snapshot, &process); more; more = ::Process32NextW(snapshot, &process))
      f.children += process.th32ParentProcessID == own;
    ::CloseHandle(snapshot);
  }
  DWORD handles = 0;
  ::GetProcessHandleCount(::GetCurrentProcess(), &handles);
  f.handles = handles;
  PROCESS_MEMORY_COUNTERS memory{};
  if (::K32GetProcessMemoryInfo(::GetCurrentProcess(), &memory, sizeof memory)) f.memory_bytes = memory.WorkingSetSize;
  return f;
}

Captured::Captured() {
  std::fflush(nullptr);
  const auto name = std::filesystem::temp_directory_path() / ("caukham-captured-" + std::to_string(::GetCurrentProcessId()));
  file_ = ::_wopen(name.c_str(), _O_RDWR | _O_CREAT | _O_TRUNC | _O_BINARY | _O_TEMPORARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
  for (int fd = 1; fd <= 2; ++fd) {
    kept_[fd - 1] = ::_dup(fd);
    ::_dup2(file_, fd);
  }
}

Captured::~Captured() {
  std::fflush(nullptr);
  for (int fd = 1; fd <= 2; ++fd) {
    ::_dup2(kept_[fd - 1], fd);
    ::_close(kept_[fd - 1]);
  }
  ::_close(file_);
}

std::string Captured::text() {
  std::fflush(nullptr);
  std::string out(4096, '\0');
  // stdout and stderr share the place in the file: it goes back to the end.
  ::_lseek(file_, 0, SEEK_SET);
  const int n = ::_read(file_, out.data(), static_cast<unsigned>(out.size()));
  ::_lseek(file_, 0, SEEK_END);
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

}  // namespace caukham::plugincheck
