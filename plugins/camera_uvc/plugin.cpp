// The plugin for class cameras (USB Video Class) that send MJPEG: each driver buffer is repaired, the camera's own
// coded bytes go on untouched.
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "devices/camera_uvc/button.hpp"
#include "devices/camera_uvc/jpeg_repair.hpp"
#include "plugins/picture_stream.hpp"
#include "source.hpp"

namespace caukham::plugins::camera {
namespace {

namespace uvc = devices::uvc;

constexpr std::int64_t silence_ns = 2'000'000'000;
enum Param : std::uint32_t { param_width = 1, param_height = 2, param_rate = 3 };

class Camera final : public sdk::Device {
 public:
  Camera(const ck_host* host, const ck_endpoint& endpoint)
      : Device(host, endpoint),
        virtual_((endpoint.flags & CK_ENDPOINT_VIRTUAL) != 0),
        button_(uvc::quirks_of(endpoint.vid, endpoint.pid)) {
    if (endpoint.vid == 0xab02 && endpoint.pid == 0xab01) wish_.rate_hz = 15;  // its only rate
    source_ = virtual_ ? transport_source(this->host(), this->endpoint()) : system_source(this->host(), this->endpoint());
    if (!virtual_) describe_params();  // a model sends what it sends
  }
  ~Camera() override { finish(); }

  std::uint32_t stream_count() const override { return 1; }

  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.id = 0;
    out.kind = CK_STREAM_VIDEO;
    out.format = CK_FORMAT_MJPEG;
    out.channels = 1;
    out.rate_hz = wish_.rate_hz;
    out.tick_hz = 0;  // a driver buffer carries no counter
    out.width = static_cast<std::uint32_t>(wish_.width);
    out.height = static_cast<std::uint32_t>(wish_.height);
    sdk::set_text(out.name, "video");
    return CK_OK;
  }

  // The camera is taken when pictures are wanted, so that other programs may have it between examinations.
  ck_result start() override {
    source_->cancel(false);
    const ck_result r = source_->open(wish_);
    if (r < 0) return r;
    stopping_ = false;
    thread_ = std::thread([this] { acquire(); });
    return CK_OK;
  }

  ck_result stop() override {
    finish();
    source_->close();
    return CK_OK;
  }

 private:
  void finish() {
    stopping_ = true;
    source_->cancel(true);
    if (thread_.joinable()) thread_.join();
  }

  // The [stream] thread.
  void acquire() {
    uvc::JpegRepair repair;
    std::vector<std::uint8_t> buffer, jpeg, status;
    // A class camera stamps nothing: the picture was sensed about one period before its buffer was complete.
    const std::int64_t period_ns = 1'000'000'000 / wish_.rate_hz;
    std::int64_t heard_ns = host().now_ns(), picture_ns = 0;
    bool told = false;
    int failures = 0;
    if (started_before_) stream_.begin_anew();
    started_before_ = true;
    while (!stopping_) {
      const ck_result r = source_->read(buffer);
      if (stopping_ && r < 0) break;
      if (r == CK_E_GONE) {
        say(host(), CK_EVENT_GONE, "the camera has been unplugged");
        break;
      }
      const std::int64_t now_ns = host().now_ns();
      if (r == CK_OK) {
        failures = 0;
        heard_ns = now_ns;
        told = false;
        std::uint32_t lost = 0;
        if (repair.run(buffer, jpeg, lost) == uvc::Repair::whole) {
          stream_.lose(lost);
          // A driver without a free buffer drops silently; a hole of several periods may be that, or a dark room.
          if (picture_ns != 0 && now_ns - picture_ns > 4 * period_ns + 100'000'000) stream_.lose(0, true);
          picture_ns = now_ns;
          stream_.send(jpeg, now_ns - period_ns, static_cast<std::uint32_t>(period_ns / 2), 0);
        } else {
          stream_.lose(1);
        }
      } else if (r != CK_E_AGAIN && ++failures == 10) {
        say(host(), CK_EVENT_WARNING, "The camera's line fails again and again. Unplug it and plug it in again.");
        break;
      }
      while (source_->status(status))
        if (const auto pressed = button_.packet(status, host().now_ns())) {
          press(host(), 0, *pressed, true);
          press(host(), 0, *pressed, false);  // a release cannot be trusted (bounce, inverted values): told at once
        }
      if (!told && now_ns - heard_ns > silence_ns) {
        told = true;
        say(host(), CK_EVENT_WARNING, "The camera is connected but sends no picture. If this lasts, unplug it and plug it in again.");
      }
    }
    const auto& c = repair.counters();
    if (c.dropped + c.spliced > 0)
      host().log(CK_LOG_WARNING, "camera: " + std::to_string(c.dropped) + " buffers without a whole picture, " +
                                     std::to_string(c.spliced) + " with remains of another, of " +
                                     std::to_string(c.whole + c.dropped));
  }

  void describe_params() {
    const auto add = [&](std::uint32_t id, const char* name, const char* label, const char* unit, double least,
                         double most, int& value) {
      sdk::Param p;
      p.id = id;
      p.name = name;
      p.label = label;
      p.unit = unit;
      p.flags = CK_PARAM_RECORD;
      p.minimum = least;
      p.maximum = most;
      p.step = 1;
      p.preset = value;
      p.get = [&value] { return value; };
      p.set = [&value](double v) {
        if (std::floor(v) != v) return CK_E_INVALID;
        return value = static_cast<int>(v), CK_OK;
      };
      params().add(std::move(p));
    };
    add(param_width, "width_px", "Picture width", "{pixels}", 160, 1920, wish_.width);
    add(param_height, "height_px", "Picture height", "{pixels}", 120, 1200, wish_.height);
    add(param_rate, "rate_hz", "Pictures per second", "/s", 1, 60, wish_.rate_hz);
  }

  const bool virtual_;
  Wish wish_;
  std::unique_ptr<Source> source_;
  uvc::StatusButton button_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  bool started_before_ = false;
  PictureStream stream_{host(), 0};
};

// Any class camera will do; the two scopes that are known by name are preferred.
std::int32_t probe(const ck_endpoint& e) {
  if (e.link != CK_LINK_VIDEO) return 0;
  return (e.vid == 0xab02 && e.pid == 0xab01) || (e.vid == 0xf007 && e.pid == 0xb999) ? 90 : 50;
}

}  // namespace
}  // namespace caukham::plugins::camera

CK_PLUGIN(caukham::plugins::camera::Camera, "org.caukham.camera-uvc", "0.1.0", caukham::plugins::camera::probe);
