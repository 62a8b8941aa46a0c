// Finds forced manoeuvres in the flow that arrives, and keeps those of the open exam.
#pragma once
#include <mutex>
#include <vector>

#include "core/types.hpp"
#include "station/desk.hpp"

namespace caukham::station {

class SpirometryWatch {
 public:
  void clear();                                                      // [any thread] a new exam
  bool add(const core::Chunk& chunk, const core::StreamInfo& info);  // true: the list changed. View's thread
  std::vector<SpirometryCard> manoeuvres() const;                    // [any thread]

 private:
  mutable std::mutex mutex_;
  std::vector<float> flow_l_s_;      // since the exam began, gaps filled with zero flow
  std::vector<SpirometryCard> found_;
  std::uint64_t next_sample_ = 0;
  std::size_t looked_at_ = 0;        // samples that were there when we last looked
};

}  // namespace caukham::station
