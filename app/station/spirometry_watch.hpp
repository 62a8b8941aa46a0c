// Finds forced manoeuvres in the flow that arrives, and keeps those of the open exam.
#pragma once
#include <map>
#include <mutex>
#include <vector>

#include "analysis/spirometry.hpp"
#include "core/types.hpp"
#include "station/desk.hpp"

namespace caukham::station {

class SpirometryWatch {
 public:
  void clear();                                                      // [any thread] a new exam
  bool add(const core::Chunk& chunk, const core::StreamInfo& info);  // true: the list has grown. View's thread
  std::vector<SpirometryCard> manoeuvres() const;                    // [any thread]

 private:
  mutable std::mutex mutex_;
  std::map<core::StreamId, analysis::BlowFinder> finders_;
  std::vector<SpirometryCard> found_;
};

}  // namespace caukham::station
