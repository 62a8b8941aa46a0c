// Heart rate of the ECG streams that are being looked at.
#pragma once
#include <map>

#include "analysis/rate.hpp"
#include "core/types.hpp"

namespace caukham::station {

// View's thread only.
class HeartRates {
 public:
  // Beats per minute now, 0 when not known.
  double add(const core::Chunk& chunk, const core::StreamInfo& info) {
    if (chunk.samples.size() < chunk.count * analysis::measured_count || info.channels() < analysis::measured_count)
      return 0;
    auto& rate = streams_.try_emplace(info.id, info.rate_hz).first->second;
    if (chunk.lost) rate.gap(chunk.lost);
    std::array<float, analysis::measured_count> uv;
    for (std::uint32_t i = 0; i < chunk.count; ++i) {
      for (std::size_t c = 0; c < uv.size(); ++c)
        uv[c] = static_cast<float>(chunk.samples[i * info.channels() + c] * info.scale);
      rate.push(uv);
    }
    return rate.bpm();
  }

 private:
  std::map<core::StreamId, analysis::HeartRate> streams_;
};

}  // namespace caukham::station
