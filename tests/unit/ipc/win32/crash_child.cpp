// A program that crashes, with what caukham.exe crashes with: FOLDER KEEP HOW.
#include <windows.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include "ipc/crash.hpp"

namespace {

// Filled only where it runs, so that the words are in no file of the program's.
char* secret_on_the_heap() {
  auto* text = static_cast<char*>(std::malloc(64));
  for (int i = 0; i < 16; ++i) text[i] = static_cast<char>("qbujfout!ibwf!op"[i] - 1);  // "patients have no"
  return text;
}

int (*volatile again)(volatile int*);
int run_over(volatile int* before) {
  volatile int here[512] = {before ? before[0] + 1 : 0};
  return again(here) + here[1];
}

// Null as far as anybody knows, but the compiler does not.
int* volatile nowhere = nullptr;

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 9;
  ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  caukham::ipc::keep_crash_dumps(argv[1], "crash_child", static_cast<std::size_t>(std::atoi(argv[2])));
  char* volatile secret = secret_on_the_heap();
  const std::string how = argv[3];
  if (how == "write") *nowhere = secret[0];
  if (how == "thread") std::thread([] { *nowhere = 1; }).join();
  if (how == "throw") throw std::runtime_error("nobody catches this");
  if (how == "abort") std::abort();
  again = run_over;
  if (how == "stack") return again(nullptr);
  return 0;
}
