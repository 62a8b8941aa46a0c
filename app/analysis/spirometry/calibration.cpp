#include "analysis/spirometry/calibration.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace caukham::analysis::spirometry {
namespace {

// ATS/ERS 2019: within 3 % (the syringe's own 0.5 % in it), at flows between 0.5 and 12 L/s. Ours: 0.45 still
// counts, since a hand aims no better.
constexpr double limit_percent = 3, slowest_lps = 0.45, fastest_lps = 12;
// Ours: below this the syringe stands.
constexpr double moving_lps = 0.05;
constexpr double apart =
    1.5;  // flows that differ by less count as one (ours: the statement says "a range of flows")
constexpr double rest_s = 0.15;       // ours: standing this long ends a stroke
// Ours: more than this of the syringe is a stroke, handling it moves less. A sensor that loses half of a slow stroke must fail, and
// not only see none.
constexpr double least_part = 0.2;

std::string next_day(const std::string& date) {
  int y = 0;
  unsigned m = 0, d = 0;
  char rest = 0;
  if (date.size() != 10 || std::sscanf(date.c_str(), "%4d-%2u-%2u%c", &y, &m, &d, &rest) != 3) return {};
  const std::chrono::year_month_day day{std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)};
  if (!day.ok()) return {};
  const std::chrono::year_month_day next{std::chrono::sys_days(day) + std::chrono::days(1)};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(next.year()),
                static_cast<unsigned>(next.month()), static_cast<unsigned>(next.day()));
  return text.data();
}

}  // namespace

std::vector<Stroke> find_strokes(std::span<const float> flow_lps, double rate_hz, double syringe_l) {
  std::vector<Stroke> out;
  double volume = 0, peak = 0;
  std::size_t moving = 0, resting = 0;
  int direction = 0;
  const auto end = [&] {
    if (direction && std::abs(volume) >= least_part * syringe_l && moving) {
      Stroke s;
      s.out = direction > 0;
      s.volume_l = std::abs(volume);
      s.mean_lps = s.volume_l * rate_hz / static_cast<double>(moving);
      s.peak_lps = peak;
      s.error_percent = 100 * (s.volume_l - syringe_l) / syringe_l;
      s.passed = std::abs(s.error_percent) <= limit_percent + 1e-6;
      out.push_back(s);
    }
    volume = peak = 0;
    moving = resting = 0;
    direction = 0;
  };
  for (const float f : flow_lps) {
    const double flow = static_cast<double>(f);
    if (!std::isfinite(flow)) {
      end();
      continue;
    }
    const int now = flow > moving_lps ? 1 : flow < -moving_lps ? -1 : 0;
    if (now && now != direction) end();
    if (now) {
      direction = now;
      ++moving;
      resting = 0;
      peak = std::max(peak, std::abs(flow));
    } else if (direction && static_cast<double>(++resting) / rate_hz > rest_s) {
      end();
      continue;
    }
    if (direction) volume += flow / rate_hz;
  }
  end();
  return out;
}

CalibrationCheck check_calibration(std::vector<Stroke> strokes, std::string date, double syringe_l) {
  CalibrationCheck c;
  c.syringe_l = syringe_l;
  c.limit_percent = limit_percent;
  const auto tomorrow = next_day(date);
  c.due_on = tomorrow.empty() ? "" : date;  // until it passes
  c.checked_on = std::move(date);
  c.strokes = std::move(strokes);
  if (c.strokes.empty()) {
    c.reason = "no stroke of the syringe was found";
    return c;
  }
  double sum = 0, low = c.strokes[0].error_percent, high = low;
  std::size_t bad = 0;
  std::vector<double> speeds;
  for (const auto& s : c.strokes) {
    sum += s.volume_l;
    low = std::min(low, s.error_percent);
    high = std::max(high, s.error_percent);
    bad += !s.passed;
    if (s.mean_lps >= slowest_lps && s.mean_lps <= fastest_lps) speeds.push_back(s.mean_lps);
  }
  c.linearity_percent = high - low;
  c.gain = syringe_l * static_cast<double>(c.strokes.size()) / sum;
  std::sort(speeds.begin(), speeds.end());
  std::size_t different = 0;
  double last = 0;
  for (double v : speeds)
    if (v >= apart * last) {
      ++different;
      last = v;
    }
  c.three_flows = different >= 3;
  c.passed = !bad && c.three_flows && c.strokes.size() >= 3;
  if (c.passed) c.due_on = tomorrow;
  if (bad)
    c.reason =
        std::to_string(bad) + " of " + std::to_string(c.strokes.size()) + " strokes are more than 3 % off";
  else if (c.strokes.size() < 3) c.reason = "at least three strokes are needed";
  else if (!c.three_flows)
    c.reason = "strokes at three clearly different speeds between 0.5 and 12 L/s are needed";
  else c.reason = "all strokes lie within 3 % at three speeds";
  return c;
}

}  // namespace caukham::analysis::spirometry
