// ECG filters with a stated response, and the words for it that go on screen, on paper and into results.
//
// Corners are the -3 dB points of what is delivered, offline (zero phase, forward and backward) and live
// (causal) alike.
//   diagnostic        0.05-150 Hz: Kligfield et al., AHA/ACC/HRS recommendations part I, Circulation
//   2007;115:1306;
//                     IEC 60601-2-25. The low cut is of first order: a 0.3 mV.s impulse (3 mV, 100 ms) then
//                     leaves 3 mV (1 - exp(-2 pi 0.05 Hz 0.1 s)) = 0.093 mV, within the 0.1 mV these
//                     standards allow.
//   diagnostic_child  0.05-250 Hz: the same paper, and Rijnbeek, Eur Heart J 2001;22:702.
//   monitor           0.67-40 Hz: IEC 60601-2-27; its low cut is of second order. Live it bends ST segments:
//   not for
//                     reading ST. (0.67 Hz with zero phase is allowed for diagnosis by the 2007 paper.)
//   notch             50 or 60 Hz, 2 Hz wide at -3 dB: ours; 20 dB are left when the mains is 0.1 Hz off.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace caukham::analysis::ecg {

struct FilterSpec {
  double low_hz = 0.05;  // -3 dB of the high pass; 0: none
  double high_hz = 150;  // -3 dB of the low pass; 0: none
  double notch_hz = 0;   // 50 or 60; 0: none

  static FilterSpec diagnostic(double notch_hz = 0) { return {0.05, 150, notch_hz}; }
  static FilterSpec diagnostic_child(double notch_hz = 0) { return {0.05, 250, notch_hz}; }
  static FilterSpec monitor(double notch_hz = 0) { return {0.67, 40, notch_hz}; }
  bool operator==(const FilterSpec&) const = default;
};

// "0.05–150 Hz, 50 Hz notch"; "no filter" when nothing is asked.
std::string text(const FilterSpec& spec);

// What can be done of `wanted` at this rate. A high cut or notch above 0.45 of the rate is left out (spec has
// 0 there) and `note` says so in words; empty when all is done. A text of the fitted spec never claims what
// was not done. Throws std::invalid_argument for a rate outside 100 … 4000 Hz or corners that make no band.
struct FittedFilter {
  FilterSpec spec;
  std::string note;
};
FittedFilter fit(const FilterSpec& wanted, double fs_hz);

namespace detail {
struct Section {  // one biquad, transposed direct form II, double: 0.05 Hz at 4 kHz needs it
  double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};
std::vector<Section> sections(const FilterSpec& fitted, double fs_hz, bool twice);
}  // namespace detail

// Zero phase, in place, µV. Missing samples (NaN, infinite) stay NaN and split the signal: each piece is
// filtered by itself, its ends continued by odd reflection. Pieces shorter than 2 samples lose their baseline
// and become 0. Returns what was done, as fit(). Throws as fit().
FittedFilter filter_zero_phase(const FilterSpec& wanted, double fs_hz, std::span<float> uv);

// Causal, for the live trace: one state a channel, begun as if the first sample had always been there, so
// that an electrode's offset makes no start-up jump. After a hole longer than a second a channel begins anew;
// over a shorter one its baseline is kept. One thread.
class LiveFilter {
 public:
  LiveFilter(const FilterSpec& wanted, double fs_hz, std::size_t channels);  // throws as fit()

  const FittedFilter& fitted() const { return fitted_; }
  // One sample of every channel, in place; NaN stays NaN. Throws std::invalid_argument for another number of
  // channels.
  void push(std::span<float> frame_uv);
  void gap(std::uint64_t samples);  // as so many missing samples of every channel
  // Three time constants of the low cut after the channel's beginning: what the first sample's place in the
  // beat may still shift the baseline by is then below 5 % of it.
  bool settled(std::size_t channel) const;
  void reset();

 private:
  struct State {
    double z1 = 0, z2 = 0;
  };
  FittedFilter fitted_;
  std::vector<detail::Section> sections_;
  std::vector<State> states_;                  // channel by channel
  std::vector<std::uint64_t> seen_, missing_;  // samples since the beginning; length of the running hole
  std::uint64_t settle_samples_ = 0, restart_samples_ = 0;
};

}  // namespace caukham::analysis::ecg
