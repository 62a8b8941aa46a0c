// A device model on a line that can go wrong: "stall" until "resume", "corrupt", "flood" and "lie" for models that do
// not know these acts themselves. A model that does know one is asked first: it fails as its own hardware would.
#pragma once
#include <random>

#include "devices/model/model.hpp"

namespace caukham::devices {

class FaultyModel final : public DeviceModel {
 public:
  explicit FaultyModel(std::unique_ptr<DeviceModel> model) : model_(std::move(model)) {}

  const Identity& identity() const override { return model_->identity(); }
  Bytes descriptors() const override { return model_->descriptors(); }
  Io control(const Setup& setup, ByteView data, Bytes& reply, std::int64_t now_ns) override {
    return model_->control(setup, data, reply, now_ns);
  }
  Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) override {
    return model_->out(endpoint, bytes, now_ns);
  }
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  void clear_halt(std::uint8_t endpoint) override { model_->clear_halt(endpoint); }
  void set_alternate(std::uint8_t interface, std::uint8_t alternate) override {
    model_->set_alternate(interface, alternate);
  }
  bool act(std::string_view act, std::int64_t now_ns) override;
  std::vector<Produced> produced() const override { return model_->produced(); }

 private:
  static constexpr std::int64_t flood_ns = 1'000'000'000;
  static constexpr int lies = 8;  // transfers

  std::unique_ptr<DeviceModel> model_;
  std::minstd_rand random_{1};  // the same nonsense every time
  bool stalled_ = false, corrupt_next_ = false;
  int lies_left_ = 0;
  std::int64_t flood_until_ns_ = 0;
};

}  // namespace caukham::devices
