// A simulated Go Direct Spirometer seen from its side of the USB cable: HID, interrupt IN 0x81 and OUT 0x02 with reports
// of 64 bytes (endpoint 0 is taken for either, as a HID link has one pipe each way). Sensors: 1 "Flow Rate" in L/s and
// 2 "Volume" in L, the first two of what the real device offers (users' recordings list Flow Rate, Volume, Adjusted
// Volume, Cycle Volume, Respiration Rate, Differential Pressure). Expiration is positive.
//
// Sampling goes on, on a fixed grid, from the first call on, whether or not anyone listens or has started measurements:
// the patient breathes all the time. The packet counter goes on too, so a stall shows as a gap.
//
// Acts: "blow" (the next forced manoeuvre in turn), "blow N" (curve N from 1), "corrupt" (damages the next report),
// "stall" until "resume", "host_closed" (sends nothing until the host writes again or "host_opened"), "power_cycle", "slow N" (every
// N-th packet only is sent).
#pragma once
#include <deque>

#include "devices/signals/spirometry.hpp"
#include "devices/spirometer_vernier/protocol.hpp"

namespace caukham::devices::vernier {

class Model final : public DeviceModel {
 public:
  // `curves` are blown in turn; empty: synthetic manoeuvres with FVC 4.5, FEV1 3.6 L, PEF 8.5 L/s.
  explicit Model(std::vector<WfCurve> curves = {}, std::string serial = "SIM-SPR-0001");

  const Identity& identity() const override { return identity_; }
  Bytes descriptors() const override;
  // Standard: HID and report descriptors, strings; class: SET_IDLE, SET_REPORT, GET_REPORT.
  Io control(const Setup& setup, ByteView data, Bytes& reply, std::int64_t now_ns) override;
  Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) override;
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  bool act(std::string_view act, std::int64_t now_ns) override;
  std::vector<Produced> produced() const override;

  static Bytes report_descriptor();

 private:
  struct Outgoing {
    Report report{};
    std::uint64_t first = 0, count = 0;  // samples in it; count 0: no measurement, or not its last report
  };

  void power_on(std::int64_t now_ns);
  void set_period(std::uint32_t period_us, std::int64_t now_ns);
  std::int64_t sample_ns(std::uint64_t index) const;
  void advance(std::int64_t now_ns);
  float next_flow();
  void flush();
  void queue(ByteView packet, std::uint64_t first, std::uint64_t count);
  void command(ByteView packet, std::int64_t now_ns);
  bool blow(std::size_t number);
  std::size_t batch() const;

  Identity identity_;
  std::vector<WfCurve> curves_;
  bool booted_ = false, measuring_ = false, host_open_ = true, stalled_ = false, corrupt_next_ = false;
  std::uint32_t period_us_ = 10'000, mask_ = 0;
  std::int64_t grid_ns_ = 0;
  std::uint64_t grid_index_ = 0, next_ = 0;
  std::uint8_t packet_counter_ = 0;
  unsigned every_ = 1;
  std::vector<float> tidal_, script_;  // one quiet breath; what is being blown
  std::size_t tidal_at_ = 0, script_at_ = 0, turn_ = 0;
  double volume_l_ = 0;
  std::vector<float> pending_;  // samples of the packet being filled, interleaved
  std::uint64_t pending_first_ = 0, pending_count_ = 0;
  Joiner joiner_;
  std::deque<Outgoing> queue_;
  bool any_sent_ = false;
  std::uint64_t first_sent_ = 0, last_sent_ = 0, sent_ = 0;
};

}  // namespace caukham::devices::vernier
