#include "analysis/ecg/live.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/ecg/feature.hpp"

namespace caukham::analysis::ecg {
namespace {

// 0.2 s and 0.36 s: Pan and Tompkins 1985. The rest is ours, measured on made ECGs (tests/unit/analysis/ecg_live.cpp): a
// beat is decided on once what follows it for 0.12 s is known, looked for again after 0.75 s, missed after 3 s.
constexpr double refractory_s = 0.2, t_wave_s = 0.36, decide_s = 0.12, search_back_age_s = 0.75,
                 silence_s = 3.0;
constexpr std::size_t block_memory = 14,  // s: a pause of six must not pull the height down to the noise
    interval_memory = 8;
// A little above the offline detector's (feature.cpp, choose.cpp): there is no looking at what follows.
constexpr float threshold_low = 0.30f, threshold_per_floor = 1.35f, threshold_most = 0.85f,
                readable_ratio = 4.2f, noise_ratio = 3.0f, clear_ratio = 16.0f, clip = 2.0f,
                least_height_uv = 8,
                noise_peak = 2.8f;  // what noise reaches over its lower quartile

template <class Container>
auto quantile(const Container& c, double part) {
  std::vector<typename Container::value_type> v(c.begin(), c.end());
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(v.size() - 1) + 0.5);
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

template <class T>
void remember(std::deque<T>& list, T value, std::size_t most) {
  list.push_back(value);
  if (list.size() > most) list.pop_front();
}

bool regular(const std::deque<double>& rr) {
  if (rr.size() < 7) return false;
  const double middle = quantile(rr, 0.5);
  return std::count_if(rr.begin(), rr.end(), [&](double v) { return std::abs(v / middle - 1) < 0.12; }) >= 6;
}

}  // namespace

LiveDetector::LiveDetector(double fs_hz, std::size_t channels) : fs_hz_(fs_hz) {
  if (!(fs_hz >= 100 && fs_hz <= 4000))
    throw std::invalid_argument("live detector: sampling rate 100-4000 Hz");
  if (channels < 1 || channels > 12) throw std::invalid_argument("live detector: 1 to 12 channels");
  const detail::Clock clock(fs_hz);
  factor_ = clock.factor;
  tick_hz_ = clock.tick_hz;
  d_ = ticks(0.036);
  q_ = d_ / 2;
  const std::size_t box50 = std::max<std::uint64_t>(1, ticks(1.0 / 50)),
                    box60 = std::max<std::uint64_t>(1, ticks(1.0 / 60)), envelope = ticks(0.090);
  delay_ = (box50 + box60 + envelope) / 2 + d_ + q_;
  leads_.assign(channels, Lead{detail::Ring(box50), detail::Ring(box60), detail::Ring(2 * d_ + 1), detail::Ring(2 * q_ + 1),
                                detail::Ring(envelope)});
  learn_anew();
}

void LiveDetector::learn_anew() {
  learn_until_ = tick_ + ticks(learning_s);
  block_end_ = tick_ + ticks(1.0);
  values_.clear();
  last_block_values_ = 0;
  floor_ = 0;
  ratios_.clear();
  intervals_s_.clear();
  reported_s_.clear();
  peak_ = refused_ = 0;
  for (auto& l : leads_) {
    l.height = l.weight = l.ratio = l.block_max = 0;
    l.samples.clear(), l.maxima.clear(), l.floors.clear();
  }
}

void LiveDetector::gap(std::uint64_t samples) {
  n_ += samples;
  const std::uint64_t old = tick_;
  tick_ = n_ / factor_;
  in_tick_ = static_cast<unsigned>(n_ % factor_);
  block_end_ += tick_ - old;
  learn_until_ += learn_until_ > old ? tick_ - old : 0;
  for (auto& l : leads_) l.usable = false, l.accumulated = 0;  // the next valid sample begins anew
  tick_invalid_ = in_tick_ ? 0xFFFFFFFFu : 0;                  // the first tick is not whole
  peak_ = refused_ = 0;
  last_beat_.reset();
  last_reported_.reset();
  if (static_cast<double>(samples) > fs_hz_) learn_anew();
}

void LiveDetector::step(Lead& l, float uv, bool valid) {
  if (!valid) {
    l.usable = false;
    l.feature = 0;
    return;
  }
  if (!l.usable) {
    l.usable = true;
    l.box50.fill(uv), l.box60.fill(uv), l.smooth.fill(uv), l.even.fill(0), l.envelope.fill(0);
    l.clean_from = tick_ + ticks(0.1);
  }
  l.box50.push(uv);
  l.box60.push(l.box50.mean());
  l.smooth.push(l.box60.mean());
  l.even.push(l.smooth.ago(d_) - 0.5f * (l.smooth.ago(0) + l.smooth.ago(2 * d_)));
  const float odd = 0.5f * (l.even.ago(0) - l.even.ago(2 * q_)), even = l.even.ago(q_);
  l.envelope.push(std::sqrt(even * even + odd * odd));
  l.feature = tick_ >= l.clean_from ? std::max(0.0f, l.envelope.mean()) : 0;
  l.block_max = std::max(l.block_max, l.feature);
  if (tick_ % 4 == 0 && tick_ >= l.clean_from) l.samples.push_back(l.feature);
}

void LiveDetector::end_block() {
  block_end_ += ticks(1.0);
  float best = 0;
  for (auto& l : leads_) {
    if (static_cast<double>(l.samples.size()) > 0.1 * tick_hz_) {
      remember(l.maxima, l.block_max, block_memory);
      remember(l.floors, quantile(l.samples, 0.25), block_memory);
    }
    l.block_max = 0;
    l.samples.clear();
    l.weight = l.ratio = 0;
    if (l.maxima.size() < 2) continue;
    std::vector<float> pairs;  // maxima of 2 s: one beat a block is not to be relied upon
    for (std::size_t i = 1; i < l.maxima.size(); ++i) pairs.push_back(std::max(l.maxima[i - 1], l.maxima[i]));
    l.height = quantile(pairs, 0.5);
    if (l.height < least_height_uv) continue;
    const float floor = 0.5f * (l.floors.back() + l.floors[l.floors.size() - 2]);
    l.ratio = l.height / std::max(floor, l.height / 50);
    const float clear = std::clamp((l.ratio - noise_ratio) / (clear_ratio - noise_ratio), 0.0f, 1.0f);
    l.weight = clear * clear + 1e-3f;
    best = std::max(best, l.ratio);
  }
  remember(ratios_, best, 5);
  if (!values_.empty()) floor_ = quantile(values_, 0.25);
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(last_block_values_));
  last_block_values_ = values_.size();
}

std::optional<std::uint64_t> LiveDetector::accept(std::uint64_t tick, float value) {
  if (last_beat_) {
    const double rr_s = static_cast<double>(tick - *last_beat_) / tick_hz_;
    if (rr_s < silence_s) remember(intervals_s_, rr_s, interval_memory);
    else intervals_s_.clear();
  }
  last_beat_ = tick;
  last_value_ = value;
  refused_ = 0;
  const bool readable = !ratios_.empty() && quantile(ratios_, 0.5) >= readable_ratio;
  if (!readable && !regular(intervals_s_)) {
    last_reported_.reset();
    reported_s_.clear();
    return std::nullopt;
  }
  if (last_reported_) {
    const double rr_s = static_cast<double>(tick - *last_reported_) / tick_hz_;
    if (rr_s < silence_s) remember(reported_s_, rr_s, interval_memory);
    else reported_s_.clear();
  }
  last_reported_ = tick;
  return (tick > delay_ ? tick - delay_ : 0) * factor_ + factor_ / 2;
}

std::optional<std::uint64_t> LiveDetector::decide(float value) {
  const std::uint64_t now = tick_;
  if (now < learn_until_) {
    peak_ = 0;
    return std::nullopt;
  }
  if (value > peak_) {
    peak_ = value;
    peak_at_ = now;
  }
  std::optional<std::uint64_t> beat;
  bool accepted = false;
  const float threshold = std::min(threshold_most, threshold_low + threshold_per_floor * floor_);
  if (peak_ > 0 && now - peak_at_ >= ticks(decide_s)) {
    const std::uint64_t since = last_beat_ ? peak_at_ - *last_beat_ : ~0ull;
    const bool rested = since >= ticks(refractory_s);
    const bool t_wave = last_beat_ && since < ticks(t_wave_s) && peak_ < 0.5f * last_value_;
    if (rested && !t_wave && peak_ > threshold) {
      beat = accept(peak_at_, peak_);
      accepted = true;
    } else if (rested && !t_wave && peak_ > refused_) {
      refused_ = peak_;
      refused_at_ = peak_at_;
    }
    peak_ = 0;
  }
  if (!accepted && last_beat_ && refused_ > std::max(0.5f * threshold, noise_peak * floor_) &&
      intervals_s_.size() >= 3) {
    const double usual_s = quantile(intervals_s_, 0.5);
    const double silent_s = static_cast<double>(now - *last_beat_) / tick_hz_,
                 age_s = static_cast<double>(now - refused_at_) / tick_hz_,
                 place_s = static_cast<double>(refused_at_ - *last_beat_) / tick_hz_;
    // Not older than what the longest delay leaves; then it is better not told.
    if (age_s > search_back_age_s + 0.05) refused_ = 0;
    else if (silent_s > 1.5 * usual_s || (age_s >= search_back_age_s && place_s > 0.8 * usual_s))
      beat = accept(refused_at_, refused_);
  }
  return beat;
}

std::optional<std::uint64_t> LiveDetector::push(std::span<const float> uv, std::uint32_t invalid_mask) {
  if (uv.size() != leads_.size()) throw std::invalid_argument("live detector: another number of channels");
  for (std::size_t c = 0; c < uv.size(); ++c) {
    const bool valid = !(invalid_mask >> c & 1) && std::abs(uv[c]) < 1e7f;  // NaN compares false
    if (valid) leads_[c].accumulated += uv[c];
    else tick_invalid_ |= 1u << c;
  }
  ++n_;
  if (++in_tick_ < factor_) return std::nullopt;
  in_tick_ = 0;
  float sum = 0, total = 0;
  for (std::size_t c = 0; c < leads_.size(); ++c) {
    auto& l = leads_[c];
    step(l, l.accumulated / static_cast<float>(factor_), !(tick_invalid_ >> c & 1));
    l.accumulated = 0;
    if (l.weight > 0 && l.usable && tick_ >= l.clean_from) {
      sum += l.weight * std::min(clip, l.feature / l.height);
      total += l.weight;
    }
  }
  tick_invalid_ = 0;
  const float value = total > 0 ? sum / total : 0;
  if (total > 0 && tick_ % 4 == 0) values_.push_back(value);
  const auto beat = decide(value);
  ++tick_;
  if (tick_ >= block_end_) end_block();
  return beat;
}

double LiveDetector::bpm() const {
  if (reported_s_.size() < 2 || !last_reported_ || tick_ - *last_reported_ > ticks(silence_s)) return 0;
  return 60.0 / quantile(reported_s_, 0.5);
}

}  // namespace caukham::analysis::ecg
