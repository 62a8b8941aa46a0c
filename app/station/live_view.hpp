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
  // Whole pictures as the camera sent them, for a still; null when it is not there. [any thread]
  core::ChunkPtr newest_jpeg(core::StreamId) const;
  core::ChunkPtr jpeg_at(core::StreamId, std::int64_t sensed_ns) const;  // of the last seconds, or held
  core::ChunkPtr held_jpeg(core::StreamId) const;
  // Keeps the picture sensed then beyond the last seconds; 0, or a time that is not there: keeps none. [any thread]
  void hold(core::StreamId, std::int64_t sensed_ns);

  // Packets kept a camera: about eight seconds of 720p MJPEG, and at least one.
  static constexpr std::size_t kept_bytes = 16u << 20, kept_pictures = 256;
  std::uint64_t samples(core::StreamId) const;

 private:
  struct Wave {
    core::StreamInfo info;
    std::deque<core::ChunkPtr> chunks;
    std::deque<WaveformWindow::Hole> holes;  // the newest few
    std::uint64_t kept = 0, total = 0;
  };
  struct Camera {
    media::MjpegDecoder decoder;  // view thread only
    std::deque<core::ChunkPtr> recent;  // newest last
    std::size_t bytes = 0;              // of recent
    core::ChunkPtr held;
    std::shared_ptr<const media::Picture> picture;
  };
  void run();
  void handle(const core::Item& item);
  static core::ChunkPtr find(const Camera& camera, std::int64_t sensed_ns);

  core::Hub& hub_;
  Handlers handlers_;
  std::shared_ptr<core::Inbox> inbox_;
  mutable std::mutex mutex_;
  std::map<core::StreamId, Wave> waves_;
  std::map<core::StreamId, Camera> cameras_;
  std::thread thread_;
};

}  // namespace caukham::station
