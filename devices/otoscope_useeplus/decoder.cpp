#include "devices/otoscope_useeplus/decoder.hpp"

#include <algorithm>

namespace caukham::devices::useeplus {

std::optional<Press> Button::level(bool down, std::int64_t now_ns) {
  if (down != raw_) {
    raw_ = down;
    raw_since_ns_ = now_ns;
  }
  if (raw_ == stable_ || now_ns - raw_since_ns_ < debounce_ns) return std::nullopt;
  stable_ = raw_;
  if (stable_) {
    pressed_ns_ = raw_since_ns_;
    return std::nullopt;
  }
  return Press{pressed_ns_, raw_since_ns_, raw_since_ns_ - pressed_ns_ < long_ns};
}

// Stricter than the known drivers: length, lens and flags must all be possible, so that noise and JPEG data that
// happen to hold AA BB 0B are told from headers (about 1 in 10¹² bytes).
bool Decoder::plausible(std::size_t at, Header& h) const {
  const std::uint8_t* b = buffer_.data() + at;
  if (b[0] != mark0 || b[1] != mark1) return false;
  const std::size_t length = b[3] | static_cast<std::size_t>(b[4]) << 8;
  h = {b[2], b[5], b[6], b[7], link_header + length};
  if (h.lens > 1 || (h.flags & ~(flag_gravity | flag_button)) != 0) return false;
  if (h.cid == cid_video) return length >= 8 && length <= full_length;
  return h.cid == cid_gravity && length >= 7 && length <= full_length;
}

// A header is a ghost when another follows within ghost_reach, except when its own fragment ends there or before:
// the last fragment of a picture may be that short. `wait`: the bytes that decide have not come yet.
Decoder::Ghost Decoder::ghost_at(std::size_t at, const Header& h, std::size_t& next) const {
  const std::size_t have = buffer_.size() - at;
  const std::size_t reach = std::min(h.size, ghost_reach + 1);
  for (std::size_t o = link_header; o < reach; ++o) {
    // A fragment that is complete is not held back for what may follow it: the picture's end must not wait for the
    // next picture.
    if (o + header > have) return h.size <= have ? Ghost::no : Ghost::wait;
    Header other{};
    if (plausible(at + o, other)) {
      next = at + o;
      return Ghost::yes;
    }
  }
  return Ghost::no;
}

void Decoder::feed(ByteView bytes, std::int64_t now_ns, Output& out) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  while (buffer_.size() - begin_ >= header) {
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
    const auto mark = std::find(from, buffer_.end(), mark0);
    counters_.skipped_bytes += static_cast<std::uint64_t>(mark - from);
    begin_ += static_cast<std::size_t>(mark - from);
    if (buffer_.size() - begin_ < header) break;
    Header h{};
    if (!plausible(begin_, h)) {
      ++begin_;
      ++counters_.skipped_bytes;
      continue;
    }
    std::size_t next = 0;
    const Ghost ghost = ghost_at(begin_, h, next);
    if (ghost == Ghost::wait) break;
    if (ghost == Ghost::yes) {
      ++counters_.ghosts;
      counters_.skipped_bytes += next - begin_;
      begin_ = next;
      continue;
    }
    if (buffer_.size() - begin_ < h.size) break;
    fragment(begin_, h, now_ns, out);
    begin_ += h.size;
  }
  if (begin_ > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
}

void Decoder::fragment(std::size_t at, const Header& h, std::int64_t now_ns, Output& out) {
  if (h.cid != cid_video || (h.flags & flag_gravity) != 0) {
    ++counters_.gravity;
    return;
  }
  if (!follow(h.fid)) {
    ++counters_.ghosts;
    return;
  }
  ++counters_.fragments;
  if (auto press = button_.level((h.flags & flag_button) != 0, now_ns)) out.presses.push_back(*press);
  append(ByteView(buffer_).subspan(at + header, h.size - header), h.lens, now_ns, out);
}

// Moves the unwrapped counter. A step back is a stale fragment, unless it goes on: then the scope started anew.
bool Decoder::follow(std::uint8_t fid) {
  if (!counting_) {
    counting_ = true;
    fid_ = fid;
    return true;
  }
  const auto step = static_cast<std::uint8_t>(fid - fid_);
  if (step >= 128 && ++backward_ < 8) return false;
  backward_ = 0;
  if (step == 0) return true;
  give_up();
  fid_ = fid;
  number_ += step >= 128 ? 1 : step;  // a restart: at least one picture further, how many nobody knows
  complete_ = false;
  return true;
}

void Decoder::append(ByteView data, std::uint8_t lens, std::int64_t now_ns, Output& out) {
  if (complete_) return;  // padding behind the picture's end
  if (!building_) {
    if (data.size() < 2 || data[0] != 0xFF || data[1] != 0xD8) {
      if (seen_any_) ++counters_.damaged;
      complete_ = true;  // its beginning is lost: the rest of this fid is of no use
      return;
    }
    building_ = true;
    seen_any_ = true;
    picture_.clear();
  }
  const std::size_t search = picture_.empty() ? 2 : picture_.size() - 1;
  picture_.insert(picture_.end(), data.begin(), data.end());
  if (picture_.size() > max_picture) {
    give_up();
    complete_ = true;
    return;
  }
  // FF D9 cannot stand inside entropy-coded data (FF is stuffed there), so the first one is the end.
  for (std::size_t i = search; i + 1 < picture_.size(); ++i) {
    if (picture_[i] != 0xFF || picture_[i + 1] != 0xD9) continue;
    picture_.resize(i + 2);
    const std::uint64_t lost = delivered_ ? number_ - last_delivered_ - 1 : number_;
    out.pictures.push_back({std::move(picture_), number_, static_cast<std::uint32_t>(lost), lens, now_ns});
    picture_ = {};
    delivered_ = true;
    last_delivered_ = number_;
    building_ = false;
    complete_ = true;
    return;
  }
}

void Decoder::give_up() {
  if (building_) ++counters_.damaged;
  building_ = false;
  picture_.clear();
}

void Decoder::resync() {
  give_up();
  complete_ = counting_;
  counters_.skipped_bytes += buffer_.size() - begin_;
  buffer_.clear();
  begin_ = 0;
}

}  // namespace caukham::devices::useeplus
