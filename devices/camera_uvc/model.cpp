#include "devices/camera_uvc/model.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace caukham::devices::uvc {

ModelOptions dermatoscope() {
  ModelOptions o;
  o.identity = {0xab02, 0xab01, "HT", "HT-B30S dermatoscope SIMULATED", "SIM-DER-0001", Link::video};
  o.pictures.scene = Scene::skin;
  o.pictures.jfif_header = false;
  o.pictures.huffman_tables = false;
  o.fill_bytes = true;
  return o;
}

ModelOptions teslong() {
  ModelOptions o;
  o.identity = {0xf007, 0xb999, "Teslong", "Teslong Otoscope Camera SIMULATED", "SIM-OTO-0002", Link::video};
  o.fps = 30;
  return o;
}

Model::Model(const ModelOptions& options, std::unique_ptr<Phantom> pictures)
    : options_(options),
      pictures_(pictures ? std::move(pictures) : std::make_unique<Phantom>(options.pictures)),
      quirks_(quirks_of(options.identity.vid, options.identity.pid)) {
  options_.fps = std::clamp(options_.fps, 1, 60);
}

std::int64_t Model::due_ns(std::uint64_t shot) const {
  return start_ns_ + static_cast<std::int64_t>(shot) * 1'000'000'000 / options_.fps;
}

// Fills driver buffers with what was due by now. A driver without a free buffer drops the picture.
void Model::shoot(std::int64_t now_ns) {
  if (!started_) {
    started_ = true;
    start_ns_ = now_ns;
  }
  for (; due_ns(next_shot_) <= now_ns; ++next_shot_) {
    if (next_shot_ % every_ != 0 || stalled_ || buffers_.size() == driver_buffers) continue;
    if (fault_ == Fault::splice && !half_before_) {
      half_before_ = true;  // this picture breaks off; its beginning stays in the buffer
      continue;
    }
    buffers_.push_back({next_shot_, half_before_ ? Fault::splice : fault_});
    fault_ = Fault::none;
    half_before_ = false;
  }
}

Io Model::in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  bytes.clear();
  if (endpoint == ep_status) {
    if (status_.empty() || status_.front().due_ns > now_ns) return Io::later;
    const bool value = status_.front().down != quirks_.button_inverted;
    status_.pop_front();
    bytes = {0x02, 0x01, 0x00, static_cast<std::uint8_t>(value)};
    return Io::ok;
  }
  if (endpoint != ep_picture) return Io::stall;
  shoot(now_ns);
  if (buffers_.empty()) return Io::later;
  const Shot shot = buffers_.front();
  buffers_.pop_front();
  bytes = pictures_->jpeg(static_cast<std::uint32_t>(shot.number));
  if (shot.fault == Fault::splice) {
    Bytes half = pictures_->jpeg(static_cast<std::uint32_t>(shot.number - 1));
    half.resize(half.size() / 2);
    bytes.insert(bytes.begin(), half.begin(), half.end());
  }
  if (shot.fault == Fault::truncate) bytes.resize(bytes.size() * 3 / 5);
  else if (options_.fill_bytes && shot.number % 3 == 0) bytes.insert(bytes.end(), 1 + shot.number % 5, 0);
  if (bytes.size() > max_bytes) bytes.resize(max_bytes);
  if (shot.fault != Fault::truncate) {
    if (sent_++ == 0) first_sent_ = shot.number;
    last_sent_ = shot.number;
  }
  return Io::ok;
}

std::int64_t Model::next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const {
  constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  if (endpoint == ep_status) return status_.empty() ? never : status_.front().due_ns;
  if (endpoint != ep_picture) return never;
  if (!started_ || !buffers_.empty()) return now_ns;
  return due_ns((next_shot_ + every_ - 1) / every_ * every_);
}

bool Model::act(std::string_view act, std::int64_t now_ns) {
  if (act == "button") {
    for (const auto& [after_ms, down] : {std::pair{0, true}, {20, false}, {40, true}, {515, true}, {540, false}})
      status_.push_back({now_ns + after_ms * std::int64_t{1'000'000}, down});
    return true;
  }
  if (act == "truncate") return fault_ = Fault::truncate, true;
  if (act == "splice") return fault_ = Fault::splice, true;
  if (act == "stall") return stalled_ = true;
  if (act == "resume") return stalled_ = false, true;
  if (act.starts_with("slow ")) {
    unsigned n = 0;
    const auto digits = act.substr(5);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (error != std::errc{} || end != digits.data() + digits.size() || n < 1 || n > 100) return false;
    every_ = n;
    return true;
  }
  return false;
}

std::vector<Produced> Model::produced() const {
  return {{"video", sent_ == 0 ? 0 : last_sent_ - first_sent_ + 1, sent_}};
}

}  // namespace caukham::devices::uvc
