// Faults on demand at the device's side (the vocabulary of app/ipc/faults.hpp), asked for through parameters: what the
// player is to do with the next piece. What ends the plugin's process is the host's to do.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace caukham::plugins::replay {

enum class Fault : int { none, stall, resume, lead_off, lead_on, corrupt, slow, clock_jump, flood, lie };
inline const std::vector<std::string>& fault_words() {
  static const std::vector<std::string> words = {"none", "STALL", "RESUME", "LEAD_OFF", "LEAD_ON",
                                                 "CORRUPT", "SLOW", "CLOCK_JUMP", "FLOOD", "LIE"};
  return words;
}

// [any thread]
class Faults {
 public:
  // What stands at the moment of acquiring.
  struct Now {
    bool stalled = false, electrodes_changed = false;
    Fault once = Fault::none;  // corrupt, clock_jump, flood, lie: told once
    int every = 1;             // SLOW
    std::int64_t jump_ms = 0;
    std::uint32_t off = 0, known = 0;  // electrodes
  };

  void reset() {
    const std::lock_guard lock(mutex_);
    last_ = Fault::none;
    now_ = {};
  }
  int last() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(last_);
  }
  double argument() const {
    const std::lock_guard lock(mutex_);
    return argument_;
  }
  void set_argument(double value) {
    const std::lock_guard lock(mutex_);
    argument_ = value;
  }
  // `fault` with the argument that was set before: LEAD_OFF and LEAD_ON take the electrode's number (ck_electrode's bit),
  // SLOW a count up to 100, CLOCK_JUMP milliseconds; what is beyond is cut.
  void ask(Fault fault) {
    const std::lock_guard lock(mutex_);
    last_ = fault;
    switch (fault) {
      case Fault::none: now_ = {}; break;
      case Fault::stall: now_.stalled = true; break;
      case Fault::resume: now_.stalled = false; break;
      case Fault::lead_off:
      case Fault::lead_on: {
        const auto bit = 1u << static_cast<unsigned>(std::clamp(argument_, 0.0, 14.0));
        now_.off = fault == Fault::lead_off ? now_.off | bit : now_.off & ~bit;
        now_.known |= bit;
        now_.electrodes_changed = true;
        break;
      }
      case Fault::slow: now_.every = static_cast<int>(std::clamp(argument_, 1.0, 100.0)); break;
      case Fault::clock_jump: now_.jump_ms += static_cast<std::int64_t>(argument_); [[fallthrough]];
      default: now_.once = fault;
    }
  }
  Now take() {
    const std::lock_guard lock(mutex_);
    const auto now = now_;
    now_.once = Fault::none;
    now_.electrodes_changed = false;
    return now;
  }

 private:
  mutable std::mutex mutex_;
  Fault last_ = Fault::none;
  double argument_ = 0;
  Now now_;
};

}  // namespace caukham::plugins::replay
