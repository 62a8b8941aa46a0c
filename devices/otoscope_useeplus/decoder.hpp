// Bulk bytes in, pictures and button presses out. Pure: no I/O, no threads, no clock; bytes may be cut anywhere.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "devices/model/model.hpp"
#include "devices/otoscope_useeplus/protocol.hpp"

namespace caukham::devices::useeplus {

struct Picture {
  Bytes jpeg;                  // FFD8 … FFD9
  std::uint64_t number = 0;    // the scope's 8-bit counter, unwrapped; 0 is the first picture seen, whole or not
  std::uint32_t lost = 0;      // pictures that the counter says were taken and did not arrive whole, since the last
  std::uint8_t lens = 0;       // 0 or 1; a long press switches
  std::int64_t time_ns = 0;    // `now_ns` of the feed that brought the last byte
};

// Reported at release, because only then it is known whether the press was short (capture) or long (the firmware
// switches the lens and the station must not capture).
struct Press {
  std::int64_t pressed_ns = 0, released_ns = 0;
  bool is_short = false;
};

struct Output {
  std::vector<Picture> pictures;
  std::vector<Press> presses;
};

struct Counters {
  std::uint64_t fragments = 0;         // video fragments used
  std::uint64_t gravity = 0;           // gravity fragments, and video fragments marked as gravity: not pictures
  std::uint64_t ghosts = 0;            // stale headers stepped over
  std::uint64_t skipped_bytes = 0;     // bytes that belong to no fragment: padding and noise
  std::uint64_t damaged = 0;           // pictures begun and given up (no start, no end, too large)
};

// Level in, presses out. Contacts bounce; a level must hold for `debounce_ns` before it counts.
class Button {
 public:
  static constexpr std::int64_t debounce_ns = 30'000'000;
  static constexpr std::int64_t long_ns = 800'000'000;  // from here on the firmware switches the lens
  std::optional<Press> level(bool down, std::int64_t now_ns);

 private:
  bool raw_ = false, stable_ = false;
  std::int64_t raw_since_ns_ = 0, pressed_ns_ = 0;
};

class Decoder {
 public:
  // Appends what became complete. Keeps at most one fragment's and one picture's worth of bytes.
  void feed(ByteView bytes, std::int64_t now_ns, Output& out);
  // After a stall or restart of the stream: what was half received is given up; counting goes on.
  void resync();
  const Counters& counters() const { return counters_; }

 private:
  struct Header {
    std::uint8_t cid, fid, lens, flags;
    std::size_t size;  // whole fragment, bytes
  };
  bool plausible(std::size_t at, Header& h) const;
  enum class Ghost : std::uint8_t { no, yes, wait };
  Ghost ghost_at(std::size_t at, const Header& h, std::size_t& next) const;
  void fragment(std::size_t at, const Header& h, std::int64_t now_ns, Output& out);
  bool follow(std::uint8_t fid);
  void append(ByteView data, std::uint8_t lens, std::int64_t now_ns, Output& out);
  void give_up();

  Bytes buffer_;
  std::size_t begin_ = 0;        // of what is not yet consumed
  bool counting_ = false;        // a first fid has been seen
  std::uint8_t fid_ = 0;
  std::uint64_t number_ = 0;     // unwrapped fid_
  int backward_ = 0;             // fragments in a row that claim an older picture
  Bytes picture_;
  bool building_ = false, complete_ = false, seen_any_ = false, delivered_ = false;
  std::uint64_t last_delivered_ = 0;
  Button button_;
  Counters counters_;
};

}  // namespace caukham::devices::useeplus
