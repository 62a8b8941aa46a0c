// Seeded random numbers that are the same on every platform (the std distributions are not).
#pragma once
#include <cmath>
#include <cstdint>
#include <numbers>

namespace caukham::devices {

// splitmix64 (Steele, Lea, Flood 2014): one word of state, good enough for noise and test input, not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t limit) { return limit ? static_cast<std::uint32_t>(next() % limit) : 0; }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }  // [0, 1)
  double normal() {  // Box–Muller, mean 0, deviation 1
    return std::sqrt(-2.0 * std::log(1.0 - uniform())) * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::uint64_t state_;
};

}  // namespace caukham::devices
