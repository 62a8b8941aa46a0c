// Films one camera for some seconds: the camera's own packets into Matroska, on a thread of its own.
#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "core/hub.hpp"
#include "record/record.hpp"

namespace caukham::station {

// A capture whose card is shown and that is on its way into the record.
struct Taken {
  std::size_t index = 0;  // in ExamDesk::captures
  record::Capture capture;
};

class ClipRecorder {
 public:
  struct Result {
    std::filesystem::path path;
    std::uint64_t pictures = 0;
    std::int64_t ended_ns = 0;
    std::shared_ptr<const std::vector<std::uint8_t>> first_jpeg;
    std::string problem;  // words for the nurse; what was filmed before it is kept
  };
  // `taken` is the capture it becomes, `ask` the request it answers or empty.
  ClipRecorder(core::Hub& hub, core::StreamInfo info, std::filesystem::path path, int seconds, Taken taken,
               std::string ask);
  ~ClipRecorder();

  bool done() const { return done_; }
  const Taken& taken() const { return taken_; }
  const std::string& ask() const { return ask_; }
  void end() { stop_ = true; }  // soon; done() says when
  Result finish();  // ends early if it must; the file is closed. Waits for the disk

 private:
  void run();
  core::Hub& hub_;
  core::StreamInfo info_;
  int seconds_;
  Taken taken_;
  std::string ask_;
  std::shared_ptr<core::Inbox> inbox_;
  Result result_;
  std::atomic<bool> done_{false}, stop_{false};
  std::thread thread_;
};

}  // namespace caukham::station
