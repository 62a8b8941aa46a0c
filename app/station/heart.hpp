// Heart rate of the ECG streams that are being looked at.
#pragma once
#include <map>

#include "core/types.hpp"

namespace caukham::analysis { class LiveRate; }

namespace caukham::station {

class HeartRates {
 public:
  HeartRates();
  ~HeartRates();
  // Beats per minute now, 0 when not known. View's thread only.
  double add(const core::Chunk& chunk, const core::StreamInfo& info);

 private:
  struct One;
  std::map<core::StreamId, std::unique_ptr<One>> streams_;
};

}  // namespace caukham::station
