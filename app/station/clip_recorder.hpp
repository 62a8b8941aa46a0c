// Films one camera for some seconds: the camera's own packets into Matroska, on a thread of its own.
#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "core/hub.hpp"

namespace caukham::station {

class ClipRecorder {
 public:
  struct Result {
    std::filesystem::path path;
    std::uint64_t pictures = 0;
    std::int64_t ended_ns = 0;
    std::shared_ptr<const std::vector<std::uint8_t>> first_jpeg;
    std::string problem;  // words for the nurse; what was filmed before it is kept
  };
  // `capture` is the clip's id in the record, `ask` the request it answers or empty.
  ClipRecorder(core::Hub& hub, core::StreamInfo info, std::filesystem::path path, int seconds, std::string capture,
               std::string ask);
  ~ClipRecorder();

  bool done() const { return done_; }
  const std::string& capture() const { return capture_; }
  const std::string& ask() const { return ask_; }
  Result finish();  // ends early if it must; the file is closed. Waits for the disk

 private:
  void run();
  core::Hub& hub_;
  core::StreamInfo info_;
  int seconds_;
  std::string capture_, ask_;
  std::shared_ptr<core::Inbox> inbox_;
  Result result_;
  std::atomic<bool> done_{false}, stop_{false};
  std::thread thread_;
};

}  // namespace caukham::station
