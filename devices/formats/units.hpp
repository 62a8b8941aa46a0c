// What a voltage unit's name, as files write it, is in microvolts.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace caukham::formats {

// "mV" → 1000; case does not matter, the micro sign may be U+00B5, U+03BC, Latin-1's 0xB5 or "u". nullopt: no voltage.
inline std::optional<double> microvolts_per(std::string_view unit) {
  while (!unit.empty() && unit.back() == ' ') unit.remove_suffix(1);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  if (unit.empty() || (unit.back() != 'V' && unit.back() != 'v')) return std::nullopt;
  unit.remove_suffix(1);
  if (unit.empty()) return 1e6;
  if (unit == "m" || unit == "M") return 1e3;
  if (unit == "n" || unit == "N") return 1e-3;
  if (unit == "u" || unit == "U" || unit == "\xc2\xb5" || unit == "\xce\xbc" || unit == "\xb5") return 1.0;
  return std::nullopt;
}

}  // namespace caukham::formats
