// A waveform with values that say where they belong: sample n of channel c is 1000 c + n, alternating in
// sign.
#pragma once
#include <cstdint>
#include <vector>

#include "record/bdf_spec.hpp"

inline constexpr std::int64_t second_ns = 1'000'000'000;
inline constexpr std::int64_t start_utc_ns = 1'795'300'000 * second_ns + 123'456'789;

inline caukham::record::WaveformSpec ecg_spec(int channels = 3) {
  caukham::record::WaveformSpec spec;
  spec.label = "ecg";
  spec.rate_hz = 500;
  for (int i = 0; i < channels; ++i)
    spec.channels.push_back({"ECG " + std::to_string(i + 1), "uV", 0.07152557373046875, -8388608, 8388607,
                             "HP:0.05Hz LP:150Hz", "AgCl electrode"});
  spec.patient_code = "P7";
  spec.patient_name = "Nguyễn Thị Ánh";
  spec.patient_birth_date = "1980-05-02";
  spec.patient_sex = 'F';
  spec.exam = "3f0c3c39-2f5e-4b7e-9a55-0e4fd0f2b1aa";
  spec.technician = "Lan";
  spec.equipment = "DemoECG 12";
  spec.start_utc_ns = start_utc_ns;
  return spec;
}

inline std::int32_t value(std::int64_t n, int c) {
  const auto v = static_cast<std::int32_t>(1000 * c + n % 900);
  return n % 2 ? -v * 2800 : v * 17;
}

inline std::vector<std::int32_t> run(std::int64_t first, std::int64_t count, int channels = 3) {
  std::vector<std::int32_t> out;
  for (std::int64_t n = first; n < first + count; ++n) {
    for (int c = 0; c < channels; ++c) out.push_back(value(n, c));
  }
  return out;
}
