// A simulated HackEEG board with an ADS1298, seen from its side of the serial link (the endpoint number is ignored:
// a serial link has one pipe each way). The ADC converts on a fixed grid from the first call on, whether or not anyone
// listens; device time (µs since then) and the grid stay what they are when the host vanishes and returns, so a loss
// can be computed to the sample from the timestamps.
//
// Acts: "lead_off LA", "lead_on LA" (RA LA LL RL V1..V6), "corrupt" (damages one byte of the next frame), "clock_jump MS"
// (the board's clock steps), "stall" (sends nothing, conversions go on) until "resume", "host_closed" (the port was closed:
// nothing is sent until the host writes again or "host_opened"), "power_cycle" (text mode, clock from zero), "slow N"
// (every N-th conversion only is sent; "slow 1" is normal).
#pragma once
#include <array>
#include <deque>
#include <map>

#include "devices/ecg_hackeeg/protocol.hpp"
#include "devices/ecg_hackeeg/registers.hpp"
#include "devices/signals/ecg_loop.hpp"

namespace caukham::devices::hackeeg {

class Model final : public DeviceModel {
 public:
  explicit Model(EcgSource source, std::string serial = "SIM-ECG-0001");

  const Identity& identity() const override { return identity_; }
  Bytes descriptors() const override { return {}; }
  Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) override;
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  bool act(std::string_view act, std::int64_t now_ns) override;
  std::vector<Produced> produced() const override;

  // The value conversion `index` (counted as in produced()) has in `channel`, LSB: the truth for tests.
  std::int32_t truth(std::uint64_t index, std::size_t channel);
  int rate_hz() const { return rate_hz_; }

 private:
  // One thing waiting to be read: a reply, or a frame with the index of its conversion.
  struct Outgoing {
    Bytes bytes;
    std::size_t taken = 0;
    std::uint64_t conversion = 0;
    bool is_frame = false;
  };

  void power_on(std::int64_t now_ns);
  void set_rate(int rate_hz, std::int64_t now_ns);
  std::int64_t conversion_ns(std::uint64_t index) const;
  std::uint64_t conversions_by(std::int64_t now_ns) const;
  void generate(std::int64_t now_ns);
  void command_line(std::string_view line, std::int64_t now_ns);
  void run(std::string_view name, int p0, int p1, std::int64_t now_ns);
  void reply(int code, std::string text, std::optional<long> data = {});
  void write_register(std::uint8_t address, std::uint8_t value, std::int64_t now_ns);
  std::uint32_t status_word() const;

  Identity identity_;
  EcgSource source_;
  std::map<int, EcgLoop> loops_;  // by rate, made when first asked for
  std::array<std::uint8_t, register_count> registers_{};
  bool booted_ = false, text_mode_ = true, converting_ = true, streaming_ = false, host_open_ = true, stalled_ = false,
       corrupt_next_ = false;
  Mode mode_ = Mode::jsonlines;
  std::int64_t boot_ns_ = 0, clock_offset_us_ = 0;
  int rate_hz_ = 500;
  std::uint64_t every_ = 1;
  std::int64_t grid_ns_ = 0;       // when conversion grid_index_ happened
  std::uint64_t grid_index_ = 0;   // conversions before the present rate was set
  std::uint64_t next_ = 0;         // the next conversion to be looked at for sending
  std::uint64_t number_base_ = 0;  // conversion whose sample number is 0 (may wrap below zero)
  std::uint64_t number_held_ = 0;  // sample number to go on with at the next rdatac
  std::uint32_t off_ = 0;          // electrodes off
  std::string line_;
  std::deque<Outgoing> queue_;
  bool any_sent_ = false;
  std::uint64_t first_sent_ = 0, last_sent_ = 0, sent_ = 0;
};

}  // namespace caukham::devices::hackeeg
