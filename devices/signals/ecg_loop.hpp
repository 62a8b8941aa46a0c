// What the ECG device models play: a closed loop of eight independent leads. A loop, not a stream, because a
// device's conversions go on while nobody listens and the model must answer "what was sample 3 600 000" at once.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace caukham::devices {

inline constexpr std::size_t ecg_leads = 8;  // I, II, V1 … V6
using EcgLeads = std::array<float, ecg_leads>;  // µV

struct EcgLoop {
  int rate_hz = 0;
  std::vector<EcgLeads> samples;  // one turn of the loop; never empty when handed to a model

  const EcgLeads& at(std::uint64_t index) const { return samples[index % samples.size()]; }
};

// Makes the loop for a rate the host has asked for. Deterministic: the same rate gives the same loop.
using EcgSource = std::function<EcgLoop(int rate_hz)>;

}  // namespace caukham::devices
