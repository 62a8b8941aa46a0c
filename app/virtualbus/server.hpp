// The simulator: device models behind the virtual bus. One thread does everything; it sleeps until a request
// comes or a model has something for a read that waits.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "devices/model/model.hpp"
#include "ipc/bus_wire.hpp"
#include "ipc/poller.hpp"
#include "virtualbus/control.hpp"

namespace caukham::virtualbus {

struct NamedModel {
  std::string name;  // "ecg": what PLUG and the endpoint's path "sim:ecg" call it
  std::unique_ptr<devices::DeviceModel> model;
};

// One thread.
class Server {
 public:
  // Devices beyond max_devices are left out. All are unplugged at first.
  explicit Server(std::vector<NamedModel> models);
  // Until the application closes the control channel or says something impossible.
  void run(ipc::Channel control);

 private:
  struct Device {
    std::string name;
    std::unique_ptr<devices::DeviceModel> model;
    bool plugged = false;
  };
  struct PendingRead {
    std::uint32_t id, length;
    std::uint8_t endpoint;
    std::int64_t deadline_ns;
  };
  // One plugin host's link.
  struct Host {
    std::uint64_t tag = 0;
    ipc::Channel channel;
    Device* device = nullptr;
    bool gone = false;  // its device has been unplugged, or another host has taken over
    bool port_open = false;
    std::vector<PendingRead> reads;
    std::deque<std::vector<std::byte>> outbox;
  };

  bool obey(const ControlRequest& request, std::vector<ipc::Handle>& handles, ControlAnswer& answer);
  void attach(Device& device, ipc::Channel channel);
  void detach(Device& device);
  Device* find(std::string_view name);

  // False: the host is to be dropped.
  bool hear(Host& host);
  bool request(Host& host, const ipc::BusIncoming& in);
  void serve_reads(Host& host);
  bool finish(Host& host, std::uint32_t id, ck_result result, std::span<const std::byte> data = {});
  bool flush(Host& host);
  void port_closed(Host& host);
  int sleep_ms() const;

  std::vector<Device> devices_;
  std::vector<std::unique_ptr<Host>> hosts_;
  ipc::Poller poller_;
  std::uint64_t next_tag_ = 2;
};

}  // namespace caukham::virtualbus
