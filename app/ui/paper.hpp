// Millimetre paper on a screen and the arithmetic of a sweep. No wx: the window asks, this answers in pixels.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace caukham::ui {

// Pixels a millimetre of a monitor. `width_mm` as its EDID says; a monitor that says nothing, or something
// that cannot be (projectors and virtual screens report 0 or 160×90 mm), gets 96 dpi. `calibrated` > 0 (set
// with a card) wins.
double pixels_per_mm(int width_px, int width_mm, double calibrated);

// Width of an ID-1 card (ISO/IEC 7810), the ruler every nurse carries.
inline constexpr double card_mm = 85.60;

enum class EcgLayout : std::uint8_t { three_by_four_rhythm, six_by_two, twelve_by_one, single };

// The twelve leads in the order of print: I II III aVR aVL aVF V1 … V6.
inline constexpr int lead_count = 12;
const char* lead_name(int lead);

struct Strip {
  int lead = 0;             // 0..11
  double x = 0, width = 0;  // px within the pane, time runs here
  double top = 0, height = 0;
  double middle() const { return top + height / 2; }
};

// Strips of a layout within width × height px. `single` shows lead II alone (the small view). Never empty.
std::vector<Strip> lay_strips(EcgLayout layout, double width, double height);

// Width of the bar that runs ahead of the pen, so that old signal is never read as new.
inline constexpr double erase_bar_mm = 4.0;

// One sweep: samples come round and overwrite the oldest. Column of a sample, whole strip = `capacity`
// samples.
struct Sweep {
  double px_per_mm = 3.78, mm_per_s = 25, rate_hz = 500, width_px = 100;
  double px_per_sample() const { return px_per_mm * mm_per_s / rate_hz; }
  std::uint64_t capacity() const;             // ≥ 1
  double column(std::uint64_t sample) const;  // px from the strip's left
  std::uint64_t shown() const;                  // newest samples that may be seen: all but the erase bar; ≥ 1
  bool wraps(std::uint64_t sample) const;     // the first of a turn: the pen is lifted before it
};

// What runs left of the strips: a calibration pulse of 1 mV, 0.2 s (5 mm at 25 mm/s).
inline constexpr double pulse_mm = 8.0;

// Vertical px of a value; up is positive.
double height_px(double microvolt, double mm_per_mv, double px_per_mm);

// Names of the electrodes in the bits of sdk/event.h (0 RA, 1 LA, 2 LL, 3 RL, 4..9 V1..V6), in the two colour
// codes of IEC 60601-2-25 annex: code 1 (IEC: R L F N C1..C6) and code 2 (AHA: RA LA LL RL V1..V6).
inline constexpr int electrode_count = 10;
struct Electrode {
  const char* name;
  const char* colour;  // English key for tr()
  std::uint32_t rgb;   // 0xRRGGBB
};
Electrode electrode(int bit, bool iec);

}  // namespace caukham::ui
