#include "devices/spirometer_vernier/protocol.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace caukham::devices::vernier {
namespace {

// Reads little-endian fields one after the other; a read past the end makes the whole reader bad.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}
  bool good() const { return good_; }
  template <class T>
  T get() {
    T value{};
    if (bytes_.size() < sizeof(T)) return good_ = false, value;
    std::uint64_t raw = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) raw |= static_cast<std::uint64_t>(bytes_[i]) << (8 * i);
    if constexpr (std::is_same_v<T, double>) value = std::bit_cast<double>(raw);
    else if constexpr (std::is_same_v<T, float>) value = std::bit_cast<float>(static_cast<std::uint32_t>(raw));
    else value = static_cast<T>(raw);
    bytes_ = bytes_.subspan(sizeof(T));
    return value;
  }
  // Fixed field, text up to the first zero; anything that is not printable ASCII or UTF-8's upper half is dropped.
  std::string text(std::size_t n) {
    std::string out;
    if (bytes_.size() < n) return good_ = false, out;
    for (std::size_t i = 0; i < n && bytes_[i]; ++i)
      if (bytes_[i] >= 0x20 && bytes_[i] != 0x7F) out += static_cast<char>(bytes_[i]);
    bytes_ = bytes_.subspan(n);
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

 private:
  ByteView bytes_;
  bool good_ = true;
};

class Writer {
 public:
  template <class T>
  Writer& put(T value) {
    std::uint64_t raw;
    if constexpr (std::is_same_v<T, double>) raw = std::bit_cast<std::uint64_t>(value);
    else if constexpr (std::is_same_v<T, float>) raw = std::bit_cast<std::uint32_t>(value);
    else raw = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes.push_back(static_cast<std::uint8_t>(raw >> (8 * i)));
    return *this;
  }
  Writer& text(std::string_view s, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) bytes.push_back(i < s.size() ? static_cast<std::uint8_t>(s[i]) : 0);
    return *this;
  }
  Bytes bytes;
};

std::string lower(std::string s) {
  for (char& c : s) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return s;
}

std::optional<Packet> parse_measurement(ByteView p) {
  if (p.size() < 5) return std::nullopt;
  Measurement m;
  m.counter = p[2];
  std::size_t at = 0;
  bool real = true;
  const std::uint8_t type = p[4];
  switch (type) {
    case 0x06:
      if (p.size() < 9) return std::nullopt;
      m.mask = p[5] | static_cast<std::uint32_t>(p[6]) << 8;
      m.count = p[7];
      at = 9;
      break;
    case 0x07:
      if (p.size() < 11) return std::nullopt;
      m.mask = p[5] | p[6] << 8 | p[7] << 16 | static_cast<std::uint32_t>(p[8]) << 24;
      m.count = p[9];
      at = 11;
      break;
    case 0x09: case 0x0B: real = false; [[fallthrough]];
    case 0x08: case 0x0A:
      if (p.size() < 8 || p[6] > 31) return std::nullopt;
      m.mask = 1u << p[6];
      m.count = p[7];
      at = 8;
      break;
    case 0x0C: case 0x0D: case 0x0E: return Notice{type};
    default: return std::nullopt;
  }
  const std::size_t n = m.count * static_cast<std::size_t>(std::popcount(m.mask));
  if (n == 0 || p.size() < at + 4 * n) return std::nullopt;
  Reader reader(p.subspan(at));
  for (std::size_t i = 0; i < n; ++i) {
    const double v = real ? static_cast<double>(reader.get<float>()) : reader.get<std::int32_t>();
    if (!std::isfinite(v)) return std::nullopt;
    m.values.push_back(v);
  }
  return m;
}

}  // namespace

std::uint8_t checksum(ByteView packet) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < packet.size(); ++i)
    if (i != 3) sum += packet[i];
  return static_cast<std::uint8_t>(sum);
}

Bytes Commander::build(Command command, ByteView payload) {
  // The order matters to the checksum: length, then counter, then the sum.
  Bytes p = {packet_command, static_cast<std::uint8_t>(5 + payload.size()), --counter_, 0, command};
  p.insert(p.end(), payload.begin(), payload.end());
  p[3] = checksum(p);
  return p;
}

Bytes Commander::init() {
  counter_ = 0xFF;
  static constexpr std::uint8_t magic[] = {0xA5, 0x4A, 0x06, 0x49, 0x07, 0x48, 0x08, 0x47, 0x09, 0x46,
                                           0x0A, 0x45, 0x0B, 0x44, 0x0C, 0x43, 0x0D, 0x42, 0x0E, 0x41};
  return build(cmd_init, magic);
}

Bytes Commander::simple(Command command) { return build(command, {}); }
Bytes Commander::sensor_info(std::uint8_t sensor) { return build(cmd_sensor_info, {&sensor, 1}); }
Bytes Commander::period(std::uint32_t period_us) {
  return build(cmd_period, Writer().put<std::uint16_t>(0x00FF).put(period_us).put<std::uint32_t>(0).bytes);
}
Bytes Commander::start(std::uint32_t sensor_mask) {
  return build(cmd_start, Writer().put<std::uint16_t>(0x01FF).put(sensor_mask).put<std::uint64_t>(0).bytes);
}
Bytes Commander::stop() {
  return build(cmd_stop, Writer().put<std::uint16_t>(0x00FF).put<std::uint32_t>(0xFFFFFFFF).bytes);
}

std::vector<Report> to_reports(ByteView packet) {
  std::vector<Report> reports;
  for (std::size_t at = 0; at < packet.size(); at += report_bytes - 1) {
    const std::size_t n = std::min(report_bytes - 1, packet.size() - at);
    Report r{};
    r[0] = static_cast<std::uint8_t>(n);
    std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), n, r.begin() + 1);
    reports.push_back(r);
  }
  return reports;
}

void Joiner::feed(ByteView report, std::vector<Bytes>& packets) {
  if (report.empty() || report[0] == 0 || report[0] >= report_bytes || report.size() < 1u + report[0]) {
    ++garbage_;
    partial_.clear();
    return;
  }
  ByteView data = report.subspan(1, report[0]);
  // A report of a longer packet got lost when its continuation is a whole measurement by itself.
  if (!partial_.empty() && data.size() > 5 && data[0] == packet_measurement && data[1] == data.size()) {
    ++garbage_;
    partial_.clear();
  }
  while (!data.empty()) {
    if (partial_.size() < 2) {
      partial_.push_back(data[0]);
      data = data.subspan(1);
      continue;
    }
    const std::size_t length = partial_[1];
    if (length < 5) {  // no packet is that short
      ++garbage_;
      partial_.clear();
      return;
    }
    const std::size_t n = std::min(length - partial_.size(), data.size());
    partial_.insert(partial_.end(), data.begin(), data.begin() + static_cast<std::ptrdiff_t>(n));
    data = data.subspan(n);
    if (partial_.size() == length) {
      packets.push_back(std::move(partial_));
      partial_ = {};
    }
  }
}

std::vector<double> Measurement::of(unsigned sensor) const {
  std::vector<double> out;
  if (sensor > 31 || !(mask >> sensor & 1)) return out;
  const auto width = static_cast<std::size_t>(std::popcount(mask));
  const auto place = static_cast<std::size_t>(std::popcount(mask & ((1u << sensor) - 1)));
  for (std::size_t i = 0; i < count; ++i) out.push_back(values[i * width + place]);
  return out;
}

std::optional<Packet> parse_packet(ByteView packet) {
  if (packet.size() < 5 || packet[1] > packet.size()) return std::nullopt;
  packet = packet.subspan(0, packet[1]);
  if (packet.size() < 5) return std::nullopt;
  if (packet[0] == packet_measurement) return parse_measurement(packet);
  if (packet.size() < 6) return std::nullopt;
  return Response{packet[4], packet[5], Bytes(packet.begin() + 6, packet.end())};
}

std::optional<Status> parse_status(ByteView data) {
  Reader r(data);
  Status s;
  s.status = r.get<std::uint8_t>();
  r.get<std::uint8_t>();
  const unsigned major = r.get<std::uint8_t>(), minor = r.get<std::uint8_t>(), build = r.get<std::uint16_t>();
  r.get<std::uint32_t>();  // the second processor's version
  s.battery_percent = r.get<std::uint8_t>();
  s.charger = r.get<std::uint8_t>();
  if (!r.good()) return std::nullopt;
  s.firmware = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
  return s;
}

std::optional<DeviceInfo> parse_device_info(ByteView data) {
  Reader r(data);
  DeviceInfo i;
  i.order_code = r.text(16);
  i.serial = r.text(16);
  i.name = r.text(32);
  r.text(2 + 2 + 1 + 1 + 4 + 4 + 6 + 4);  // maker, date, versions, Bluetooth address, memory
  i.description = r.text(64);
  if (!r.good()) return std::nullopt;
  return i;
}

std::optional<SensorInfo> parse_sensor_info(ByteView data) {
  Reader r(data);
  SensorInfo s;
  s.number = r.get<std::uint8_t>();
  r.get<std::uint8_t>();
  s.id = r.get<std::uint32_t>();
  s.numeric_type = r.get<std::uint8_t>();
  s.sampling_mode = r.get<std::uint8_t>();
  s.description = r.text(60);
  s.unit = r.text(32);
  s.uncertainty = r.get<double>();
  s.minimum = r.get<double>();
  s.maximum = r.get<double>();
  s.min_period_us = r.get<std::uint32_t>();
  s.max_period_us = r.get<std::uint64_t>();
  s.typical_period_us = r.get<std::uint32_t>();
  s.granularity_us = r.get<std::uint32_t>();
  s.exclusion_mask = r.get<std::uint32_t>();
  if (!r.good() || s.number > 31) return std::nullopt;
  return s;
}

std::optional<std::uint32_t> parse_mask(ByteView data) {
  Reader r(data);
  const auto mask = r.get<std::uint32_t>();
  return r.good() ? std::optional(mask) : std::nullopt;
}

const SensorInfo* find_flow(const std::vector<SensorInfo>& sensors) {
  const SensorInfo* best = nullptr;
  for (const auto& s : sensors) {
    if (s.sampling_mode != 0 || lower(s.unit) != "l/s") continue;
    if (!best || (lower(best->description).find("flow") == std::string::npos &&
                  lower(s.description).find("flow") != std::string::npos))
      best = &s;
  }
  return best;
}

std::uint64_t PacketCounter::missing(std::uint8_t counter, double elapsed_packets) {
  const auto before = last_;
  last_ = counter;
  if (!before) return 0;
  const int up = static_cast<std::uint8_t>(counter - *before);
  if (confirmed_ < 3) {
    // Three steps of the same single stride tell how this device counts.
    const int step = up == 1 ? 1 : up == 255 ? -1 : 0;
    confirmed_ = step != 0 && (step == direction_ || direction_ == 0) ? confirmed_ + 1 : 0;
    direction_ = step;
    return 0;
  }
  const int stride = direction_ > 0 ? up : static_cast<std::uint8_t>(*before - counter);
  const int gap = (stride + 255) % 256;  // packets between, modulo 256
  // Only the counter says how many to the packet; only the clock says how many turns of 256.
  const double turns = std::round((elapsed_packets - 1 - gap) / 256.0);
  return static_cast<std::uint64_t>(gap) + (turns > 0 && turns < 1e6 ? 256 * static_cast<std::uint64_t>(turns) : 0);
}

bool ChecksumTrust::accept(ByteView packet) {
  const bool right = packet.size() >= 5 && packet[3] == checksum(packet);
  if (right) {
    right_in_a_row_ = std::min(right_in_a_row_ + 1, 8);
    return true;
  }
  if (right_in_a_row_ >= 8) {
    ++rejected_;
    return false;
  }
  right_in_a_row_ = 0;
  return true;
}

Bytes encode_response(Command command, std::uint8_t counter, ByteView data) {
  // What byte 0 of a response is, the vendor's code does not say: anything but 20. The commands' own is used.
  Bytes p = {packet_command, static_cast<std::uint8_t>(6 + data.size()), counter, 0, command, counter};
  p.insert(p.end(), data.begin(), data.end());
  p[3] = checksum(p);
  return p;
}

Bytes encode_measurement(std::uint8_t counter, std::uint16_t mask, const std::vector<float>& interleaved,
                         std::size_t count) {
  Writer w;
  w.put(packet_measurement).put(static_cast<std::uint8_t>(9 + 4 * interleaved.size())).put(counter);
  w.put<std::uint8_t>(0).put<std::uint8_t>(0x06).put(mask).put(static_cast<std::uint8_t>(count)).put<std::uint8_t>(0);
  for (float v : interleaved) w.put(v);
  w.bytes[3] = checksum(w.bytes);
  return w.bytes;
}

Bytes encode_status(const Status& s) {
  Writer w;
  w.put(s.status).put<std::uint8_t>(0).put<std::uint8_t>(1).put<std::uint8_t>(2).put<std::uint16_t>(3);
  w.put<std::uint8_t>(1).put<std::uint8_t>(0).put<std::uint16_t>(0).put(s.battery_percent).put(s.charger);
  return w.bytes;
}

Bytes encode_device_info(const DeviceInfo& i) {
  Writer w;
  w.text(i.order_code, 16).text(i.serial, 16).text(i.name, 32).put<std::uint16_t>(1).put<std::uint16_t>(2026);
  w.put<std::uint8_t>(1).put<std::uint8_t>(1).put<std::uint32_t>(0).put<std::uint32_t>(0).text("", 6);
  w.put<std::uint32_t>(0).text(i.description, 64);
  return w.bytes;
}

Bytes encode_sensor_info(const SensorInfo& s) {
  Writer w;
  w.put(s.number).put<std::uint8_t>(0).put(s.id).put(s.numeric_type).put(s.sampling_mode).text(s.description, 60);
  w.text(s.unit, 32).put(s.uncertainty).put(s.minimum).put(s.maximum).put(s.min_period_us).put(s.max_period_us);
  w.put(s.typical_period_us).put(s.granularity_us).put(s.exclusion_mask);
  return w.bytes;
}

}  // namespace caukham::devices::vernier
