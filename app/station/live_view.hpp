// What the window and the session look at: the last seconds of each waveform, the newest decoded picture of each
// camera. A view may drop; evidence goes through ExamRecorder.
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "core/hub.hpp"
#include "media/picture.hpp"
#include "station/desk.hpp"

namespace caukham::station {

class LiveView {
 public:
  struct Handlers {  // on the view's thread
    std::function<void(core::StreamId, std::shared_ptr<const media::Picture>)> picture;
    std::function<void(const core::Chunk&, const core::StreamInfo&)> waveform;
    std::function<void(const core::Event&)> event;
    std::function<void()> changed;  // streams or devices came, went or changed state
  };
  LiveView(core::Hub& hub, Handlers handlers);
  ~LiveView();

  WaveformWindow waveform(core::StreamId, std::uint64_t from_sample) const;  // [any thread]
  std::shared_ptr<const media::Picture> picture(core::StreamId) const;       // [any thread]
  // The newest whole picture as the camera sent it, for a still; null when none came. [any thread]
  core::ChunkPtr newest_jpeg(core::StreamId) const;
  std::uint64_t samples(core::StreamId) const;

 private:
  struct Wave {
    core::StreamInfo info;
    std::deque<core::ChunkPtr> chunks;
    std::uint64_t kept = 0, total = 0;
  };
  struct Camera {
    media::MjpegDecoder decoder;  // view thread only
    core::ChunkPtr newest;
    std::shared_ptr<const media::Picture> picture;
  };
  void run();
  void handle(const core::Item& item);

  core::Hub& hub_;
  Handlers handlers_;
  std::shared_ptr<core::Inbox> inbox_;
  mutable std::mutex mutex_;
  std::map<core::StreamId, Wave> waves_;
  std::map<core::StreamId, Camera> cameras_;
  std::thread thread_;
};

}  // namespace caukham::station
