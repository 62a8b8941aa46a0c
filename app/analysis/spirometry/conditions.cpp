#include "analysis/spirometry/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace caukham::analysis::spirometry {

double water_vapour_mmhg(double temperature_c) {
  constexpr double mmhg_per_hpa = 0.750061683;  // 760 mmHg are 1013.25 hPa
  const double t = temperature_c;
  return mmhg_per_hpa * 6.1121 * std::exp((18.678 - t / 234.5) * (t / (257.14 + t)));
}

std::optional<BtpsFactors> btps_factors(const Conditions& c) {
  if (!(c.pressure_mmhg >= 400 && c.pressure_mmhg <= 820 && c.temperature_c >= 0 && c.temperature_c <= 50 &&
        c.humidity_percent >= 0 && c.humidity_percent <= 100))
    return std::nullopt;
  const double vapour = water_vapour_mmhg(c.temperature_c), warm = 310 / (273 + c.temperature_c);
  const auto factor = [&](double part) {
    return (c.pressure_mmhg - part * vapour) / (c.pressure_mmhg - 47) * warm;
  };
  return BtpsFactors{factor(1), factor(c.humidity_percent / 100)};
}

void to_btps(std::span<float> flow_lps, const BtpsFactors& factors) {
  for (float& f : flow_lps) f *= static_cast<float>(f > 0 ? factors.expired : factors.inspired);
}

std::optional<double> resting_flow_lps(std::span<const float> flow_lps, double rate_hz) {
  const auto window = static_cast<std::size_t>(std::lround(rate_hz));
  if (window < 20 || flow_lps.size() < window) return std::nullopt;
  std::optional<double> best;
  double narrowest = 0.02;
  for (std::size_t from = 0; from + window <= flow_lps.size(); from += window / 5) {
    const auto part = flow_lps.subspan(from, window);
    const auto [low, high] = std::minmax_element(part.begin(), part.end());
    const double width = static_cast<double>(*high) - static_cast<double>(*low);
    if (!(width <= narrowest)) continue;
    double sum = 0;
    for (float f : part) sum += static_cast<double>(f);
    const double mean = sum / static_cast<double>(window);
    if (std::abs(mean) > 0.15) continue;
    narrowest = width;
    best = mean;
  }
  return best;
}

}  // namespace caukham::analysis::spirometry
