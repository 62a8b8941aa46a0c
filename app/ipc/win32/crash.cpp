// A crash is told by the filter for exceptions that nobody caught, or, for abort() and C++ exceptions, by the C library's
// signal. The dump is written by a thread that waits for it from the start: the one that crashed may have no stack left.
#include "ipc/crash.hpp"

#include <csignal>
#include <cwchar>
#include <string>

#include "ipc/win32/windows.hpp"

#include <dbghelp.h>

namespace caukham::ipc {
namespace {

constexpr DWORD patience_ms = 20'000;
constexpr ULONG own_stack_bytes = 64u << 10;  // kept free for on_crash where a stack ran over
constexpr DWORD aborted = 0x40000015;         // STATUS_FATAL_APP_EXIT

void (*last_act)() = nullptr;

struct Dump {
  wchar_t path[32768] = {};  // up to and with the '-' before the time
  std::size_t length = 0;
  HANDLE wanted = nullptr, written = nullptr;
  DWORD writer = 0, crashed = 0;
  EXCEPTION_POINTERS* at = nullptr;
  volatile LONG begun = 0;
} dump;

DWORD WINAPI write_dump(void*) {
  ::WaitForSingleObject(dump.wanted, INFINITE);
  SYSTEMTIME t;
  ::GetSystemTime(&t);
  ::wsprintfW(dump.path + dump.length, L"%04u%02u%02u-%02u%02u%02u-%lu.dmp", t.wYear, t.wMonth, t.wDay, t.wHour, t.wMinute, t.wSecond,
              ::GetCurrentProcessId());
  const HANDLE file = ::CreateFileW(dump.path, GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (file != INVALID_HANDLE_VALUE) {
    MINIDUMP_EXCEPTION_INFORMATION crash{dump.crashed, dump.at, FALSE};
    const bool good = ::MiniDumpWriteDump(::GetCurrentProcess(), ::GetCurrentProcessId(), file,
                                          static_cast<MINIDUMP_TYPE>(MiniDumpNormal | MiniDumpFilterMemory), &crash, nullptr, nullptr);
    ::CloseHandle(file);
    if (!good) ::DeleteFileW(dump.path);
  }
  ::SetEvent(dump.written);
  return 0;
}

LONG WINAPI on_crash(EXCEPTION_POINTERS* at) {
  if (last_act) last_act();
  if (!dump.wanted || ::GetCurrentThreadId() == dump.writer) return EXCEPTION_CONTINUE_SEARCH;
  if (::InterlockedExchange(&dump.begun, 1) == 0) {
    dump.at = at;
    dump.crashed = ::GetCurrentThreadId();
    ::SetEvent(dump.wanted);
  }
  ::WaitForSingleObject(dump.written, patience_ms);
  // With the crash's own number, and past Windows' error reporting, which would take a larger dump and send it away.
  ::TerminateProcess(::GetCurrentProcess(), at->ExceptionRecord->ExceptionCode);
  return EXCEPTION_CONTINUE_SEARCH;
}

void on_abort(int) {
  CONTEXT context{};
  ::RtlCaptureContext(&context);
  EXCEPTION_RECORD record{};
  record.ExceptionCode = aborted;
  record.ExceptionAddress = reinterpret_cast<void*>(context.Rip);
  EXCEPTION_POINTERS at{&record, &context};
  on_crash(&at);  // returns only where no dump is kept: abort() goes on
}

void catch_crashes() {
  ::SetUnhandledExceptionFilter(on_crash);
  std::signal(SIGABRT, on_abort);
}

}  // namespace

void before_crash(void (*act)()) {
  last_act = act;
  catch_crashes();
}

void keep_crash_dumps(const std::filesystem::path& folder, const std::string& program, std::size_t keep) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  prune_crash_dumps(folder, keep - 1);  // this process leaves one at most
  const std::wstring path = (folder / ("crash-" + program + "-")).wstring();
  constexpr std::size_t time_length = 40;
  if (dump.wanted || path.size() + time_length > std::size(dump.path)) return;
  dump.length = path.copy(dump.path, path.size());
  dump.written = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  dump.wanted = ::CreateEventW(nullptr, TRUE, FALSE, nullptr);
  if (const HANDLE writer = ::CreateThread(nullptr, 0, write_dump, nullptr, 0, &dump.writer)) ::CloseHandle(writer);
  else ::SetEvent(dump.written);  // nobody would write it: nobody waits
  ULONG bytes = own_stack_bytes;
  ::SetThreadStackGuarantee(&bytes);
  catch_crashes();
}

}  // namespace caukham::ipc
