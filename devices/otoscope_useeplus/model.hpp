// The simulated scope: descriptors of the real one (restated), its start sequence, its fragments, its firmware's
// ghosts. Shoots 20 pictures a second on a fixed grid from the start command on; a host that does not read loses
// whole pictures, and the 8-bit counter shows it.
//
// Acts: "button" (press of 200 ms), "button long" (1.2 s, switches the lens), "corrupt" (the next picture loses its
// beginning, every second time its end), "stall" (0x81 halts until the host clears it; shooting goes on), "resume"
// (clears it from this side), "slow N" (every N-th picture only; "slow 1" is normal).
#pragma once
#include <deque>
#include <memory>

#include "devices/otoscope_useeplus/protocol.hpp"
#include "devices/phantom/phantom.hpp"

namespace caukham::devices::useeplus {

class Model final : public DeviceModel {
 public:
  // `pictures` null: the rendered ear drum at 640×480.
  explicit Model(std::unique_ptr<Phantom> pictures = nullptr, std::string serial = "SIM-OTO-0001");

  const Identity& identity() const override { return identity_; }
  Bytes descriptors() const override;
  Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) override;
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  void clear_halt(std::uint8_t endpoint) override;
  void set_alternate(std::uint8_t interface, std::uint8_t alternate) override;
  bool act(std::string_view act, std::int64_t now_ns) override;
  // "video": damaged pictures ("corrupt") count as taken, not as sent.
  std::vector<Produced> produced() const override;

 private:
  static constexpr std::int64_t period_ns = 50'000'000;
  static constexpr std::size_t max_pending = 160 * 1024;  // the scope's own memory: then it skips pictures

  void shoot(std::int64_t now_ns);
  void put_picture(const Bytes& jpeg, bool damaged);
  void put_fragment(std::uint8_t cid, std::uint8_t flags, ByteView data);
  void pad(std::size_t bytes);

  Identity identity_;
  std::unique_ptr<Phantom> pictures_;
  bool awake_ = false, streaming_ = false, alternate_ = false, halted_ = false;
  std::int64_t start_ns_ = 0, pressed_from_ns_ = 0, pressed_to_ns_ = 0, shot_ns_ = 0;
  std::uint64_t next_shot_ = 0;
  std::uint64_t every_ = 1;
  bool corrupt_ = false, corrupt_end_ = false;
  std::uint8_t lens_ = 0, fid_ = 0;
  Bytes pending_, stale_;         // to be read; the last fragment, whose remains show up in the padding
  std::size_t taken_ = 0, gap_ = 0, fragments_ = 0;
  std::uint64_t first_sent_ = 0, last_sent_ = 0, sent_ = 0;
};

}  // namespace caukham::devices::useeplus
