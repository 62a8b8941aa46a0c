// The plugin for ear scopes with the "supercamera" chip: their fragments through the transport, whole pictures out.
#include <atomic>
#include <thread>
#include <vector>

#include "devices/otoscope_useeplus/decoder.hpp"
#include "plugins/picture_stream.hpp"

namespace caukham::plugins::useeplus {
namespace {

namespace wire = devices::useeplus;

// A picture's last byte arrives about one picture period (50 ms) after its middle row was exposed: exposure, JPEG
// coding in the chip, transfer. Nobody has measured single models: half of it is told as the error.
constexpr std::int64_t sensed_before_ns = 50'000'000;
constexpr std::uint32_t time_error_ns = 25'000'000;
constexpr std::int64_t silence_ns = 2'000'000'000;
constexpr std::uint32_t transfer = 16 * 1024;  // four of the chip's pages

class Otoscope final : public sdk::Device {
 public:
  Otoscope(const ck_host* host, const ck_endpoint& endpoint) : Device(host, endpoint) {
    ck_result r = port_.open(this->host(), endpoint);
    for (const std::uint8_t interface : {wire::interface_app, wire::interface_video})
      if (r >= 0) r = port_.api()->claim(port_.raw(), interface);
    if (r == CK_E_DENIED) this->host().log(CK_LOG_ERROR, "another program holds the otoscope: close it and try again");
    if (r < 0) throw sdk::Refusal{r};
  }
  ~Otoscope() override { finish(); }

  std::uint32_t stream_count() const override { return 1; }

  ck_result stream_info(std::uint32_t, ck_stream_info& out) const override {
    out.id = 0;
    out.kind = CK_STREAM_VIDEO;
    out.format = CK_FORMAT_MJPEG;
    out.channels = 1;
    out.rate_hz = 20;
    out.tick_hz = 20;  // the picture counter, unwrapped
    out.width = 640;
    out.height = 480;
    sdk::set_text(out.name, "video");
    return CK_OK;
  }

  ck_result start() override {
    const auto* api = port_.api();
    port_.cancel(false);
    ck_result r = api->set_alternate(port_.raw(), wire::interface_video, wire::video_alternate);
    if (r >= 0) r = api->clear_halt(port_.raw(), wire::ep_out);
    if (r >= 0) r = port_.write(wire::ep_app_out, wire::wake_app.data(), wire::wake_app.size(), 1000);
    if (r >= 0) r = port_.write(wire::ep_out, wire::start_video.data(), wire::start_video.size(), 1000);
    if (r < 0) return r;
    stopping_ = false;
    thread_ = std::thread([this] { acquire(); });
    return CK_OK;
  }

  ck_result stop() override {
    finish();
    // Alternate 0 has no endpoints: the scope stops sending. When it is gone that is stopped enough.
    port_.api()->set_alternate(port_.raw(), wire::interface_video, 0);
    return CK_OK;
  }

 private:
  void finish() {
    stopping_ = true;
    port_.cancel(true);
    if (thread_.joinable()) thread_.join();
  }

  // The [stream] thread: until stop, the scope's leaving, or an endpoint that stays halted.
  void acquire() {
    wire::Decoder decoder;
    std::vector<std::uint8_t> bytes(transfer);
    std::int64_t heard_ns = host().now_ns();
    bool told = false;
    int failures = 0;
    if (started_before_) stream_.begin_anew();
    started_before_ = true;
    while (!stopping_) {
      const ck_result n = port_.read(wire::ep_in, bytes.data(), transfer, 100);
      if (stopping_ && n < 0) break;
      if (n == CK_E_GONE) {
        say(host(), CK_EVENT_GONE, "the otoscope has been unplugged");
        break;
      }
      const std::int64_t now_ns = host().now_ns();
      if (n > 0) {
        failures = 0;
        heard_ns = now_ns;
        told = false;
        take(decoder, {bytes.data(), static_cast<std::size_t>(n)}, now_ns);
      } else if (n < 0 && n != CK_E_AGAIN) {
        // A halt or a failed transfer: what was half received is void, the scope goes on counting.
        decoder.resync();
        if (++failures == 10) {
          say(host(), CK_EVENT_WARNING, "The otoscope's USB line fails again and again. Unplug it and plug it in again.");
          break;
        }
        port_.api()->clear_halt(port_.raw(), wire::ep_in);
      }
      if (!told && now_ns - heard_ns > silence_ns) {
        told = true;
        say(host(), CK_EVENT_WARNING, "The otoscope is connected but sends no picture. If this lasts, unplug it and plug it in again.");
      }
    }
    const auto& c = decoder.counters();
    if (c.damaged > 0) host().log(CK_LOG_WARNING, "otoscope: " + std::to_string(c.damaged) + " pictures came damaged and were left out");
  }

  void take(wire::Decoder& decoder, devices::ByteView bytes, std::int64_t now_ns) {
    wire::Output out;
    decoder.feed(bytes, now_ns, out);
    for (const auto& p : out.pictures) {
      stream_.lose(p.lost);
      stream_.send(p.jpeg, p.time_ns - sensed_before_ns, time_error_ns, p.number);
    }
    for (const auto& p : out.presses) {
      if (!p.is_short) {
        host().log(CK_LOG_INFO, "long press: the scope switches its lens, nothing is captured");
        continue;
      }
      press(host(), 0, p.pressed_ns, true);
      press(host(), 0, p.released_ns, false);
    }
  }

  sdk::Port port_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  bool started_before_ = false;
  PictureStream stream_{host(), 0};
};

std::int32_t probe(const ck_endpoint& e) {
  if (e.link != CK_LINK_USB) return 0;
  return (e.vid == 0x2ce3 && e.pid == 0x3828) || (e.vid == 0x0329 && e.pid == 0x2022) ? 100 : 0;
}

}  // namespace
}  // namespace caukham::plugins::useeplus

CK_PLUGIN(caukham::plugins::useeplus::Otoscope, "org.caukham.otoscope-useeplus", "0.1.0", caukham::plugins::useeplus::probe);
