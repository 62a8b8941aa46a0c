// clang's libFuzzer over one target, the one that CAUKHAM_FUZZ names.
#include "target.hpp"

namespace {
const fuzz::Target* chosen = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  const char* name = std::getenv("CAUKHAM_FUZZ");
  const auto found = fuzz::targets().find(name ? name : "");
  if (found == fuzz::targets().end()) {
    std::fprintf(stderr, "CAUKHAM_FUZZ must name one of:\n");
    for (const auto& [known, target] : fuzz::targets()) std::fprintf(stderr, "  %s\n", known.c_str());
    std::exit(2);
  }
  chosen = &found->second;
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen->run({data, size});
  return 0;
}
