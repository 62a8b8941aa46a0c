// HackEEG (ADS1298 on an Arduino Due, USB CDC serial): bytes in, samples out, and the commands back.
// Source: starcat-io/hackeeg-driver-arduino (README and firmware), hackeeg-client-python.
//
// After power-on the board speaks text lines; `jsonlines` or `messagepack` switches. From then on commands and
// replies are JSON lines in both modes, and samples come as JSON lines with base64 or as MessagePack.
// The wire carries no checksum: what can be checked is the frame's shape, the 1100 nibble of the ADS1298's status and
// whether sample number and time move together (Continuity). A flipped bit inside a sample value cannot be seen.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "devices/model/model.hpp"

namespace caukham::devices::hackeeg {

inline constexpr std::size_t channels = 8;         // wired as I, II, V1 … V6 against Wilson's terminal
inline constexpr std::size_t payload_bytes = 35;   // 4 time, 4 number, 3 status, 8 × 3 data
inline constexpr std::size_t max_frame_bytes = 1024;  // nothing the board sends is longer

enum class Mode : std::uint8_t { jsonlines, messagepack };

struct Frame {
  std::uint32_t ticks_us = 0;  // the board's micros(), wraps after 71.6 minutes
  std::uint32_t number = 0;    // conversions read since start, wraps
  std::uint32_t status = 0;    // 24 bits: 1100, LOFF_STATP, LOFF_STATN, GPIO
  std::array<std::int32_t, channels> value{};  // sign-extended 24 bit, LSB
  bool operator==(const Frame&) const = default;
};

// Electrodes as bits: 0 RA, 1 LA, 2 LL, 3 RL, 4..9 V1..V6, as in the SDK's ELECTRODES event.
struct Electrodes {
  std::uint32_t off = 0, known = 0;
  bool operator==(const Electrodes&) const = default;
};
enum : std::uint32_t { el_ra = 1, el_la = 2, el_ll = 4, el_rl = 8, el_v1 = 16 };

// Which electrodes are off, from a frame's status, given which comparators the registers LOFF_SENSP/N switched on.
// IN1P LA, IN1N and IN2N RA, IN2P LL, IN3P..IN8P V1..V6; RL is not in the status word, so it is never known.
Electrodes electrodes(std::uint32_t status, std::uint8_t loff_sensp, std::uint8_t loff_sensn);

struct Reply {
  int code = 0;               // 200 ok, 4xx/5xx refused; 0 for the greeting "Ready"
  std::string text;           // STATUS_TEXT
  std::optional<long> data;   // DATA when it is a number (rreg, micros)
};

struct Decoded {
  std::vector<Frame> frames;     // in order
  std::vector<Reply> replies;    // in order; frames before and after a reply are told apart by frames_before
  std::vector<std::size_t> frames_before;  // for each reply: how many of `frames` came before it
  std::uint64_t garbage_bytes = 0;         // skipped to find the next frame
};

// Finds frames and replies in a byte stream, whichever mode the board is in, and finds its way back after garbage.
// Holds at most max_frame_bytes between calls. Never throws.
class Decoder {
 public:
  // Appends what `bytes` completes to `out`.
  void feed(ByteView bytes, Decoded& out);
  void reset() { buffer_.clear(); }
  std::size_t pending() const { return buffer_.size(); }

 private:
  std::size_t take(ByteView rest, Decoded& out, bool& incomplete);
  std::vector<std::uint8_t> buffer_;
};

// Host to board.
std::string text_command(std::string_view name);                                  // "jsonlines\n"
std::string command(std::string_view name, std::span<const int> parameters = {});  // {"COMMAND":…,"PARAMETERS":[…]}\n

// Board to host; used by the model, and by tests for round trips.
Bytes encode_frame(Mode mode, const Frame& frame);
std::string encode_reply(const Reply& reply);

std::string base64_encode(ByteView bytes);
std::optional<Bytes> base64_decode(std::string_view text);  // strict: padding where due, nothing else

// Follows sample number and time over the stream: unwraps the time, counts losses, and holds back a frame whose header
// makes no sense until its successor tells whether the frame was damaged or the board was restarted.
class Continuity {
 public:
  struct Accepted {
    Frame frame;
    std::uint64_t ticks_us = 0;  // unwrapped, never smaller than the one before except after a restart of the board
    std::uint32_t lost = 0;      // frames missing before this one
    bool discontinuity = false;  // does not follow on: lost, clock step, restart, or the first of all
    bool lost_unknown = false;   // restart or clock step: how much is missing cannot be told
  };

  explicit Continuity(std::uint32_t period_us) : period_us_(period_us ? period_us : 1) {}
  // Appends none, one or two accepted frames.
  void push(const Frame& frame, std::vector<Accepted>& out);
  // Frames thrown away because their header was damaged.
  std::uint64_t rejected() const { return rejected_; }

 private:
  bool follows(const Frame& before, const Frame& after, std::uint32_t& steps) const;
  Accepted accept(const Frame& frame, std::uint32_t lost, bool restart);
  std::uint32_t period_us_;
  std::optional<Frame> last_, held_;
  std::uint64_t ticks_us_ = 0, rejected_ = 0;
};

}  // namespace caukham::devices::hackeeg
