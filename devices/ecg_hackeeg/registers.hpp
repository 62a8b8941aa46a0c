// The ADS1298's registers as this room needs them. Source: Texas Instruments SBAS459 (ADS1294/6/8 data sheet),
// section "Register Maps"; the numbers agree with the HackEEG driver's ads129x.h.
#pragma once
#include <array>
#include <cstdint>

namespace caukham::devices::hackeeg {

enum Register : std::uint8_t {
  reg_id = 0x00, reg_config1 = 0x01, reg_config2 = 0x02, reg_config3 = 0x03, reg_loff = 0x04, reg_ch1set = 0x05,
  reg_loff_sensp = 0x0F, reg_loff_sensn = 0x10, reg_loff_statp = 0x12, reg_loff_statn = 0x13, reg_gpio = 0x14,
  reg_config4 = 0x17, reg_wct1 = 0x18, reg_wct2 = 0x19, register_count = 0x1A,
};

inline constexpr std::uint8_t id_ads1298 = 0x92;

// CONFIG1 for high resolution. 0: not a rate this room offers.
constexpr std::uint8_t config1_for_rate(int rate_hz) { return rate_hz == 500 ? 0x86 : rate_hz == 1000 ? 0x85 : 0; }
inline constexpr std::uint8_t config1_reset = 0x06;  // low power, 250 samples a second
constexpr int rate_of_config1(std::uint8_t v) {
  if ((v & 0x87) == 0x86) return 500;
  if ((v & 0x87) == 0x85) return 1000;
  if ((v & 0x87) == config1_reset) return 250;
  return 0;
}

// CHnSET bits 6:4. 0xFF / 0: no such gain.
constexpr std::uint8_t channel_set_for_gain(int gain) {
  switch (gain) {
    case 6: return 0x00;
    case 1: return 0x10;
    case 2: return 0x20;
    case 3: return 0x30;
    case 4: return 0x40;
    case 8: return 0x50;
    case 12: return 0x60;
  }
  return 0xFF;
}
constexpr int gain_of_channel_set(std::uint8_t v) {
  constexpr std::array<int, 8> gains = {6, 1, 2, 3, 4, 8, 12, 0};
  return gains[(v >> 4) & 7];
}

inline constexpr std::uint8_t config3_2v4 = 0xCC;     // reference on, 2.4 V, RLD reference inside, RLD amplifier on
inline constexpr std::uint8_t config3_vref_4v = 0x20;  // CONFIG3 bit 5
constexpr double vref_v(std::uint8_t config3) { return config3 & config3_vref_4v ? 4.0 : 2.4; }

// µV an LSB: full scale is ±Vref/gain over 2^23-1 codes.
constexpr double uv_per_lsb(double vref, int gain) { return vref * 1e6 / (gain * 8388607.0); }

}  // namespace caukham::devices::hackeeg
