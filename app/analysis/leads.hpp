// The twelve standard leads from the eight that are measured, and which of them an electrode that is off makes invalid.
// Formulas: Einthoven (III = II - I) and Goldberger (aVR = -(I+II)/2, aVL = I - II/2, aVF = II - I/2); exact.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace caukham::analysis {

enum class Lead : std::uint8_t { I, II, III, aVR, aVL, aVF, V1, V2, V3, V4, V5, V6 };
inline constexpr std::size_t lead_count = 12;
inline constexpr std::array<const char*, lead_count> lead_names = {"I",  "II", "III", "aVR", "aVL", "aVF",
                                                                   "V1", "V2", "V3",  "V4",  "V5",  "V6"};
inline constexpr std::size_t measured_count = 8;  // I, II, V1 … V6 in this order

namespace detail {
// Half of an integer, rounded to the nearest, ties away from zero: the derived lead is off by half an LSB at most.
template <class T>
constexpr T half(T v) {
  if constexpr (std::integral<T>) return static_cast<T>((v + (v >= 0 ? 1 : -1)) / 2);
  else return v / 2;
}
}  // namespace detail

// `measured` in any unit, LSB or µV; the result is in the same. int32 within ±2^29, so that sums do not overflow.
template <class T>
  requires std::same_as<T, std::int32_t> || std::floating_point<T>
constexpr std::array<T, lead_count> twelve_leads(std::span<const T, measured_count> measured) {
  const T i = measured[0], ii = measured[1];
  return {i,           ii,          static_cast<T>(ii - i),
          static_cast<T>(-detail::half<T>(i + ii)), detail::half<T>(2 * i - ii), detail::half<T>(2 * ii - i),
          measured[2], measured[3], measured[4], measured[5], measured[6], measured[7]};
}

// Electrodes as bits: 0 RA, 1 LA, 2 LL, 3 RL, 4..9 V1..V6 (the SDK's ELECTRODES event).
// Bit n of the result: lead n (enum Lead) is not to be trusted. III, aVR, aVL, aVF are computed from I and II, so they
// fall with either of them. V leads need Wilson's terminal, that is RA, LA and LL. RL makes no lead invalid.
constexpr std::uint32_t invalid_leads(std::uint32_t electrodes_off) {
  constexpr std::uint32_t ra = 1, la = 2, ll = 4;
  const auto bit = [](Lead l) { return 1u << static_cast<unsigned>(l); };
  std::uint32_t invalid = 0;
  const bool bad_i = electrodes_off & (ra | la), bad_ii = electrodes_off & (ra | ll);
  if (bad_i) invalid |= bit(Lead::I);
  if (bad_ii) invalid |= bit(Lead::II);
  if (bad_i || bad_ii)
    invalid |= bit(Lead::III) | bit(Lead::aVR) | bit(Lead::aVL) | bit(Lead::aVF) | (0x3Fu << 6);
  return invalid | (electrodes_off >> 4 & 0x3F) << 6;
}

}  // namespace caukham::analysis
