// The virtual link: a port whose other end is a device model in the simulator, over one channel of the
// virtual bus.
#pragma once
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "ipc/bus_wire.hpp"
#include "pluginhost/transport/port.hpp"

namespace caukham::pluginhost {

// The plugin host's end of the bus; lives as long as the host. A thread of its own receives the answers, so
// that a read and a write can run at once.
class VirtualLink {
 public:
  explicit VirtualLink(ipc::Channel channel);
  ~VirtualLink();
  VirtualLink(const VirtualLink&) = delete;
  VirtualLink& operator=(const VirtualLink&) = delete;

  // Sends and waits for the answer; what came with it is copied to `into`. CK_E_GONE when the simulator is
  // gone. `until_sent` is unlocked as soon as the request is on its way.
  ck_result call(ipc::BusRequest head, std::span<const std::uint8_t> payload, std::span<std::uint8_t> into,
                 std::unique_lock<std::mutex>* until_sent = nullptr);
  // Sends without waiting for anything.
  void tell(ipc::BusOp op);

 private:
  struct Waiting {
    std::span<std::uint8_t> into;
    std::size_t filled = 0;
    ck_result result = CK_OK;
    bool done = false;
  };
  void receive();
  bool send(const ipc::BusRequest& head, std::span<const std::uint8_t> payload);

  ipc::Channel channel_;
  std::mutex send_mutex_, mutex_;
  std::condition_variable answered_;
  std::map<std::uint32_t, Waiting> waiting_;
  std::uint32_t next_id_ = 1;
  bool gone_ = false;
  std::atomic<bool> stopping_{false};
  std::thread receiver_;
};

Opened open_virtual(VirtualLink& link, const ck_endpoint& endpoint);

}  // namespace caukham::pluginhost
