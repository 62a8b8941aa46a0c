// Where driver buffers come from: the transport (simulated cameras) or the system's camera driver through FFmpeg.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caukham/cpp/device.hpp>

namespace caukham::plugins::camera {

struct Wish {
  int width = 640, height = 480;  // pixels
  int rate_hz = 30;
};

// open and close on [main]; read and status on [stream]; cancel on any thread.
class Source {
 public:
  virtual ~Source() = default;
  virtual ck_result open(const Wish& wish) = 0;
  virtual void close() = 0;
  // One driver buffer into `out`: CK_OK, CK_E_AGAIN after about 50 ms without one, CK_E_GONE, or another error.
  virtual ck_result read(std::vector<std::uint8_t>& out) = 0;
  // A status interrupt that is waiting, without waiting for it.
  virtual bool status(std::vector<std::uint8_t>&) { return false; }
  virtual void cancel(bool on) = 0;
};

std::unique_ptr<Source> transport_source(const sdk::Host& host, const ck_endpoint& endpoint);
// endpoint.path is the camera's node ("/dev/video0") or, on Windows, its DirectShow name; "avformat:FILE" plays a
// file of pictures at the wished rate and then is gone.
std::unique_ptr<Source> system_source(const sdk::Host& host, const ck_endpoint& endpoint);

}  // namespace caukham::plugins::camera
