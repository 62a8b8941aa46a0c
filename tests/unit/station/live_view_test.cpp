#include "station/live_view.hpp"

#include <catch2/catch.hpp>
#include <condition_variable>

#include "devices/phantom/phantom.hpp"

using namespace caukham;

namespace {

// A camera whose pictures arrive when the test says so.
struct Camera {
  core::Hub hub;
  std::mutex mutex;
  std::condition_variable seen;
  std::uint64_t count = 0;
  std::unique_ptr<station::LiveView> view;
  std::vector<std::uint8_t> jpeg;

  Camera() {
    const auto bytes = devices::Phantom({.scene = devices::Scene::ear}).jpeg(0);
    jpeg.assign(bytes.begin(), bytes.end());
    station::LiveView::Handlers handlers;
    handlers.picture = [this](core::StreamId, std::shared_ptr<const media::Picture>) {
      const std::scoped_lock lock(mutex);
      ++count;
      seen.notify_all();
    };
    view = std::make_unique<station::LiveView>(hub, std::move(handlers));
    core::StreamInfo info;
    info.id = 4;
    info.kind = core::StreamKind::video;
    hub.publish(core::StreamAdded{info});
  }
  // About `padding` bytes of comments make the packet as large as wanted.
  void send(std::int64_t time_ns, std::size_t padding = 0) {
    auto chunk = std::make_shared<core::Chunk>();
    chunk->stream = 4;
    chunk->count = 1;
    chunk->time_ns = time_ns;
    chunk->picture = jpeg;
    constexpr std::size_t comment = 65537;  // FF FE, length 65535, and as many bytes
    std::vector<std::uint8_t> comments;
    while (comments.size() < padding) {
      comments.insert(comments.end(), {0xff, 0xfe, 0xff, 0xff});
      comments.resize(comments.size() + comment - 4, ' ');
    }
    chunk->picture.insert(chunk->picture.begin() + 2, comments.begin(), comments.end());
    std::unique_lock lock(mutex);
    const auto before = count;
    lock.unlock();
    hub.publish(core::ChunkPtr(chunk));
    lock.lock();
    REQUIRE(seen.wait_for(lock, std::chrono::seconds(20), [&] { return count > before; }));
  }
};

}  // namespace

TEST_CASE("the picture on the screen must be found by its time, and no other in its place") {
  Camera camera;
  for (std::int64_t t = 1; t <= 5; ++t) camera.send(t * 1000);
  REQUIRE(camera.view->jpeg_at(4, 3000));
  CHECK(camera.view->jpeg_at(4, 3000)->time_ns == 3000);
  CHECK(camera.view->newest_jpeg(4)->time_ns == 5000);
  CHECK(camera.view->jpeg_at(4, 3001) == nullptr);
  CHECK(camera.view->jpeg_at(9, 3000) == nullptr);
}

TEST_CASE("kept packets must stay within their bytes, and a held picture must outlive them") {
  Camera camera;
  camera.send(1);
  camera.view->hold(4, 1);
  const std::size_t megabyte = 1u << 20;
  for (std::int64_t t = 2; t <= 40; ++t) camera.send(t, megabyte);
  CHECK(camera.view->jpeg_at(4, 20) == nullptr);  // 20 packets of a megabyte ago: gone, and said to be gone
  CHECK(camera.view->jpeg_at(4, 40));
  REQUIRE(camera.view->jpeg_at(4, 1));  // frozen: still what the nurse sees
  CHECK(camera.view->held_jpeg(4)->time_ns == 1);
  camera.view->hold(4, 0);
  CHECK(camera.view->jpeg_at(4, 1) == nullptr);
  CHECK(camera.view->held_jpeg(4) == nullptr);
  camera.send(41, station::LiveView::kept_bytes + 1);  // one picture larger than all: it alone is kept
  CHECK(camera.view->jpeg_at(4, 41));
  CHECK(camera.view->jpeg_at(4, 40) == nullptr);
}
