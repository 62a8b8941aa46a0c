// The last seconds of a 12-lead ECG as the pane draws them: eight recorded leads in, twelve out, baseline
// filtered for the eye only, with holes where samples were lost. The record never sees what happens here. No
// wx.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/ecg/filter.hpp"
#include "station/desk.hpp"
#include "ui/paper.hpp"

namespace caukham::ui {

using TwelveLeads = std::array<float, lead_count>;  // µV

class EcgTrace {
 public:
  // Which channel carries which of I II V1…V6; by label, or by position when the labels say nothing. False:
  // this is not an ECG of at least two leads and nothing will be drawn.
  bool set_stream(const core::StreamInfo& info);
  // For all that is kept, so that no trace stands beside the name of a filter that it did not go through.
  void set_filter(const analysis::ecg::FilterSpec& wanted);
  // What was really done at this rate: "0.05–150 Hz, 50 Hz notch", "no filter".
  std::string filter_text() const;
  bool settling() const;  // the baseline may still move because the filter has just begun

  void set_off(std::uint32_t electrodes);  // mask of sdk/event.h, from now on

  // Takes what is new in the window; returns how many grid samples (lost ones counted) the newest moved on.
  std::uint64_t take(const station::WaveformWindow& window);

  double rate_hz() const { return rate_hz_; }
  bool has_lead(int lead) const { return (leads_present_ >> lead) & 1u; }
  std::uint64_t end() const { return end_; }  // grid number after the newest sample; 0: none yet
  std::uint64_t begin() const;                // oldest still kept
  bool valid(std::uint64_t sample) const;     // kept and really received
  const TwelveLeads& at(std::uint64_t sample) const { return ring_[sample % ring_.size()]; }
  // Was an electrode of this lead off when the sample came? Then it is no signal of the heart.
  bool lead_off(int lead, std::uint64_t sample) const { return off_[sample % off_.size()] >> lead & 1; }
  // Length of the hole that ends right before `sample`, in samples; 0: none.
  std::uint64_t hole_before(std::uint64_t sample) const;
  // Why the hole that ends right before `sample` is there, an English key; "" when nobody said.
  std::string hole_reason(std::uint64_t sample) const;
  std::int64_t newest_ns() const { return newest_ns_; }

 private:
  using EightLeads = std::array<float, 8>;  // I II V1…V6 as recorded, µV
  void put(std::uint64_t sample, const std::int32_t* frame);
  void filter_into(std::size_t slot);
  void start_filter();

  static constexpr double kept_s = 24;  // a 1920 px strip at 25 mm/s and 3.78 px/mm is 20 s
  double rate_hz_ = 0, microvolt_ = 1, offset_ = 0;
  std::uint32_t channels_ = 0, leads_present_ = 0;
  std::array<int, 8> channel_of_ = {};
  std::vector<EightLeads> raw_;
  std::vector<TwelveLeads> ring_;
  std::vector<std::uint8_t> valid_;
  std::map<std::uint64_t, std::string> reasons_;  // by the first sample after the hole
  std::vector<std::uint16_t> off_;  // leads not to be trusted, a sample
  std::uint16_t off_now_ = 0;
  std::uint64_t end_ = 0, first_ = 0;
  analysis::ecg::FilterSpec wanted_ = analysis::ecg::FilterSpec::diagnostic();
  std::unique_ptr<analysis::ecg::LiveFilter> filter_;  // null: this rate cannot be filtered
  std::int64_t newest_ns_ = 0;
};

}  // namespace caukham::ui
