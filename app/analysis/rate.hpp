// Live heart rate for the screen: finds QRS complexes in the measured leads as they come. Made to be robust and quick,
// not to diagnose; reports of arrhythmia need more than this.
//
// Each valid lead is differenced over 20 ms (which removes the baseline and exactly one period of 50 Hz mains with its
// harmonics), the magnitudes are added over the leads and averaged over 80 ms. A peak of that feature is a beat when it
// stands above a third of the recent beats' height, 200 ms after the beat before; between 200 and 360 ms it must also be
// as steep as half that beat, or it is its T wave (the rules of Pan and Tompkins, IEEE TBME 1985;32:230). When 1.5
// intervals pass without a beat, the highest peak above half the threshold in between is taken.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "analysis/leads.hpp"

namespace caukham::analysis {

class HeartRate {
 public:
  explicit HeartRate(double rate_hz);  // 200 … 4000 Hz

  // One sample of the eight measured leads in µV; invalid_mask as invalid_leads(). Returns the sample number (from 0, as
  // pushed) of a beat when one has just been decided: at most half a second after it, two thirds of an interval in a
  // search back. Nothing in the first 2 s, while it learns.
  std::optional<std::uint64_t> push(std::span<const float, measured_count> uv, std::uint32_t invalid_mask = 0);

  // A hole in the samples: intervals over it do not count, and it learns anew when it is longer than a second.
  void gap(std::uint64_t samples);

  // Beats a minute, median of the last up to eight intervals; 0 when there are fewer than two, or no beat for 3 s.
  double bpm() const;

 private:
  std::optional<std::uint64_t> accept(std::uint64_t at, float height);
  std::uint64_t seconds(double s) const { return static_cast<std::uint64_t>(s * rate_hz_); }

  double rate_hz_;
  std::size_t lag_, window_;
  std::vector<std::array<float, measured_count>> past_;  // ring of lag_ samples
  std::vector<float> slopes_;                            // ring of window_ magnitudes
  double slope_sum_ = 0;
  std::uint64_t n_ = 0, learn_until_ = 0, valid_from_ = 0;
  std::uint32_t last_mask_ = 0;
  float learned_ = 0, threshold_base_ = 0;
  // The peak being followed, and the best one refused since the last beat.
  float peak_ = 0, refused_ = 0;
  std::uint64_t peak_at_ = 0, refused_at_ = 0;
  std::optional<std::uint64_t> last_beat_;
  float last_height_ = 0;
  std::deque<float> heights_;
  std::deque<double> intervals_s_;
};

}  // namespace caukham::analysis
