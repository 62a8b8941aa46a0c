// A fuzz target: one reader that gets bytes of anybody. To add one, write a .cpp like those beside it (about 20 lines) and
// name it in meson.build:
//
//   namespace {
//   void run(Input bytes) { try { read(bytes); } catch (const TheReadersOwnError&) {} }  // nothing else may come out
//   std::vector<Seed> seeds() { return {seed("a good file's bytes"), ...}; }
//   const Register mine{"name", run, seeds};
//   }
//
// What must hold besides "no crash" (sizes bounded, what is read twice is the same) is said with must().
// Two drivers: every_target.cpp runs all seeds and seeded mutations of them as an ordinary unit test; libfuzzer.cpp
// searches with clang's libFuzzer (run.sh).
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

using Input = std::span<const std::uint8_t>;
using Seed = std::vector<std::uint8_t>;

struct Target {
  void (*run)(Input) = nullptr;
  std::vector<Seed> (*seeds)() = nullptr;
};

inline std::map<std::string, Target>& targets() {
  static std::map<std::string, Target> all;
  return all;
}

struct Register {
  Register(const char* name, void (*run)(Input), std::vector<Seed> (*seeds)()) { targets()[name] = {run, seeds}; }
};

inline Seed seed(std::string_view text) { return {text.begin(), text.end()}; }
inline std::string_view text(Input bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A broken promise ends the process as a crash would: both drivers and libFuzzer see it.
inline void must(bool held, const char* promise) {
  if (held) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

// Several inputs out of one: cut at each 0xFF 0x00.
inline std::vector<Input> pieces(Input bytes) {
  std::vector<Input> out;
  std::size_t from = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
    if (bytes[i] == 0xFF && bytes[i + 1] == 0x00) out.push_back(bytes.subspan(from, i - from)), from = i + 2, ++i;
  out.push_back(bytes.subspan(from));
  return out;
}

}  // namespace fuzz
