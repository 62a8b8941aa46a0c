// Small clocks of the session, without a clock of their own: how often, and what time it is over there.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace caukham::session {

// `rate` things a second on average, `burst` at once. One thread; times never go back.
class TokenBucket {
 public:
  TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}
  bool take(std::int64_t now_ns) {
    if (last_ns_)
      tokens_ = std::min(burst_, tokens_ + rate_ * static_cast<double>(now_ns - *last_ns_) * 1e-9);
    last_ns_ = now_ns;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double rate_, burst_, tokens_;
  std::optional<std::int64_t> last_ns_;
};

// The console's clock minus ours, from the probe with the shortest round trip among the last 16: the one that
// waited least in queues bounds the error best (NTP's clock filter, RFC 5905 section 10, without its
// dispersion terms). Error at most half that round trip.
class ConsoleClock {
 public:
  // t0: we asked, t1: the console's answer by its clock, t2: the answer came. False: not believable, not
  // kept.
  bool probe(std::int64_t t0_ns, std::int64_t t1_console_ns, std::int64_t t2_ns) {
    if (t2_ns < t0_ns || t2_ns - t0_ns > max_round_ns) return false;
    probes_[next_] = {t2_ns - t0_ns, t1_console_ns - (t0_ns + (t2_ns - t0_ns) / 2)};
    next_ = (next_ + 1) % probes_.size();
    count_ = std::min(count_ + 1, probes_.size());
    return true;
  }
  bool known() const { return count_ > 0; }
  std::int64_t round_ns() const { return best().round_ns; }
  std::int64_t to_station_ns(std::int64_t console_ns) const { return console_ns - best().offset_ns; }

 private:
  static constexpr std::int64_t max_round_ns = 30'000'000'000;
  struct Probe { std::int64_t round_ns = 0, offset_ns = 0; };
  Probe best() const {
    Probe found;
    for (std::size_t i = 0; i < count_; ++i)
      if (i == 0 || probes_[i].round_ns < found.round_ns) found = probes_[i];
    return found;
  }
  std::array<Probe, 16> probes_{};
  std::size_t next_ = 0, count_ = 0;
};

}  // namespace caukham::session
