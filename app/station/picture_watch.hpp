// Looks at the cameras' pictures a few times a second and says whether somebody far away could judge them, and looks at
// each still that is kept. On a thread of its own: a look costs milliseconds, and nobody waits for it.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "analysis/picture/live.hpp"
#include "core/types.hpp"
#include "media/picture.hpp"
#include "station/desk.hpp"

namespace caukham::station {

// Whether this camera is one whose pictures are looked at.
bool is_judged(const core::StreamInfo& info);

class PictureWatch {
 public:
  PictureWatch();
  ~PictureWatch();  // what was asked for with judge() is still answered
  PictureWatch(const PictureWatch&) = delete;
  PictureWatch& operator=(const PictureWatch&) = delete;

  // The newest picture of a camera; looked at when it is due, else passed over. Never waits. [any thread]
  void offer(core::StreamId stream, media::PicturePtr picture);
  // What the last look found; nothing when there was none within the last two seconds before `now_ns`. [any thread]
  PictureCard card(core::StreamId stream, std::int64_t now_ns) const;

  // Looks at one picture as the camera sent it, movement told against the look just before, and hands over the result, also
  // as JSON (analysis/schema/picture.schema.json); with the colour chart that lies in it, if it is looked for (a few tenths
  // of a second). `done` is called on the watch's thread. [any thread]
  using Judged = std::function<void(const PictureCard&, const std::string& json)>;
  void judge(core::StreamId stream, core::ChunkPtr picture, bool chart, Judged done);

  // Looks so far, and what the slowest took. [any thread]
  std::uint64_t looks() const;
  std::int64_t slowest_ns() const;

 private:
  struct Camera {
    media::PicturePtr waiting;           // offered and not looked at yet
    analysis::picture::LiveQuality live;  // the thread's own
    media::PicturePtr before;            // the last one that was looked at
    PictureCard card;
    std::int64_t looked_at_ns = 0;
  };
  struct Still {
    core::StreamId stream = 0;
    core::ChunkPtr picture;
    bool chart = false;
    Judged done;
  };
  void run();
  void look(core::StreamId stream, const media::PicturePtr& picture);

  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::map<core::StreamId, Camera> cameras_;
  std::deque<Still> stills_;
  std::uint64_t looks_ = 0;
  std::int64_t slowest_ns_ = 0;
  bool ending_ = false;
  std::thread thread_;  // last: uses all of the above
};

}  // namespace caukham::station
