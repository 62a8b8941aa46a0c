#include "ui/paper.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/i18n.hpp"

namespace caukham::ui {
using core::tr_later;

double pixels_per_mm(int width_px, int width_mm, double calibrated) {
  constexpr double at_96_dpi = 96.0 / 25.4;
  if (calibrated >= 1.0 && calibrated <= 40.0) return calibrated;
  if (width_px <= 0 || width_mm < 100) return at_96_dpi;
  const double said = static_cast<double>(width_px) / width_mm;
  return said >= 2.0 && said <= 20.0 ? said : at_96_dpi;  // 50 … 500 dpi; anything else is a forged EDID
}

const char* lead_name(int lead) {
  static constexpr std::array<const char*, lead_count> names = {"I",  "II", "III", "aVR", "aVL", "aVF",
                                                                "V1", "V2", "V3",  "V4",  "V5",  "V6"};
  return names[static_cast<std::size_t>(std::clamp(lead, 0, lead_count - 1))];
}

std::vector<Strip> lay_strips(EcgLayout layout, double width, double height) {
  width = std::max(width, 1.0);
  height = std::max(height, 1.0);
  std::vector<Strip> out;
  const auto grid = [&](int rows, int columns, int all_rows) {
    for (int column = 0; column < columns; ++column)
      for (int row = 0; row < rows; ++row)
        out.push_back({column * rows + row, width * column / columns, width / columns,
                       height * row / all_rows, height / all_rows});
  };
  switch (layout) {
    case EcgLayout::three_by_four_rhythm:
      grid(3, 4, 4);
      out.push_back({1, 0, width, height * 3 / 4, height / 4});  // rhythm: lead II, the whole width
      break;
    case EcgLayout::six_by_two: grid(6, 2, 6); break;
    case EcgLayout::twelve_by_one: grid(12, 1, 12); break;
    case EcgLayout::single: out.push_back({1, 0, width, 0, height}); break;
  }
  return out;
}

std::uint64_t Sweep::capacity() const {
  const double step = px_per_sample();
  if (!(step > 0)) return 1;
  return static_cast<std::uint64_t>(std::max(1.0, std::floor(width_px / step)));
}

std::uint64_t Sweep::shown() const {
  if (!(px_per_sample() > 0)) return 1;
  const auto bar = static_cast<std::uint64_t>(std::ceil(erase_bar_mm * px_per_mm / px_per_sample()));
  return capacity() > bar + 1 ? capacity() - bar : 1;
}

double Sweep::column(std::uint64_t sample) const {
  return static_cast<double>(sample % capacity()) * px_per_sample();
}

bool Sweep::wraps(std::uint64_t sample) const { return sample % capacity() == 0; }

double height_px(double microvolt, double mm_per_mv, double px_per_mm) {
  return -microvolt / 1000.0 * mm_per_mv * px_per_mm;
}

Electrode electrode(int bit, bool iec) {
  static constexpr std::array<Electrode, electrode_count> code1 = {{{"R", tr_later("red"), 0xD32F2F},
                                                                    {"L", tr_later("yellow"), 0xF9C80E},
                                                                    {"F", tr_later("green"), 0x2E9E44},
                                                                    {"N", tr_later("black"), 0x222222},
                                                                    {"C1", tr_later("red"), 0xD32F2F},
                                                                    {"C2", tr_later("yellow"), 0xF9C80E},
                                                                    {"C3", tr_later("green"), 0x2E9E44},
                                                                    {"C4", tr_later("brown"), 0x8D5A2B},
                                                                    {"C5", tr_later("black"), 0x222222},
                                                                    {"C6", tr_later("violet"), 0x7B3FA0}}};
  static constexpr std::array<Electrode, electrode_count> code2 = {{{"RA", tr_later("white"), 0xF4F4F4},
                                                                    {"LA", tr_later("black"), 0x222222},
                                                                    {"LL", tr_later("red"), 0xD32F2F},
                                                                    {"RL", tr_later("green"), 0x2E9E44},
                                                                    {"V1", tr_later("red"), 0xD32F2F},
                                                                    {"V2", tr_later("yellow"), 0xF9C80E},
                                                                    {"V3", tr_later("green"), 0x2E9E44},
                                                                    {"V4", tr_later("blue"), 0x1E63C4},
                                                                    {"V5", tr_later("orange"), 0xF28C28},
                                                                    {"V6", tr_later("violet"), 0x7B3FA0}}};
  const auto i = static_cast<std::size_t>(std::clamp(bit, 0, electrode_count - 1));
  return iec ? code1[i] : code2[i];
}

}  // namespace caukham::ui
