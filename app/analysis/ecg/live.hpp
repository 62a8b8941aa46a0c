// Beats as they come, for the screen: heart rate and a pulse tone. The feature is the offline detector's
// (feature.hpp); the decisions are Pan and Tompkins' (IEEE TBME 1985;32:230), for who cannot look ahead: a
// threshold that follows the noise, 0.2 s of rest, the T wave rule to 0.36 s, a search back after 1.5 usual
// intervals.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "analysis/ecg/ring.hpp"

namespace caukham::analysis::ecg {

class LiveDetector {
 public:
  static constexpr double max_delay_s = 1.0;  // from the R peak to the push that reports it; usually 0.3 s
  static constexpr double learning_s = 2.0;   // nothing is reported before

  // Throws std::invalid_argument outside 100 … 4000 Hz and 1 … 12 channels.
  LiveDetector(double fs_hz, std::size_t channels);

  // One sample of every channel in µV; bit n of invalid_mask (or NaN): channel n is not to be trusted now.
  // Returns the sample number (from 0, as pushed, gaps counted) of a beat when one has just been decided,
  // within 50 ms of its R peak; ascending. Throws std::invalid_argument for another number of channels.
  std::optional<std::uint64_t> push(std::span<const float> uv, std::uint32_t invalid_mask = 0);

  // A hole in the samples: intervals over it do not count; it learns anew when the hole is longer than a
  // second.
  void gap(std::uint64_t samples);

  // Beats a minute, median of the last up to eight intervals; 0 when there are fewer than two, or no beat for
  // 3 s.
  double bpm() const;

 private:
  struct Lead {
    detail::Ring box50, box60, smooth, even, envelope;
    float accumulated = 0, feature = 0, height = 0, weight = 0, ratio = 0, block_max = 0;
    bool usable = true;
    std::uint64_t clean_from = 0;      // tick from which the feature holds only valid samples
    std::vector<float> samples;        // of the feature in this block
    std::deque<float> maxima, floors;  // of the last blocks
  };
  void step(Lead& lead, float uv, bool valid);
  void end_block();
  std::optional<std::uint64_t> decide(float value);
  std::optional<std::uint64_t> accept(std::uint64_t tick, float value);
  void learn_anew();
  std::uint64_t ticks(double s) const { return static_cast<std::uint64_t>(s * tick_hz_ + 0.5); }

  double fs_hz_, tick_hz_;
  unsigned factor_, in_tick_ = 0;
  std::size_t d_, q_;    // ticks, as in feature.cpp
  std::uint64_t delay_;  // ticks the feature is late by
  std::vector<Lead> leads_;
  std::uint64_t n_ = 0, tick_ = 0, learn_until_ = 0, block_end_ = 0;
  std::uint32_t tick_invalid_ = 0;
  std::vector<float> values_;  // of the fused feature in this block and the one before
  std::size_t last_block_values_ = 0;
  float floor_ = 0;
  std::deque<float> ratios_;  // best lead's, of the last blocks
  // The peak being followed, and the best one refused since the last beat.
  float peak_ = 0, refused_ = 0, last_value_ = 0;
  std::uint64_t peak_at_ = 0, refused_at_ = 0;
  std::optional<std::uint64_t> last_beat_, last_reported_;
  std::deque<double> intervals_s_, reported_s_;
};

}  // namespace caukham::analysis::ecg
