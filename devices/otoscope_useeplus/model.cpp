#include "devices/otoscope_useeplus/model.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace caukham::devices::useeplus {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

Model::Model(std::unique_ptr<Phantom> pictures, std::string serial)
    : identity_{0x2ce3, 0x3828, "Geek szitman", "supercamera SIMULATED", std::move(serial), Link::usb},
      pictures_(pictures ? std::move(pictures) : std::make_unique<Phantom>(PhantomOptions{})) {}

Bytes Model::descriptors() const {
  return {// device: USB 2.0, class EF/02/01, 64-byte control packets, one configuration
          18, 1, 0x00, 0x02, 0xEF, 0x02, 0x01, 64, 0xE3, 0x2C, 0x28, 0x38, 0x00, 0x01, 1, 2, 3, 1,
          // configuration: 64 bytes, 2 interfaces, bus powered, 100 mA
          9, 2, 0x40, 0x00, 2, 1, 0, 0x80, 50,
          // interface 0 (the phone accessory's): bulk 0x82 and 0x02
          9, 4, 0, 0, 2, 0xFF, 0xF0, 0, 4,
          7, 5, ep_app_in, 2, 0x00, 0x02, 0,
          7, 5, ep_app_out, 2, 0x00, 0x02, 0,
          // interface 1: nothing in alternate 0, bulk 0x81 and 0x01 in alternate 1
          9, 4, 1, 0, 0, 0xFF, 0xF0, 1, 5,
          9, 4, 1, 1, 2, 0xFF, 0xF0, 1, 5,
          7, 5, ep_in, 2, 0x00, 0x02, 0,
          7, 5, ep_out, 2, 0x00, 0x02, 0};
}

Io Model::out(std::uint8_t endpoint, ByteView bytes, std::int64_t now_ns) {
  if (endpoint == ep_app_out) {
    if (std::ranges::equal(bytes, wake_app)) awake_ = true;
    return Io::ok;
  }
  if (endpoint != ep_out || !alternate_) return Io::stall;
  if (awake_ && !streaming_ && std::ranges::equal(bytes, start_video)) {
    streaming_ = true;
    start_ns_ = now_ns - static_cast<std::int64_t>(next_shot_) * period_ns;  // numbers go on over a restart
  }
  return Io::ok;
}

Io Model::in(std::uint8_t endpoint, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  bytes.clear();
  if (endpoint == ep_app_in) return Io::later;
  if (endpoint != ep_in || !alternate_) return Io::stall;
  shoot(now_ns);
  if (halted_) return Io::stall;
  if (taken_ == pending_.size()) return Io::later;
  const std::size_t n = std::min(max_bytes, pending_.size() - taken_);
  bytes.assign(pending_.begin() + static_cast<std::ptrdiff_t>(taken_), pending_.begin() + static_cast<std::ptrdiff_t>(taken_ + n));
  taken_ += n;
  if (taken_ == pending_.size()) {
    pending_.clear();
    taken_ = 0;
  }
  return Io::ok;
}

std::int64_t Model::next_due_ns(std::uint8_t endpoint, std::int64_t now_ns) const {
  if (endpoint != ep_in || !streaming_) return never;
  if (halted_ || taken_ < pending_.size()) return now_ns;
  return start_ns_ + static_cast<std::int64_t>((next_shot_ + every_ - 1) / every_ * every_) * period_ns;
}

void Model::clear_halt(std::uint8_t endpoint) {
  if (endpoint == ep_in) halted_ = false;
}

void Model::set_alternate(std::uint8_t interface, std::uint8_t alternate) {
  if (interface != interface_video) return;
  alternate_ = alternate == video_alternate;
  if (alternate_) return;  // alternate 0 has no endpoints: the stream ends there
  streaming_ = false;
  pending_.clear();
  taken_ = 0;
}

bool Model::act(std::string_view act, std::int64_t now_ns) {
  if (act == "button" || act == "button long") {
    const bool is_long = act != "button";
    pressed_from_ns_ = now_ns;
    pressed_to_ns_ = now_ns + (is_long ? 1'200'000'000 : 200'000'000);
    if (is_long) lens_ ^= 1;
    return true;
  }
  if (act == "corrupt") return corrupt_ = true;
  if (act == "stall") return halted_ = true;
  if (act == "resume") return halted_ = false, true;
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

// Takes every picture that was due by now; those that find no room are gone.
void Model::shoot(std::int64_t now_ns) {
  if (!streaming_ || now_ns < start_ns_) return;
  const auto due = static_cast<std::uint64_t>((now_ns - start_ns_) / period_ns) + 1;
  if (due > next_shot_ + 64) next_shot_ = due - 1;  // nobody looked for seconds: only the newest is worth rendering
  for (; next_shot_ < due; ++next_shot_) {
    if (next_shot_ % every_ != 0 || halted_ || pending_.size() - taken_ > max_pending) continue;
    shot_ns_ = start_ns_ + static_cast<std::int64_t>(next_shot_) * period_ns;
    fid_ = static_cast<std::uint8_t>(next_shot_);
    put_picture(pictures_->jpeg(static_cast<std::uint32_t>(next_shot_)), corrupt_);
    if (!corrupt_) {
      if (sent_++ == 0) first_sent_ = next_shot_;
      last_sent_ = next_shot_;
    }
    corrupt_ = false;
  }
}

void Model::put_picture(const Bytes& jpeg, bool damaged) {
  const std::uint8_t button = shot_ns_ >= pressed_from_ns_ && shot_ns_ < pressed_to_ns_ ? flag_button : 0;
  const bool no_end = damaged && corrupt_end_;
  if (damaged) corrupt_end_ = !corrupt_end_;
  for (std::size_t at = 0; at < jpeg.size(); at += fragment_data) {
    const std::size_t n = std::min(fragment_data, jpeg.size() - at);
    const std::size_t before = pending_.size();
    put_fragment(cid_video, button, ByteView(jpeg).subspan(at, n));
    const bool spoil = damaged && (no_end ? at + 2 * fragment_data >= jpeg.size() : at == 0);
    if (spoil) pending_[before] = 0;  // the mark is gone, and with it the fragment
    if (fragments_ % 40 == 7) put_fragment(cid_gravity, flag_gravity, Bytes(gravity_length - 7, 0x99));
  }
}

void Model::put_fragment(std::uint8_t cid, std::uint8_t flags, ByteView data) {
  const std::size_t length = 7 + data.size();
  const std::size_t at = pending_.size();
  pending_.insert(pending_.end(), {mark0, mark1, cid, static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length >> 8),
                                   fid_, lens_, flags, 0x60, 0x33, 0x30, 0x24});
  pending_.insert(pending_.end(), data.begin(), data.end());
  ++fragments_;
  if (cid != cid_video || data.size() != fragment_data) return;
  stale_.assign(pending_.begin() + static_cast<std::ptrdiff_t>(at), pending_.end());
  constexpr std::size_t gaps[4] = {80, 0, 160, 80};  // four fragments and 320 bytes of padding make a page
  pad(gaps[gap_++ % 4]);
}

// Uninitialised memory: a piece of the last fragment, and now and then its header, of the picture before.
void Model::pad(std::size_t bytes) {
  if (bytes == 0) return;
  Bytes gap(stale_.begin() + 300, stale_.begin() + static_cast<std::ptrdiff_t>(300 + bytes));
  if (fragments_ % 3 != 0) {
    const std::size_t at = (fragments_ * 13) % (bytes - header);
    std::copy_n(stale_.begin(), header, gap.begin() + static_cast<std::ptrdiff_t>(at));
    gap[at + 5] = static_cast<std::uint8_t>(fid_ - 1);
    if (fragments_ % 5 == 0) gap[at + 6] = 0x7E;  // no such lens
  }
  pending_.insert(pending_.end(), gap.begin(), gap.end());
}

}  // namespace caukham::devices::useeplus
