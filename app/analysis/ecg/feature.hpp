// Inside the detector: the leads thinned out to some 250 samples ("ticks") a second, and for each the QRS
// feature, a smooth bump over every complex whatever its polarity, with its local height and noise.
#pragma once
#include <cstdint>
#include <vector>

#include "analysis/ecg/recording.hpp"

namespace caukham::analysis::ecg::detail {

struct Clock {  // how samples and ticks relate
  double fs_hz = 0, tick_hz = 0;
  unsigned factor = 1;  // samples a tick

  explicit Clock(double fs);
  std::size_t ticks(double s) const { return static_cast<std::size_t>(s * tick_hz + 0.5); }
};

// Local statistics of one lead's feature, a value each second (block).
struct Block {
  float height = 0;  // of a QRS here: median of the maxima of 2 s windows over 20 s; 0: lead not usable
  float floor = 0;   // lower quartile of the feature over 2 s
  float weight = 0;  // part of the decision, not normalised
};

struct Lead {
  std::vector<float> smooth;      // µV at ticks, mains and steep noise smoothed away, baseline kept
  std::vector<float> feature;     // µV
  std::vector<std::uint8_t> bad;  // missing, at the rail, or too near to such
  std::vector<Block> blocks;
};

Lead make_lead(const Channel& channel, const Clock& clock);

// Fills blocks from feature and bad. `heights` empty: from the maxima; else one height a block, known better.
void describe(Lead& lead, const Clock& clock);

// The leads' features over their heights, weighted: 1 is a typical QRS. 0 where no lead is usable.
struct Fused {
  std::vector<float> value;
  std::vector<float> floor;            // a block: lower quartile over 2 s
  std::vector<float> quality;          // a block: best lead's height over its floor; 0: nothing usable
  std::vector<std::uint8_t> readable;  // a block: QRS complexes stand clear of what is between them
};
Fused fuse(const std::vector<Lead>& leads, const Clock& clock);

// A centred moving average over `width` ticks, in place.
void moving_average(std::vector<float>& v, std::size_t width);

}  // namespace caukham::analysis::ecg::detail
