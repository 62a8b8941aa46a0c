#include "devices/model/faulty.hpp"

#include <algorithm>

namespace caukham::devices {

Io FaultyModel::in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  if (stalled_) return bytes.clear(), Io::later;
  if (now_ns < flood_until_ns_) {
    bytes.resize(std::min<std::size_t>(max_bytes, 512));
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random_() >> 8);
    return Io::ok;
  }
  const Io io = model_->in(endpoint, max_bytes, now_ns, bytes);
  if (io != Io::ok || bytes.empty()) return io;
  if (corrupt_next_) bytes[bytes.size() / 2] ^= 0xFF;
  corrupt_next_ = false;
  if (lies_left_ > 0) {
    --lies_left_;
    constexpr std::uint8_t extremes[] = {0xFF, 0x00, 0x7F, 0x80};
    for (std::size_t i = 0; i < std::min<std::size_t>(8, bytes.size()); ++i)
      bytes[i] = extremes[(random_() >> 8) % std::size(extremes)];
  }
  return io;
}

std::int64_t FaultyModel::next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const {
  if (stalled_) return now_ns + 20'000'000;
  if (now_ns < flood_until_ns_) return now_ns;
  return model_->next_due_ns(endpoint, now_ns);
}

bool FaultyModel::act(std::string_view act, std::int64_t now_ns) {
  if (act == "flood") return flood_until_ns_ = now_ns + flood_ns, true;
  if (act == "lie") return lies_left_ = lies, true;
  const bool known = model_->act(act, now_ns);
  if (act == "power_cycle") {
    stalled_ = corrupt_next_ = false;
    lies_left_ = 0;
    flood_until_ns_ = 0;
  }
  if (known) return true;
  if (act == "stall" || act == "resume") return stalled_ = act == "stall", true;
  if (act == "corrupt") return corrupt_next_ = true;
  return false;
}

}  // namespace caukham::devices
