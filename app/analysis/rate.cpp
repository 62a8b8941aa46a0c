#include "analysis/rate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace caukham::analysis {
namespace {

constexpr double refractory_s = 0.2, t_wave_s = 0.36, decide_s = 0.12, learn_s = 2.0, silence_s = 3.0;

double median(std::vector<double> v) {
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

}  // namespace

HeartRate::HeartRate(double rate_hz) : rate_hz_(rate_hz) {
  if (!(rate_hz >= 200 && rate_hz <= 4000)) throw std::invalid_argument("heart rate: sampling rate 200-4000 Hz");
  lag_ = static_cast<std::size_t>(std::lround(0.020 * rate_hz));
  window_ = static_cast<std::size_t>(std::lround(0.080 * rate_hz));
  past_.assign(lag_, {});
  slopes_.assign(window_, 0.0f);
  learn_until_ = seconds(learn_s);
  valid_from_ = lag_;
}

void HeartRate::gap(std::uint64_t samples) {
  n_ += samples;
  valid_from_ = n_ + lag_;
  std::fill(slopes_.begin(), slopes_.end(), 0.0f);
  slope_sum_ = 0;
  peak_ = refused_ = 0;
  last_beat_.reset();
  if (samples > seconds(1.0)) {
    learn_until_ = n_ + seconds(learn_s);
    learned_ = 0;
    heights_.clear();
    intervals_s_.clear();
  }
}

std::optional<std::uint64_t> HeartRate::accept(std::uint64_t at, float height) {
  if (last_beat_) {
    const double interval_s = static_cast<double>(at - *last_beat_) / rate_hz_;
    if (interval_s < silence_s) intervals_s_.push_back(interval_s);
    else intervals_s_.clear();
    if (intervals_s_.size() > 8) intervals_s_.pop_front();
  }
  last_beat_ = at;
  last_height_ = height;
  heights_.push_back(height);
  if (heights_.size() > 8) heights_.pop_front();
  // The median of the heights: one artefact among eight beats does not raise the threshold over the heart.
  threshold_base_ = static_cast<float>(median({heights_.begin(), heights_.end()}));
  refused_ = 0;
  // The feature is late by half its difference and half its average.
  const std::uint64_t delay = lag_ / 2 + window_ / 2;
  return at > delay ? at - delay : 0;
}

std::optional<std::uint64_t> HeartRate::push(std::span<const float, measured_count> uv, std::uint32_t invalid_mask) {
  // A lead coming or going is a step in the sum: start the difference again.
  if (invalid_mask != last_mask_) {
    last_mask_ = invalid_mask;
    valid_from_ = n_ + lag_;
  }
  auto& old = past_[n_ % lag_];
  float slope = 0;
  for (std::size_t i = 0; i < measured_count; ++i) {
    const std::size_t lead = i < 2 ? i : i + 4;  // I, II, then V1 … V6 among the twelve
    if (!(invalid_mask >> lead & 1) && n_ >= valid_from_) slope += std::abs(uv[i] - old[i]);
    old[i] = uv[i];
  }
  auto& oldest = slopes_[n_ % window_];
  slope_sum_ += static_cast<double>(slope) - static_cast<double>(oldest);
  oldest = slope;
  const auto feature = static_cast<float>(slope_sum_ / static_cast<double>(window_));
  const std::uint64_t now = n_++;

  if (now < learn_until_) {
    learned_ = std::max(learned_, feature);
    if (now + 1 == learn_until_) {
      heights_.assign(3, learned_ * 0.8f);
      threshold_base_ = learned_ * 0.8f;
      peak_ = 0;
    }
    return std::nullopt;
  }
  // Follow the rise to its peak; the peak is decided when the feature has not beaten it for a while.
  if (feature > peak_) {
    peak_ = feature;
    peak_at_ = now;
  }
  std::optional<std::uint64_t> beat;
  if (peak_ > 0 && now - peak_at_ >= seconds(decide_s)) {
    const bool rested = !last_beat_ || peak_at_ - *last_beat_ >= seconds(refractory_s);
    const bool t_wave = last_beat_ && peak_at_ - *last_beat_ < seconds(t_wave_s) && peak_ < 0.5f * last_height_;
    if (rested && !t_wave && peak_ > threshold_base_ / 3) {
      beat = accept(peak_at_, peak_);
    } else if (rested && !t_wave && peak_ > refused_) {
      refused_ = peak_;
      refused_at_ = peak_at_;
    }
    peak_ = 0;
  }
  if (!beat && last_beat_ && refused_ > threshold_base_ / 6 && intervals_s_.size() >= 3) {
    const double usual_s = median({intervals_s_.begin(), intervals_s_.end()});
    if (static_cast<double>(now - *last_beat_) / rate_hz_ > 1.5 * usual_s) beat = accept(refused_at_, refused_);
  }
  // Three seconds without a beat: the electrodes may have been moved, so the height is learnt down again.
  if (last_beat_ && now - *last_beat_ > seconds(silence_s) && now % seconds(1.0) == 0) {
    for (float& h : heights_) h *= 0.7f;
    threshold_base_ *= 0.7f;
  }
  return beat;
}

double HeartRate::bpm() const {
  if (intervals_s_.size() < 2 || !last_beat_ || n_ - *last_beat_ > seconds(silence_s)) return 0;
  return 60.0 / median({intervals_s_.begin(), intervals_s_.end()});
}

}  // namespace caukham::analysis
