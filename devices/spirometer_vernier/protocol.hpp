// Vernier Go Direct devices over USB HID: reports in, packets out, and the commands back.
// Source: VernierST/godirect-js and godirect-py (published by the vendor, BSD-3-Clause).
//
// A report has 64 bytes and no report number: byte 0 says how many of the following 63 are packet bytes. A packet names
// its own length in byte 1 and may span reports. The vendor's code checks neither the counter (byte 2) nor the checksum
// (byte 3) of what a device sends; here both are believed once a run of packets has shown that the device keeps them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "devices/model/model.hpp"

namespace caukham::devices::vernier {

inline constexpr std::size_t report_bytes = 64;
using Report = std::array<std::uint8_t, report_bytes>;

enum Command : std::uint8_t {
  cmd_status = 0x10, cmd_start = 0x18, cmd_stop = 0x19, cmd_init = 0x1A, cmd_period = 0x1B, cmd_sensor_info = 0x50,
  cmd_sensor_mask = 0x51, cmd_disconnect = 0x54, cmd_device_info = 0x55, cmd_default_mask = 0x56,
};

inline constexpr std::uint8_t packet_command = 0x58, packet_measurement = 0x20;

// 8-bit sum of the packet with its checksum byte taken as zero.
std::uint8_t checksum(ByteView packet);

// Builds commands with the rolling counter: the first carries FE, each later one less, wrapping.
class Commander {
 public:
  Bytes init();  // also sets the counter back, as the vendor's code does
  Bytes simple(Command command);  // status, device info, masks, disconnect
  Bytes sensor_info(std::uint8_t sensor);
  Bytes period(std::uint32_t period_us);
  Bytes start(std::uint32_t sensor_mask);
  Bytes stop();
  std::uint8_t last_counter() const { return counter_; }

 private:
  Bytes build(Command command, ByteView payload);
  std::uint8_t counter_ = 0xFF;
};

// A packet cut into reports, unused bytes zero.
std::vector<Report> to_reports(ByteView packet);

// Joins reports into packets. Bounded by one packet (255 bytes); never throws.
class Joiner {
 public:
  // Appends the packets that this report completes. A report whose byte 0 is 0 or above 63 is counted as garbage.
  void feed(ByteView report, std::vector<Bytes>& packets);
  void reset() { partial_.clear(); }
  std::uint64_t garbage() const { return garbage_; }

 private:
  Bytes partial_;
  std::uint64_t garbage_ = 0;
};

struct Response {
  std::uint8_t command = 0, counter = 0;  // echoed
  Bytes data;
};

struct Measurement {
  std::uint8_t counter = 0;
  std::uint32_t mask = 0;      // sensors, bit = number
  std::size_t count = 0;       // samples a sensor
  std::vector<double> values;  // interleaved in the order of rising sensor number
  // The values of one sensor, in order; empty when it is not in the mask.
  std::vector<double> of(unsigned sensor) const;
};

struct Notice {
  std::uint8_t type = 0;  // 0x0C start time, 0x0D the device dropped samples, 0x0E period; layouts are not published
};

using Packet = std::variant<Response, Measurement, Notice>;

// nullopt when the packet is truncated, its counts do not fit its length, or a value is not finite.
std::optional<Packet> parse_packet(ByteView packet);

struct Status {
  std::uint8_t status = 0, battery_percent = 0, charger = 0;  // charger: 0 idle, 1 charging, 2 complete, 3 error
  std::string firmware;                                       // "1.2.34"
};
std::optional<Status> parse_status(ByteView data);

struct DeviceInfo {
  std::string order_code, serial, name, description;
};
std::optional<DeviceInfo> parse_device_info(ByteView data);

struct SensorInfo {
  std::uint8_t number = 0, numeric_type = 0, sampling_mode = 0;  // type 0 real, 1 int32; mode 0 periodic
  std::uint32_t id = 0;
  std::string description, unit;
  double uncertainty = 0, minimum = 0, maximum = 0;
  std::uint32_t min_period_us = 0, typical_period_us = 0, granularity_us = 0, exclusion_mask = 0;
  std::uint64_t max_period_us = 0;
};
std::optional<SensorInfo> parse_sensor_info(ByteView data);
std::optional<std::uint32_t> parse_mask(ByteView data);

// The flow channel among a device's sensors: a periodic one in L/s, the one called "flow" first. nullptr: none.
const SensorInfo* find_flow(const std::vector<SensorInfo>& sensors);

// Counts packets that went missing, from the 8-bit counter. Learns from the first packets whether the device counts up,
// down or not at all; as long as it does not know, nothing is lost.
class PacketCounter {
 public:
  // elapsed_packets: how many packets the time since the last one was long, by the host's clock; resolves gaps of more
  // than 255. Returns the number of packets missing before this one.
  std::uint64_t missing(std::uint8_t counter, double elapsed_packets);

 private:
  std::optional<std::uint8_t> last_;
  int direction_ = 0;  // +1, -1, or 0: not known
  int confirmed_ = 0;
};

// Whether to believe checksums: once eight in a row were right, a wrong one means damage.
class ChecksumTrust {
 public:
  bool accept(ByteView packet);
  std::uint64_t rejected() const { return rejected_; }

 private:
  int right_in_a_row_ = 0;
  std::uint64_t rejected_ = 0;
};

// The device's side, for the model and for round trips.
Bytes encode_response(Command command, std::uint8_t counter, ByteView data);
Bytes encode_measurement(std::uint8_t counter, std::uint16_t mask, const std::vector<float>& interleaved,
                         std::size_t count);
Bytes encode_status(const Status& status);
Bytes encode_device_info(const DeviceInfo& info);
Bytes encode_sensor_info(const SensorInfo& info);

}  // namespace caukham::devices::vernier
