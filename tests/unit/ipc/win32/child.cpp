// What a child of the tests does: the first word says what.
#include <windows.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "ipc/process.hpp"
#include "ipc/win32/windows.hpp"

using namespace caukham::ipc;

namespace {

int start_another(bool stay) {
  Spawn another;
  Handle out(::GetStdHandle(STD_OUTPUT_HANDLE));  // held by it as well: whoever reads sees when both are gone
  another.program = own_program_path();
  another.arguments = {"hold"};
  another.output = &out;
  try {
    static Process child;
    child = Process::spawn(another);
    if (stay) ::Sleep(INFINITE);
    std::puts("started");
    std::fflush(stdout);
    ::TerminateProcess(::GetCurrentProcess(), 0);  // without destructors: as in a crash
  } catch (const std::exception&) {
    std::puts("refused");
  }
  out.release();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "exit") return std::atoi(argv[2]);
  if (what == "say") std::puts(argc > 2 ? argv[2] : "");
  if (what == "crash") ::RaiseException(0xC0000005, EXCEPTION_NONCONTINUABLE, 0, nullptr);
  if (what == "hold") ::Sleep(INFINITE);
  if (what == "environment") std::puts(std::getenv(argv[2]) ? std::getenv(argv[2]) : "(not there)");
  if (what == "handles") {  // which numbers came, and whether the handle whose value is given did
    for (const char* number : {"3", "4", "5"}) std::printf("%s %d\n", number, inherited(number).valid());
    DWORD flags = 0;
    const auto value = static_cast<std::uintptr_t>(std::strtoull(argv[2], nullptr, 16));
    std::printf("other %d\n", ::GetHandleInformation(reinterpret_cast<HANDLE>(value), &flags) != 0);
  }
  if (what == "start") return start_another(false);
  if (what == "start-and-stay") return start_another(true);
  if (what == "allocate") {
    const auto bytes = static_cast<std::size_t>(std::atoll(argv[2])) << 20;
    std::puts(::VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) ? "given" : "refused");
  }
  return 0;
}
