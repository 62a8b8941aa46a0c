// The conversation with a HackEEG board over the host's transport: commands and their replies, waking it up from
// whatever state the last program left it in. One thread at a time; write() may run beside read().
#pragma once
#include <caukham/cpp/device.hpp>

#include "devices/ecg_hackeeg/protocol.hpp"

namespace caukham::plugins::hackeeg {

namespace wire = caukham::devices::hackeeg;

struct Settings {
  int rate_hz = 500;  // 500, 1000
  int gain = 6;       // 1, 2, 3, 4, 6, 8, 12
  wire::Mode mode = wire::Mode::messagepack;
};

inline constexpr std::uint8_t loff_sensp = 0xFF, loff_sensn = 0x03;  // comparators switched on by configure()

class Board {
 public:
  explicit Board(const sdk::Host& host) : host_(host) {}

  ck_result open(const ck_endpoint& endpoint);

  // Stops a running stream, leaves text mode, checks that an 8-channel ADS1298 answers. Up to 3 s.
  // CK_E_PROTOCOL when something else is at the other end; says what in the log.
  ck_result wake_up();

  // Writes the registers for a resting 12-lead ECG with lead-off detection. Each write is acknowledged.
  ck_result configure(const Settings& settings);

  // Begins the stream. Frames that arrive together with the acknowledgement are left in `decoded`.
  ck_result start_stream(wire::Decoded& decoded);

  // Asks the board to stop; its acknowledgement comes behind the last frame, through read().
  ck_result ask_stop();

  // Reads once and decodes into `decoded`. CK_E_AGAIN after timeout_ms.
  ck_result read(wire::Decoded& decoded, std::uint32_t timeout_ms);

 private:
  ck_result write(const std::string& text, std::uint32_t timeout_ms);
  // Sends a command and waits for its reply; frames in between are dropped unless `keep` takes them.
  ck_result ask(const std::string& line, wire::Reply& reply, std::uint32_t timeout_ms, wire::Decoded* keep = nullptr);
  ck_result set(int address, int value);

  const sdk::Host& host_;
  sdk::Port port_;
  wire::Decoder decoder_;
};

}  // namespace caukham::plugins::hackeeg
