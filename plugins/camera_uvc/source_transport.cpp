#include "devices/camera_uvc/button.hpp"
#include "source.hpp"

namespace caukham::plugins::camera {
namespace {

class TransportSource final : public Source {
 public:
  TransportSource(const sdk::Host& host, const ck_endpoint& endpoint) : host_(host), endpoint_(endpoint) {}

  ck_result open(const Wish&) override {
    const ck_result r = port_.open(host_, endpoint_);
    if (r >= 0) port_.cancel(false);
    return r;
  }
  void close() override { port_.close(); }

  ck_result read(std::vector<std::uint8_t>& out) override {
    out.resize(CK_TRANSPORT_MAX_READ);
    const ck_result n = port_.read(devices::uvc::ep_picture, out.data(), CK_TRANSPORT_MAX_READ, 50);
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return n < 0 ? n : CK_OK;
  }
  bool status(std::vector<std::uint8_t>& out) override {
    out.resize(64);
    const ck_result n = port_.read(devices::uvc::ep_status, out.data(), 64, 1);
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return n > 0;
  }
  void cancel(bool on) override { port_.cancel(on); }

 private:
  const sdk::Host& host_;
  const ck_endpoint endpoint_;
  sdk::Port port_;
};

}  // namespace

std::unique_ptr<Source> transport_source(const sdk::Host& host, const ck_endpoint& endpoint) {
  return std::make_unique<TransportSource>(host, endpoint);
}

}  // namespace caukham::plugins::camera
