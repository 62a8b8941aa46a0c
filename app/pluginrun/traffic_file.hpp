// The traffic of the first device into a file, as a transcript that simulator and validator play.
#pragma once
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "ipc/channel.hpp"

namespace caukham::pluginrun {

class TrafficFile {
 public:
  // Throws std::runtime_error in words when the file cannot be written.
  explicit TrafficFile(const std::string& path);
  ~TrafficFile() { finish(); }
  TrafficFile(const TrafficFile&) = delete;
  TrafficFile& operator=(const TrafficFile&) = delete;

  // What a plugin host writes down from now on; a second one's is not kept.
  void take(ipc::Channel from);
  // Waits until the plugin host has ended, and says what was written. True: a transcript was, and is whole. Once the
  // supervisor has stopped.
  bool finish();

 private:
  void write(ipc::Channel from);

  const std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::thread writer_;
  std::size_t bytes_ = 0;  // the writer's, until it has ended
  bool whole_ = true;
};

}  // namespace caukham::pluginrun
