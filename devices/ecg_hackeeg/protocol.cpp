#include "devices/ecg_hackeeg/protocol.hpp"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace caukham::devices::hackeeg {
namespace {

using nlohmann::json;

constexpr std::array<std::uint8_t, 8> pack_head = {0x82, 0xA1, 0x43, 0xCC, 0xC8, 0xA1, 0x44, 0xC4};
constexpr std::string_view json_head = "{\"C\":200,\"D\":\"", json_tail = "\"}";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::uint32_t le32(const std::uint8_t* p) {
  return p[0] | p[1] << 8 | p[2] << 16 | static_cast<std::uint32_t>(p[3]) << 24;
}

std::optional<Frame> parse_payload(ByteView p) {
  if (p.size() != payload_bytes || (p[8] & 0xF0) != 0xC0) return std::nullopt;
  Frame f;
  f.ticks_us = le32(p.data());
  f.number = le32(p.data() + 4);
  f.status = static_cast<std::uint32_t>(p[8] << 16 | p[9] << 8 | p[10]);
  for (std::size_t c = 0; c < channels; ++c) {
    const auto* b = p.data() + 11 + 3 * c;
    const auto u = static_cast<std::uint32_t>(b[0] << 16 | b[1] << 8 | b[2]);
    f.value[c] = static_cast<std::int32_t>(u << 8) >> 8;
  }
  return f;
}

Bytes payload_of(const Frame& f) {
  Bytes p;
  p.reserve(payload_bytes);
  for (int shift = 0; shift < 32; shift += 8) p.push_back(static_cast<std::uint8_t>(f.ticks_us >> shift));
  for (int shift = 0; shift < 32; shift += 8) p.push_back(static_cast<std::uint8_t>(f.number >> shift));
  for (int shift = 16; shift >= 0; shift -= 8) p.push_back(static_cast<std::uint8_t>(f.status >> shift));
  for (auto v : f.value)
    for (int shift = 16; shift >= 0; shift -= 8)
      p.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(v) >> shift));
  return p;
}

std::optional<Frame> parse_base64_frame(std::string_view text) {
  const auto bytes = base64_decode(text);
  return bytes ? parse_payload(*bytes) : std::nullopt;
}

// A JSON line: a sample, a reply, or nothing of ours.
bool parse_json_line(std::string_view line, Decoded& out) {
  if (line.starts_with(json_head) && line.ends_with(json_tail) && line.size() > json_head.size() + json_tail.size()) {
    const auto frame =
        parse_base64_frame(line.substr(json_head.size(), line.size() - json_head.size() - json_tail.size()));
    if (frame) out.frames.push_back(*frame);
    return frame.has_value();
  }
  // The general way: any order of keys, any white space. Depth is bounded by the line's length.
  const auto doc = json::parse(line, nullptr, false);
  if (!doc.is_object()) return false;
  if (const auto code = doc.find("STATUS_CODE"); code != doc.end() && code->is_number_integer()) {
    Reply reply;
    const auto value = code->get<std::int64_t>();
    if (value < 0 || value > 999) return false;
    reply.code = static_cast<int>(value);
    if (const auto text = doc.find("STATUS_TEXT"); text != doc.end() && text->is_string()) reply.text = *text;
    if (const auto data = doc.find("DATA"); data != doc.end() && data->is_number_integer())
      reply.data = static_cast<long>(data->get<std::int64_t>());
    out.frames_before.push_back(out.frames.size());
    out.replies.push_back(std::move(reply));
    return true;
  }
  if (const auto data = doc.find("D"); data != doc.end() && data->is_string()) {
    const auto frame = parse_base64_frame(data->get_ref<const std::string&>());
    if (frame) out.frames.push_back(*frame);
    return frame.has_value();
  }
  return false;
}

// A text line: "200 Ok", "406 Error: …", "Ready".
bool parse_text_line(std::string_view line, Decoded& out) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  Reply reply;
  if (line.size() > 4 && digit(line[0]) && digit(line[1]) && digit(line[2]) && line[3] == ' ') {
    reply.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    reply.text = line.substr(4);
  } else if (line == "Ready") {
    reply.text = line;
  } else {
    return false;
  }
  out.frames_before.push_back(out.frames.size());
  out.replies.push_back(std::move(reply));
  return true;
}

}  // namespace

// Tries to take one item at the front of `rest`. Returns the bytes used; 0 with `incomplete` when more must come first;
// 0 without it when the first byte belongs to nothing.
std::size_t Decoder::take(ByteView rest, Decoded& out, bool& incomplete) {
  incomplete = false;
  if (rest[0] == pack_head[0]) {
    const std::size_t n = std::min(rest.size(), pack_head.size());
    if (!std::equal(pack_head.begin(), pack_head.begin() + static_cast<std::ptrdiff_t>(n), rest.begin())) return 0;
    if (rest.size() > pack_head.size() && rest[pack_head.size()] != payload_bytes) return 0;
    const std::size_t whole = pack_head.size() + 1 + payload_bytes;
    // The status nibble is checked as soon as it is there: a header inside garbage must not swallow what follows.
    if (rest.size() > pack_head.size() + 9 && (rest[pack_head.size() + 9] & 0xF0) != 0xC0) return 0;
    if (rest.size() < whole) {
      incomplete = true;
      return 0;
    }
    const auto frame = parse_payload(rest.subspan(pack_head.size() + 1, payload_bytes));
    if (!frame) return 0;
    out.frames.push_back(*frame);
    return whole;
  }
  if (rest[0] == '\r' || rest[0] == '\n') return 1;  // empty lines between replies
  // Everything else is a line of printable ASCII. Binary inside it means it is not one.
  std::size_t end = 0;
  while (end < rest.size() && rest[end] >= 0x20 && rest[end] < 0x7F) ++end;
  if (end == rest.size()) {
    incomplete = rest.size() < max_frame_bytes;
    return 0;
  }
  if (rest[end] != '\n' && rest[end] != '\r') return 0;
  const std::string_view line(reinterpret_cast<const char*>(rest.data()), end);
  const bool good = line[0] == '{' ? parse_json_line(line, out) : parse_text_line(line, out);
  return good ? end + 1 : 0;
}

void Decoder::feed(ByteView bytes, Decoded& out) {
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  std::size_t at = 0;
  while (at < buffer_.size()) {
    bool incomplete = false;
    const std::size_t used = take(ByteView(buffer_).subspan(at), out, incomplete);
    if (incomplete) break;
    if (used == 0) {
      ++out.garbage_bytes;
      ++at;
      // Jump to the next byte an item can begin with, so that a long stretch of garbage costs linear time.
      while (at < buffer_.size() && buffer_[at] != pack_head[0] && buffer_[at] != '{' && buffer_[at - 1] != '\n') {
        ++out.garbage_bytes;
        ++at;
      }
    }
    at += used;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at));
}

Electrodes electrodes(std::uint32_t status, std::uint8_t loff_sensp, std::uint8_t loff_sensn) {
  const auto statp = static_cast<std::uint8_t>(status >> 12), statn = static_cast<std::uint8_t>(status >> 4);
  Electrodes e;
  const auto judge = [&e](std::uint32_t electrode, unsigned sense, unsigned off) {
    if (!sense) return;
    e.known |= electrode;
    if (sense & off) e.off |= electrode;
  };
  judge(el_ra, loff_sensn & 0x03u, statn);
  judge(el_la, loff_sensp & 0x01u, statp);
  judge(el_ll, loff_sensp & 0x02u, statp);
  for (unsigned v = 0; v < 6; ++v) judge(el_v1 << v, loff_sensp & (4u << v), statp);
  return e;
}

std::string text_command(std::string_view name) { return std::string(name) + "\n"; }

std::string command(std::string_view name, std::span<const int> parameters) {
  json doc = {{"COMMAND", name}};
  doc["PARAMETERS"] = json::array();
  for (int p : parameters) doc["PARAMETERS"].push_back(p);
  return doc.dump() + "\n";
}

Bytes encode_frame(Mode mode, const Frame& frame) {
  const auto payload = payload_of(frame);
  Bytes out;
  if (mode == Mode::messagepack) {
    out.assign(pack_head.begin(), pack_head.end());
    out.push_back(static_cast<std::uint8_t>(payload.size()));
    out.insert(out.end(), payload.begin(), payload.end());
    return out;
  }
  const std::string line = std::string(json_head) + base64_encode(payload) + std::string(json_tail) + "\n";
  out.assign(line.begin(), line.end());
  return out;
}

std::string encode_reply(const Reply& reply) {
  nlohmann::ordered_json doc;
  doc["STATUS_CODE"] = reply.code;
  doc["STATUS_TEXT"] = reply.text;
  if (reply.data) doc["DATA"] = *reply.data;
  return doc.dump() + "\r\n";
}

std::string base64_encode(ByteView bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t v = 0;
    for (std::size_t k = 0; k < 3; ++k) v = v << 8 | (k < n ? bytes[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= n ? alphabet[(v >> (18 - 6 * k)) & 63] : '=';
  }
  return out;
}

std::optional<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 || text.size() > max_frame_bytes) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  Bytes out;
  std::uint32_t v = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t digit = 0;
    if (i < text.size() - padding) {
      digit = alphabet.find(text[i]);
      if (digit == std::string_view::npos) return std::nullopt;
    }
    v = v << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 == 3) {
      out.push_back(static_cast<std::uint8_t>(v >> 16));
      out.push_back(static_cast<std::uint8_t>(v >> 8));
      out.push_back(static_cast<std::uint8_t>(v));
      v = 0;
    }
  }
  const std::size_t n = out.size();
  for (std::size_t i = n - padding; i < n; ++i)
    if (out[i] != 0) return std::nullopt;  // bits hidden behind the padding: not what an encoder writes
  out.resize(n - padding);
  return out;
}

bool Continuity::follows(const Frame& before, const Frame& after, std::uint32_t& steps) const {
  steps = after.number - before.number;
  const std::uint32_t elapsed_us = after.ticks_us - before.ticks_us;
  if (steps == 0 || steps > 0x7FFFFFFFu / period_us_) return false;
  // The board stamps when it reads, not when the ADC converts: half a period of jitter, and 1 % for its crystal.
  const std::int64_t expected = static_cast<std::int64_t>(steps) * period_us_;
  return std::abs(static_cast<std::int64_t>(elapsed_us) - expected) <= period_us_ / 2 + expected / 100;
}

Continuity::Accepted Continuity::accept(const Frame& frame, std::uint32_t lost, bool restart) {
  Accepted a;
  a.frame = frame;
  a.lost = lost;
  a.lost_unknown = restart && last_.has_value();
  a.discontinuity = restart || lost > 0;
  const std::uint32_t forward = last_ ? frame.ticks_us - last_->ticks_us : 0;
  if (!last_ || forward > 0x7FFFFFFFu)
    ticks_us_ = frame.ticks_us;  // first of all, or the clock went back: it counts from its own zero again
  else
    ticks_us_ += forward;
  a.ticks_us = ticks_us_;
  last_ = frame;
  return a;
}

void Continuity::push(const Frame& frame, std::vector<Accepted>& out) {
  std::uint32_t steps = 0;
  if (!last_) {
    out.push_back(accept(frame, 0, true));
  } else if (follows(*last_, frame, steps)) {
    if (held_) ++rejected_;
    held_.reset();
    out.push_back(accept(frame, steps - 1, false));
  } else if (held_ && follows(*held_, frame, steps)) {
    out.push_back(accept(*held_, 0, true));  // two in a row agree with each other: the board's truth has changed
    out.push_back(accept(frame, steps - 1, false));
    held_.reset();
  } else {
    if (held_) ++rejected_;
    held_ = frame;
  }
}

}  // namespace caukham::devices::hackeeg
