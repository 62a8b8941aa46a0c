// The conversation with a Go Direct device over the host's HID transport. One thread at a time; ask_stop() may run
// beside read().
#pragma once
#include <caukham/cpp/device.hpp>

#include "devices/spirometer_vernier/protocol.hpp"

namespace caukham::plugins::vernier {

namespace wire = caukham::devices::vernier;
using Bytes = caukham::devices::Bytes;

class Link {
 public:
  explicit Link(const sdk::Host& host) : host_(host) {}

  ck_result open(const ck_endpoint& endpoint);

  // Ends what another program left running, and finds the flow channel. CK_E_UNSUPPORTED when this Go Direct device has
  // none (a belt, an EKG): they all share one USB id.
  ck_result discover(wire::SensorInfo& flow, wire::Status& status);

  // Begins measuring. Packets that arrive with the acknowledgement are left in `packets`.
  ck_result start(std::uint32_t period_us, unsigned sensor, std::vector<wire::Packet>& packets);

  // Asks the device to stop; the acknowledgement comes behind the last measurement, through read().
  ck_result ask_stop();

  // Reads one report; appends what it completes. CK_E_AGAIN after timeout_ms.
  ck_result read(std::vector<wire::Packet>& packets, std::uint32_t timeout_ms);

  // Reports and packets left out because they were damaged.
  std::uint64_t damaged() const { return damaged_ + joiner_.garbage() + trust_.rejected(); }

 private:
  ck_result write(const Bytes& packet, std::uint32_t timeout_ms);
  // Sends and waits for the response with the same command and counter; `keep` takes the measurements in between.
  ck_result ask(const Bytes& packet, wire::Response& response, std::vector<wire::Packet>* keep = nullptr);

  const sdk::Host& host_;
  sdk::Port port_;
  wire::Commander commander_;
  wire::Joiner joiner_;
  wire::ChecksumTrust trust_;
  std::uint64_t damaged_ = 0;
};

}  // namespace caukham::plugins::vernier
