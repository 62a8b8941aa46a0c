// Leads by name: which of a recording's channels is which of the twelve, and the limb leads that can be
// computed. Devices send I+II (most), II+III (Contec) or I+III (INEEDMD glove); any two of the three give the
// other four limb leads exactly (Einthoven: I + III = II; Goldberger's augmented leads; analysis/leads.hpp).
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/ecg/recording.hpp"
#include "analysis/leads.hpp"

namespace caukham::analysis::ecg {

// "avr", "aVR", "AVR", "Lead II", "v1" …; nullopt for others ("MLII", "vx"), which are analysed but are none
// of the twelve.
std::optional<Lead> lead_of(std::string_view name);

// Channel numbers of the twelve; the first of two with the same name.
std::array<std::optional<std::size_t>, lead_count> channels_of(const Recording& recording);

// What of a six-limb-lead set can be had from what is there.
enum class LimbPair { none, i_ii, ii_iii, i_iii };
LimbPair limb_pair(const std::array<bool, lead_count>& present);

// The six limb leads from two of I, II, III; `a`, `b` in the pair's order. Exact in the sense of leads.hpp.
std::array<float, 6> limb_leads(LimbPair pair, float a, float b);

// The recording with every limb lead that can be computed added behind its own channels (NaN where a part is
// NaN), and what the electrodes that are off make invalid set to NaN throughout. Owns what it added; the rest
// views the original's samples, which must stay alive. `electrodes_off`: bits as in analysis::invalid_leads;
// 0: all are on.
class Completed {
 public:
  explicit Completed(const Recording& recording, std::uint32_t electrodes_off = 0);
  Completed(const Completed&) = delete;
  Completed& operator=(const Completed&) = delete;
  Completed(Completed&&) = default;  // the added samples do not move with it
  Completed& operator=(Completed&&) = default;

  const Recording& recording() const { return recording_; }
  const std::vector<std::string>& added() const { return added_; }  // their names

 private:
  Recording recording_;
  std::vector<std::string> added_;
  std::deque<std::vector<float>> samples_;
};

}  // namespace caukham::analysis::ecg
