#include "devices/spirometer_vernier/model.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace caukham::devices::vernier {
namespace {

constexpr std::size_t max_queue = 400;  // reports the device keeps for a slow host

std::vector<SensorInfo> sensors() {
  SensorInfo flow;
  flow.number = 1;
  flow.id = 1001;
  flow.description = "Flow Rate";
  flow.unit = "L/s";
  flow.uncertainty = 0.01;
  flow.minimum = -16;
  flow.maximum = 16;
  flow.min_period_us = 5'000;
  flow.max_period_us = 1'000'000;
  flow.typical_period_us = 10'000;
  flow.granularity_us = 1'000;
  SensorInfo volume = flow;
  volume.number = 2;
  volume.id = 1002;
  volume.description = "Volume";
  volume.unit = "L";
  return {flow, volume};
}

Bytes hid_descriptor() {
  const auto n = static_cast<std::uint8_t>(Model::report_descriptor().size());
  return {9, 0x21, 0x11, 0x01, 0, 1, 0x22, n, 0};
}

Bytes string_descriptor(std::string_view text) {
  Bytes d = {static_cast<std::uint8_t>(2 + 2 * text.size()), 3};
  for (char c : text) {
    d.push_back(static_cast<std::uint8_t>(c));
    d.push_back(0);
  }
  return d;
}

}  // namespace

Model::Model(std::vector<WfCurve> curves, std::string serial) : curves_(std::move(curves)) {
  identity_ = {0x08f7, 0x0010, "Vernier (SIMULATED)", "GDX-SPR SIMULATED", std::move(serial), Link::hid};
  if (!identity_.serial.starts_with("SIM")) identity_.serial = "SIM-" + identity_.serial;
}

Bytes Model::report_descriptor() {
  // One vendor-defined collection, 64 bytes in and 64 bytes out, no report numbers.
  return {0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, 0x40,
          0x09, 0x02, 0x81, 0x02, 0x09, 0x03, 0x91, 0x02, 0xC0};
}

Bytes Model::descriptors() const {
  Bytes d = {18,   1, 0x00, 0x02, 0, 0, 0, 64, static_cast<std::uint8_t>(identity_.vid),
             static_cast<std::uint8_t>(identity_.vid >> 8), static_cast<std::uint8_t>(identity_.pid),
             static_cast<std::uint8_t>(identity_.pid >> 8), 0x00, 0x01, 1, 2, 3, 1};
  const Bytes config = {9, 2, 41, 0, 1, 1, 0, 0x80, 50,  // one interface, bus powered, 100 mA
                        9, 4, 0,  0, 2, 3, 0, 0,    0};  // HID, no boot protocol, two endpoints
  const Bytes endpoints = {7, 5, 0x81, 3, 64, 0, 1, 7, 5, 0x02, 3, 64, 0, 1};
  const auto hid = hid_descriptor();
  d.insert(d.end(), config.begin(), config.end());
  d.insert(d.end(), hid.begin(), hid.end());
  d.insert(d.end(), endpoints.begin(), endpoints.end());
  return d;
}

Io Model::control(const Setup& s, ByteView data, Bytes& reply, std::int64_t now_ns) {
  reply.clear();
  const unsigned kind = s.value >> 8, number = s.value & 0xFF;
  if (s.request_type == 0x81 && s.request == 6 && kind == 0x22) reply = report_descriptor();
  else if (s.request_type == 0x81 && s.request == 6 && kind == 0x21) reply = hid_descriptor();
  else if (s.request_type == 0x80 && s.request == 6 && kind == 3) {
    if (number > 3) return Io::stall;
    reply = number == 0   ? Bytes{4, 3, 0x09, 0x04}
            : number == 1 ? string_descriptor(identity_.manufacturer)
            : number == 2 ? string_descriptor(identity_.product)
                          : string_descriptor(identity_.serial);
  } else if (s.request_type == 0x21 && s.request == 0x0A) {
    // SET_IDLE: reports come when there is something to report anyway.
  } else if (s.request_type == 0x21 && s.request == 0x09) {
    return out(0x02, data, now_ns);
  } else if (s.request_type == 0xA1 && s.request == 0x01) {
    reply.assign(report_bytes, 0);
  } else {
    return Io::stall;
  }
  if (reply.size() > s.length) reply.resize(s.length);
  return Io::ok;
}

void Model::power_on(std::int64_t now_ns) {
  booted_ = true;
  measuring_ = stalled_ = corrupt_next_ = false;
  grid_ns_ = now_ns;
  grid_index_ = next_;
  period_us_ = 10'000;
  packet_counter_ = 0;
  every_ = 1;
  tidal_ = tidal_breath(100);
  script_.clear();
  script_at_ = tidal_at_ = 0;
  pending_.clear();
  pending_count_ = 0;
  joiner_.reset();
  queue_.clear();
}

std::int64_t Model::sample_ns(std::uint64_t index) const {
  return grid_ns_ + static_cast<std::int64_t>(index - grid_index_ + 1) * period_us_ * 1000;
}

void Model::set_period(std::uint32_t period_us, std::int64_t now_ns) {
  if (period_us == period_us_) return;  // setting what is set does not disturb the grid
  flush();
  grid_ns_ = now_ns;
  grid_index_ = next_;
  period_us_ = period_us;
  tidal_ = tidal_breath(static_cast<int>(1'000'000 / period_us));
  tidal_at_ = 0;
  script_.clear();
}

// Samples a packet: 20 ms, what one report can hold with two sensors.
std::size_t Model::batch() const { return std::clamp<std::size_t>(20'000 / period_us_, 1, 6); }

float Model::next_flow() {
  if (script_at_ < script_.size()) return script_[script_at_++];
  if (!script_.empty()) {
    script_.clear();
    script_at_ = 0;
    tidal_at_ = 0;
    volume_l_ = 0;
  }
  const float v = tidal_[tidal_at_];
  if (++tidal_at_ == tidal_.size()) tidal_at_ = 0;
  return v;
}

void Model::queue(ByteView packet, std::uint64_t first, std::uint64_t count) {
  const auto reports = to_reports(packet);
  if (!host_open_ || stalled_ || queue_.size() + reports.size() > max_queue) return;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    queue_.push_back({reports[i], first, i + 1 == reports.size() ? count : 0});
    if (corrupt_next_) queue_.back().report[0] ^= 0xFF;
    corrupt_next_ = false;
  }
}

void Model::flush() {
  if (pending_count_ && packet_counter_ % every_ != 0) {
    ++packet_counter_;  // slow: made, counted, and not sent
  } else if (pending_count_) {
    const auto packet =
        encode_measurement(packet_counter_++, static_cast<std::uint16_t>(mask_), pending_, pending_count_);
    queue(packet, pending_first_, pending_count_);
  }
  pending_.clear();
  pending_count_ = 0;
}

void Model::advance(std::int64_t now_ns) {
  for (; sample_ns(next_) <= now_ns; ++next_) {
    const float flow = next_flow();
    volume_l_ += static_cast<double>(flow) * period_us_ * 1e-6;
    if (!measuring_) continue;
    if (pending_count_ == 0) pending_first_ = next_;
    if (mask_ & 2) pending_.push_back(flow);
    if (mask_ & 4) pending_.push_back(static_cast<float>(volume_l_));
    if (++pending_count_ == batch()) flush();
  }
}

void Model::command(ByteView packet, std::int64_t now_ns) {
  if (packet.size() < 5 || packet[0] != packet_command || packet[3] != checksum(packet)) return;  // says nothing
  const auto cmd = static_cast<Command>(packet[4]);
  const auto payload = packet.subspan(5);
  const auto word = [&](std::size_t at) {
    std::uint32_t v = 0;
    for (std::size_t i = 0; i < 4 && at + i < payload.size(); ++i)
      v |= static_cast<std::uint32_t>(payload[at + i]) << (8 * i);
    return v;
  };
  Bytes data = {0};
  switch (cmd) {
    case cmd_init: break;
    case cmd_status: data = encode_status({0, 87, 0, ""}); break;
    case cmd_device_info:
      data = encode_device_info({"GDX-SPR", identity_.serial, "GDX-SPR SIMULATED", "Simulated spirometer"});
      break;
    case cmd_sensor_mask: data = {0x06, 0, 0, 0}; break;
    case cmd_default_mask: data = {0x02, 0, 0, 0}; break;
    case cmd_sensor_info: {
      data = {};
      for (const auto& s : sensors())
        if (!payload.empty() && s.number == payload[0]) data = encode_sensor_info(s);
      if (data.empty()) data = encode_sensor_info({});  // the real one answers with sensor id 0
      break;
    }
    case cmd_period: set_period(std::clamp<std::uint32_t>(word(2), 5'000, 1'000'000), now_ns); break;
    case cmd_start:
      flush();
      mask_ = word(2) & 0x06;
      measuring_ = mask_ != 0;
      break;
    case cmd_stop:
    case cmd_disconnect:
      flush();  // what was sampled before the command goes out before its answer
      measuring_ = false;
      break;
    default: return;
  }
  queue(encode_response(cmd, packet[2], data), 0, 0);
}

Io Model::out(std::uint8_t, ByteView bytes, std::int64_t now_ns) {
  if (!booted_) power_on(now_ns);
  advance(now_ns);
  if (!host_open_) act("host_opened", now_ns);
  if (bytes.size() == report_bytes + 1 && bytes[0] == 0) bytes = bytes.subspan(1);  // hidapi's report number 0
  std::vector<Bytes> packets;
  joiner_.feed(bytes, packets);
  for (const auto& p : packets) command(p, now_ns);
  return Io::ok;
}

Io Model::in(std::uint8_t, std::size_t max_bytes, std::int64_t now_ns, Bytes& bytes) {
  bytes.clear();
  if (!booted_) power_on(now_ns);
  advance(now_ns);
  if (queue_.empty() || !host_open_ || stalled_) return Io::later;
  const auto item = queue_.front();
  queue_.pop_front();
  bytes.assign(item.report.begin(), item.report.begin() + static_cast<std::ptrdiff_t>(std::min(max_bytes, report_bytes)));
  if (item.count) {
    if (!any_sent_) first_sent_ = item.first;
    any_sent_ = true;
    last_sent_ = item.first + item.count - 1;
    sent_ += item.count;
  }
  return Io::ok;
}

std::int64_t Model::next_due_ns(std::uint8_t, std::int64_t now_ns) const {
  if (!booted_) return now_ns;
  if (!queue_.empty() && host_open_ && !stalled_) return now_ns;
  if (!measuring_ || !host_open_ || stalled_) return now_ns + 20'000'000;  // an act or a command may change that
  return sample_ns(next_ + batch() - pending_count_ - 1);
}

bool Model::blow(std::size_t number) {
  const int rate = static_cast<int>(1'000'000 / period_us_);
  if (number > std::max<std::size_t>(1, curves_.size())) return false;
  if (number == 0) number = turn_++ % std::max<std::size_t>(1, curves_.size()) + 1;
  const auto m = curves_.empty() ? synthetic_manoeuvre({}, rate) : manoeuvre_from_curve(curves_[number - 1], rate);
  script_ = m.flow_lps;
  script_at_ = 0;
  return true;
}

bool Model::act(std::string_view act, std::int64_t now_ns) {
  if (!booted_) power_on(now_ns);
  advance(now_ns);
  if (act == "blow") return blow(0);
  if (act.starts_with("blow ")) {
    std::size_t number = 0;
    const auto digits = act.substr(5);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc{} && end == digits.data() + digits.size() && number > 0 && blow(number);
  }
  if (act.starts_with("slow ")) {
    unsigned n = 0;
    const auto digits = act.substr(5);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (error != std::errc{} || end != digits.data() + digits.size() || n < 1 || n > 100) return false;
    every_ = n;
  } else if (act == "corrupt") {
    corrupt_next_ = true;
  } else if (act == "stall") {
    stalled_ = true;
    queue_.clear();
  } else if (act == "resume") {
    stalled_ = false;
  } else if (act == "host_closed") {
    host_open_ = false;
    joiner_.reset();
    queue_.clear();  // what nobody took was never sent
  } else if (act == "host_opened") {
    host_open_ = true;
  } else if (act == "power_cycle") {
    power_on(now_ns);
  } else {
    return false;
  }
  return true;
}

std::vector<Produced> Model::produced() const {
  return {{"flow", any_sent_ ? last_sent_ - first_sent_ + 1 : 0, sent_}};
}

}  // namespace caukham::devices::vernier
