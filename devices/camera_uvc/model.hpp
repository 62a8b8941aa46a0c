// A simulated class camera as the system's driver would show it (link video): in(0x81) one driver buffer a call,
// in(0x83) one four-byte status packet. The driver keeps four buffers; a host that does not read loses whole pictures,
// and nothing in a buffer says so: as with real cameras.
//
// Acts: "button" (press, bounce and repeat, release), "truncate" (the next buffer ends early), "splice" (the next
// buffer holds the first half of its picture and then, a period later, the whole next one), "stall" (no buffers; the
// camera goes on) until "resume", "slow N" (every N-th picture only).
#pragma once
#include <deque>
#include <memory>

#include "devices/camera_uvc/button.hpp"
#include "devices/phantom/phantom.hpp"

namespace caukham::devices::uvc {

struct ModelOptions {
  Identity identity;
  PhantomOptions pictures;
  int fps = 15;
  bool fill_bytes = false;  // every third buffer has zeros behind the picture
};
ModelOptions dermatoscope();  // HT-B30S, ab02:ab01: skin lesion, 15 fps, no JFIF, no DHT, inverted button
ModelOptions teslong();       // f007:b999: ear drum, 30 fps

class Model final : public DeviceModel {
 public:
  // `pictures` null: rendered from the options.
  explicit Model(const ModelOptions& options, std::unique_ptr<Phantom> pictures = nullptr);

  const Identity& identity() const override { return options_.identity; }
  Bytes descriptors() const override { return {}; }
  Io out(std::uint8_t, ByteView, std::int64_t) override { return Io::stall; }
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  bool act(std::string_view act, std::int64_t now_ns) override;
  std::vector<Produced> produced() const override;

 private:
  static constexpr std::size_t driver_buffers = 4;
  enum class Fault : std::uint8_t { none, truncate, splice };
  struct Shot {
    std::uint64_t number;
    Fault fault;  // splice: this buffer opens with half of the picture before
  };
  struct Status {
    std::int64_t due_ns;
    bool down;
  };
  std::int64_t due_ns(std::uint64_t shot) const;
  void shoot(std::int64_t now_ns);

  ModelOptions options_;
  std::unique_ptr<Phantom> pictures_;
  Quirks quirks_;
  bool started_ = false, stalled_ = false;
  std::int64_t start_ns_ = 0;
  std::uint64_t next_shot_ = 0, every_ = 1;
  Fault fault_ = Fault::none;
  bool half_before_ = false;
  std::deque<Shot> buffers_;
  std::deque<Status> status_;
  std::uint64_t first_sent_ = 0, last_sent_ = 0, sent_ = 0;
};

}  // namespace caukham::devices::uvc
