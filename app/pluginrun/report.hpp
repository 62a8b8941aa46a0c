// What came from the plugin, as lines on a terminal, as a live trace, as a table, and as the sum at the end.
#pragma once
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "core/types.hpp"

namespace caukham::pluginrun {

class Report {
 public:
  // `csv` "": none; a waveform's samples in physical units go there, one line a sample. Throws std::runtime_error.
  Report(bool trace, const std::string& csv);

  void take(const core::Item& item);
  // Every stream that was announced has delivered, and there is one.
  bool delivered() const;
  // The device has been given up.
  bool failed() const { return failed_; }
  // One line a stream: counts, the rate measured over host time, losses.
  void print_sum() const;

 private:
  struct Seen {
    core::StreamInfo info;
    std::uint64_t chunks = 0, samples = 0, lost = 0, bytes = 0;
    std::int64_t first_ns = 0, last_ns = 0;
    std::uint32_t last_count = 0;
    double since_drawn = 0;
    double low = 0, high = 0;  // of what was drawn so far
    bool drawn = false;
  };
  void chunk(const core::Chunk& c);
  void draw(Seen& seen, const core::Chunk& c);

  const bool trace_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> csv_{nullptr, &std::fclose};
  std::map<core::StreamId, Seen> seen_;
  bool failed_ = false;
};

}  // namespace caukham::pluginrun
