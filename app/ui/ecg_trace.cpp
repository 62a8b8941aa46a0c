#include "ui/ecg_trace.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "analysis/leads.hpp"

namespace caukham::ui {
namespace {
constexpr std::array<const char*, 8> recorded = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"};

double microvolts_in(const std::string& unit) {
  if (unit == "mV") return 1000;
  if (unit == "V") return 1e6;
  return 1;  // "uV", and what a device leaves unsaid
}
}  // namespace

void EcgTrace::set_off(std::uint32_t electrodes) {
  // RL is the reference: without it no lead is a signal, whatever the amplifier still sends.
  constexpr std::uint32_t rl = 8, all = (1u << lead_count) - 1;
  off_now_ = static_cast<std::uint16_t>(electrodes & rl ? all : analysis::invalid_leads(electrodes));
}

bool EcgTrace::set_stream(const core::StreamInfo& info) {
  if (!(info.rate_hz >= 50 && info.rate_hz <= 8000)) return false;
  rate_hz_ = info.rate_hz;
  microvolt_ = info.scale * microvolts_in(info.unit);
  offset_ = info.offset * microvolts_in(info.unit);
  channels_ = info.channels();
  channel_of_.fill(-1);
  for (std::size_t lead = 0; lead < recorded.size(); ++lead)
    for (std::size_t c = 0; c < info.labels.size(); ++c)
      if (info.labels[c] == recorded[lead]) channel_of_[lead] = static_cast<int>(c);
  if (channel_of_[0] < 0 && channel_of_[1] < 0 && channels_ >= 8)
    for (std::size_t lead = 0; lead < 8; ++lead) channel_of_[lead] = static_cast<int>(lead);
  leads_present_ = 0;
  const bool limb = channel_of_[0] >= 0 && channel_of_[1] >= 0;
  if (channel_of_[0] >= 0) leads_present_ |= 1u;
  if (channel_of_[1] >= 0) leads_present_ |= 2u;
  if (limb) leads_present_ |= 0x3Cu;
  for (int v = 0; v < 6; ++v)
    if (channel_of_[static_cast<std::size_t>(2 + v)] >= 0) leads_present_ |= 1u << (6 + v);
  if (!limb) return false;
  const auto size = static_cast<std::size_t>(std::ceil(rate_hz_ * kept_s));
  ring_.assign(size, {});
  valid_.assign(size, 0);
  off_.assign(size, 0);
  end_ = first_ = 0;
  raw_.assign(size, {});
  start_filter();
  return true;
}

void EcgTrace::start_filter() {
  filter_.reset();
  try {
    if (rate_hz_ > 0) filter_ = std::make_unique<analysis::ecg::LiveFilter>(wanted_, rate_hz_, EightLeads{}.size());
  } catch (const std::invalid_argument&) {  // a rate that no filter here is made for: drawn as it comes
  }
}

void EcgTrace::set_filter(const analysis::ecg::FilterSpec& wanted) {
  wanted_ = wanted;
  start_filter();
  std::uint64_t hole = 0;
  for (std::uint64_t sample = begin(); sample < end_; ++sample) {
    if (!valid(sample)) {
      ++hole;
      continue;
    }
    if (hole && filter_) filter_->gap(hole);
    hole = 0;
    filter_into(static_cast<std::size_t>(sample % ring_.size()));
  }
}

std::string EcgTrace::filter_text() const {
  return analysis::ecg::text(filter_ ? filter_->fitted().spec : analysis::ecg::FilterSpec{0, 0, 0});
}

bool EcgTrace::settling() const {
  if (!filter_ || end_ == 0) return false;
  for (std::size_t lead = 0; lead < channel_of_.size(); ++lead)
    if (channel_of_[lead] >= 0 && !filter_->settled(lead)) return true;
  return false;
}

void EcgTrace::filter_into(std::size_t slot) {
  auto eight = raw_[slot];
  if (filter_) filter_->push(eight);
  ring_[slot] = analysis::twelve_leads<float>(eight);
}

void EcgTrace::put(std::uint64_t sample, const std::int32_t* frame) {
  const auto slot = static_cast<std::size_t>(sample % ring_.size());
  for (std::size_t lead = 0; lead < channel_of_.size(); ++lead)
    if (channel_of_[lead] >= 0) raw_[slot][lead] = static_cast<float>(frame[channel_of_[lead]] * microvolt_ + offset_);
  filter_into(slot);
  valid_[slot] = 1;
  off_[slot] = off_now_;
}

std::uint64_t EcgTrace::take(const station::WaveformWindow& window) {
  if (ring_.empty()) return 0;
  const std::uint64_t before = end_;
  for (const auto& hole : window.holes) reasons_[hole.first_sample + hole.length] = hole.reason;
  reasons_.erase(reasons_.begin(), reasons_.lower_bound(begin()));
  for (const auto& run : window.runs) {
    if (channels_ == 0 || run.samples.size() < static_cast<std::size_t>(run.count) * channels_) continue;
    if (run.first_sample + run.count <= end_) continue;  // seen already
    const std::uint64_t from = std::max(run.first_sample, end_);
    if (end_ == 0) {
      first_ = end_ = from;
    } else if (from > end_) {
      if (from - end_ >= ring_.size())
        std::fill(valid_.begin(), valid_.end(), std::uint8_t{0});
      else
        for (std::uint64_t s = end_; s < from; ++s) valid_[s % ring_.size()] = 0;
      if (filter_) filter_->gap(from - end_);  // a long one: a new baseline
    }
    for (std::uint64_t s = from; s < run.first_sample + run.count; ++s)
      put(s, run.samples.data() + (s - run.first_sample) * channels_);
    end_ = run.first_sample + run.count;
  }
  if (window.newest_ns) newest_ns_ = window.newest_ns;
  return before ? end_ - before : end_ - first_;
}

std::uint64_t EcgTrace::begin() const {
  const auto size = static_cast<std::uint64_t>(ring_.size());
  return std::max(first_, end_ > size ? end_ - size : 0);
}

bool EcgTrace::valid(std::uint64_t sample) const {
  return sample >= begin() && sample < end_ && valid_[sample % ring_.size()];
}

std::uint64_t EcgTrace::hole_before(std::uint64_t sample) const {
  std::uint64_t s = sample;
  while (s > begin() && !valid_[(s - 1) % ring_.size()]) --s;
  return sample - s;
}

std::string EcgTrace::hole_reason(std::uint64_t sample) const {
  const auto found = reasons_.find(sample);
  return found == reasons_.end() ? std::string() : found->second;
}

}  // namespace caukham::ui
