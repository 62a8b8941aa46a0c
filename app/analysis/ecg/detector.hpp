// Where the beats are. Offline: the whole recording at once, looking both ways (detect). Live: as the samples come,
// decided within a second (LiveDetector).
//
// The ideas are known ones, the code and the way they are put together ours; detector.cpp names what comes from where.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::analysis::ecg {

struct DetectOptions {
  bool classify = true;  // N/V/Q by rhythm.hpp; else all beats are Q
};

struct Detection {
  std::vector<Beat> beats;           // ascending; sample at the R peak of fiducial_channel, at the recording's rate
  std::vector<float> lead_weight;    // a channel: mean part it had in the decisions, 0 … 1, sum 1 (or all 0)
  std::size_t fiducial_channel = 0;  // the first channel whose QRS stands clear of its noise
  double unusable_part = 0;          // part of the recording, 0 … 1, in which no lead could be read
  std::string reason;                // in words why there are no beats; empty when there are
};

// 1 … 64 channels at 100 … 4000 Hz, NaN where missing. Channels that are flat, at the rail, or noise only are left out
// for as long as they are so. Never throws for bad signals; a recording that cannot be read at all (no samples, rate
// outside the range, channels of unequal length) has no beats and a reason.
// Beats nearer than 0.2 s to each other are not told apart (Pan and Tompkins, IEEE TBME 1985;32:230).
Detection detect(const Recording& recording, const DetectOptions& options = {});
std::vector<Beat> detect_beats(const Recording& recording, const DetectOptions& options = {});

// Beats as they come, for the screen: heart rate and a pulse tone. One thread.
class LiveDetector {
 public:
  static constexpr double max_delay_s = 1.0;  // from the R peak to the push that reports it

  // Throws std::invalid_argument outside 100 … 4000 Hz and 1 … 12 channels.
  LiveDetector(double fs_hz, std::size_t channels);

  // One sample of every channel in µV; bit n of invalid_mask (or NaN): channel n is not to be trusted now.
  // Returns the sample number (from 0, as pushed, gaps counted) of a beat when one has just been decided. Ascending.
  // Nothing in the first 1.5 s while it learns. Throws std::invalid_argument for another number of channels.
  std::optional<std::uint64_t> push(std::span<const float> uv, std::uint32_t invalid_mask = 0);

  // A hole in the samples: intervals over it do not count; it learns anew when the hole is longer than a second.
  void gap(std::uint64_t samples);

  // Beats a minute, median of the last up to eight intervals; 0 when there are fewer than two, or no beat for 3 s.
  double bpm() const;

 private:
  struct Lead {
    std::vector<float> ring;             // decimated input, for the difference
    std::vector<float> slopes;           // for the moving average
    double sum = 0;
    float accumulated = 0, last = 0, height = 0, noise = 0, weight = 0;
    unsigned taken = 0;
    std::uint64_t valid_from = 0;
    float window_max = 0, window_sum = 0;
    std::array<float, 6> maxima{}, means{};
  };
  std::optional<std::uint64_t> step();
  std::optional<std::uint64_t> accept(std::uint64_t at, float height);
  void learn();
  std::uint64_t ticks(double s) const { return static_cast<std::uint64_t>(s * tick_hz_ + 0.5); }

  double fs_hz_, tick_hz_;
  unsigned factor_;                      // samples a tick
  std::vector<Lead> leads_;
  std::uint64_t n_ = 0, tick_ = 0, learn_until_ = 0, window_end_ = 0, windows_ = 0;
};

}  // namespace caukham::analysis::ecg
