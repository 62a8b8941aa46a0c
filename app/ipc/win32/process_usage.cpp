// What a child uses, as Windows tells it.
#include "ipc/process.hpp"
#include "ipc/win32/windows.hpp"

#include <psapi.h>

namespace caukham::ipc {

// Of its Job, which holds it alone. Wine knows no time but the caller's own: asked by Job it says 0 instead of that.
double Process::cpu_seconds() const {
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION used{};
  if (pid_ <= 0 || status_ || !job_.valid() ||
      !::QueryInformationJobObject(job_.native(), JobObjectBasicAccountingInformation, &used, sizeof used, nullptr))
    return 0;
  return static_cast<double>(used.TotalUserTime.QuadPart + used.TotalKernelTime.QuadPart) * 1e-7;  // counted in 100 ns
}

std::uint64_t Process::resident_bytes() const {
  PROCESS_MEMORY_COUNTERS use{};
  if (pid_ <= 0 || status_ || !::K32GetProcessMemoryInfo(ended_.native(), &use, sizeof use)) return 0;
  return use.WorkingSetSize;
}

std::string file_stamp(const std::string& path) {
  const Handle file(::CreateFileW(wide(path).c_str(), FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  BY_HANDLE_FILE_INFORMATION info{};
  FILE_BASIC_INFO times{};
  if (file.native() == INVALID_HANDLE_VALUE || !::GetFileInformationByHandle(file.native(), &info) ||
      !::GetFileInformationByHandleEx(file.native(), FileBasicInfo, &times, sizeof times))
    return "";
  const auto number = [](std::uint64_t high, std::uint64_t low) { return std::to_string((high << 32) | low); };
  return number(0, info.dwVolumeSerialNumber) + ":" + number(info.nFileIndexHigh, info.nFileIndexLow) + " " +
         number(info.nFileSizeHigh, info.nFileSizeLow) + " " + std::to_string(times.LastWriteTime.QuadPart) + " " +
         std::to_string(times.ChangeTime.QuadPart);
}

Handle own_stderr() {
  Handle own(::GetStdHandle(STD_ERROR_HANDLE));
  auto copy = own.duplicate();
  own.release();  // borrowed only
  return copy;
}

std::string own_program_path() {
  std::wstring path(32768, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size())));
  return narrow(path);
}

}  // namespace caukham::ipc
