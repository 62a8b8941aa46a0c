// Finds forced manoeuvres in the flow that arrives, and keeps those of the open exam.
#pragma once
#include <map>
#include <mutex>
#include <vector>

#include "analysis/spirometry/live.hpp"
#include "core/types.hpp"
#include "station/desk.hpp"

namespace caukham::station {

class SpirometryWatch {
 public:
  void clear();                                                      // [any thread] a new exam
  bool add(const core::Chunk& chunk, const core::StreamInfo& info);  // true: the list has changed. View's thread
  std::vector<SpirometryCard> manoeuvres() const;                    // [any thread]

 private:
  mutable std::mutex mutex_;
  std::map<core::StreamId, analysis::spirometry::LiveTest> tests_;
  std::vector<core::StreamId> order_;  // stream of each blow in found_, in the order they were blown
  std::vector<SpirometryCard> found_;
};

}  // namespace caukham::station
