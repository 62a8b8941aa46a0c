// A device as its maker wrote it down: a text that says what the device answers and what it sends by itself. It is what a
// vendor brings in place of the hardware (caukham-plugin-check --transcript, caukham-simulator --transcript). One thing
// a line, "#" begins a comment:
//
//   link serial                 usb, hid, serial or video; then vid, pid (hexadecimal), product, serial
//   open                        when the plugin opens the port ...
//   > 53 ?? 0A                  when the plugin writes these bytes (?? any byte; "> 02: 53" on this endpoint) ...
//   control C0 07 0000 0000     when it asks this (request type, request, value, index), any endpoint ...
//   < 4F 4B                     ... the device sends this (usb, hid, video: one transfer a line; "< 81: .." there only)
//   every 20 ms                 ... and from then on, in this period, the lines below, one after the other, for ever
//   < A5 n8 w16 w16 sum8
//   at 12.5 ms                  ... and so long after it began what is below, once (a recording: plugin-run --record)
//   < A5 00 01
//   quiet                       ... the sending by itself ends
//   stall                       ... the request or endpoint stalls
//
// Tokens beside bytes: n8 n16 n32 how many lines were sent by themselves (little endian, wraps); w16 the next value of
// a wave (int16, amplitude 1000, 50 values a turn); sum8 xor8 over the line's bytes before it. Rules that begin alike
// and come more than once answer in turn. A rule with "at" takes the place of the one before with "at"; what was due in
// the next 20 ms was under way and still comes. Everything is marked SIMULATED.
//
// Acts: "stall", "resume", "host_closed" (the sending ends), "host_opened", "power_cycle".
#pragma once
#include <deque>
#include <map>
#include <stdexcept>

#include "devices/model/model.hpp"

namespace caukham::devices::transcript {

// what() names the line and what is expected there.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Model final : public DeviceModel {
 public:
  static constexpr std::size_t max_text_bytes = 16u << 20;
  // Throws Error.
  explicit Model(std::string_view text);

  const Identity& identity() const override { return identity_; }
  Bytes descriptors() const override { return {}; }
  Io control(const Setup& setup, ByteView data, Bytes& reply, std::int64_t now_ns) override;
  Io out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) override;
  Io in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) override;
  std::int64_t next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const override;
  bool act(std::string_view act, std::int64_t now_ns) override;
  // "lines": those that the device sent by itself.
  std::vector<Produced> produced() const override { return {{"lines", counter_, sent_}}; }

 private:
  enum class Kind : std::uint8_t { byte, any, n8, n16, n32, w16, sum8, xor8 };
  struct Token {
    Kind kind;
    std::uint8_t value = 0;
  };
  struct Line {
    int endpoint = -1;  // any
    std::vector<Token> tokens;
  };
  struct Rule {
    enum class When : std::uint8_t { open, write, control } when = When::open;
    Line pattern;
    Setup setup;
    std::vector<Line> answers, repeats;
    std::vector<std::pair<std::int64_t, Line>> timed;  // ns since the rule began, in order
    std::int64_t every_ns = 0;
    bool quiet = false, stall = false;
  };
  struct Outgoing {
    int endpoint;
    bool by_itself;
    Bytes bytes;
  };

  static Line parse_line(std::string_view text, const std::string& where);
  Bytes render(const Line& line);
  // The rule for this, in turn among equals, or null.
  Rule* next_of(const std::vector<std::size_t>& candidates);
  void run(const Rule& rule, std::int64_t now_ns);
  // What the device sends by itself: from now on as the rule says, up to now, one line.
  void begin(const Rule& rule, std::int64_t now_ns);
  void by_itself(const Line& line);
  void generate(std::int64_t now_ns);
  void generate_timed(std::int64_t until_ns);
  void queue(const Line& line, bool by_itself);
  // 1 the pattern is there, 0 it may still come, -1 it cannot.
  static int compare(const Line& pattern, ByteView bytes);

  Identity identity_;
  std::vector<Rule> rules_;
  std::map<std::size_t, std::size_t> turn_;  // by the first rule of equals
  const Rule* repeating_ = nullptr;
  std::int64_t grid_ns_ = 0;
  std::uint64_t grid_index_ = 0;
  const Rule* timed_ = nullptr;
  std::int64_t timed_since_ns_ = 0;
  std::size_t timed_next_ = 0;
  std::size_t opened_ = 0;
  std::uint64_t counter_ = 0, sent_ = 0, wave_ = 0;
  bool stalled_ = false;
  Bytes written_;  // serial: what was written and belongs to no rule yet
  std::deque<Outgoing> queue_;
};

}  // namespace caukham::devices::transcript
