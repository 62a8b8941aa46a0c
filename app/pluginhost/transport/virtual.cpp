#include "pluginhost/transport/virtual.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace caukham::pluginhost {
namespace {

// The simulator answers every request at its time; this much later it is taken for dead.
constexpr std::uint32_t grace_ms = 2000;

class VirtualPort final : public PortBackend {
 public:
  explicit VirtualPort(VirtualLink& link) : link_(link) {}
  ~VirtualPort() override { link_.tell(ipc::BusOp::close); }

  ck_result control(const Setup& setup, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    ipc::BusRequest r{};
    r.op = ipc::BusOp::control;
    r.request_type = setup.request_type;
    r.request = setup.request;
    r.value = setup.value;
    r.index = setup.index;
    r.length = static_cast<std::uint32_t>(data.size());
    r.timeout_ms = timeout_ms;
    const bool in = (setup.request_type & 0x80) != 0;
    return link_.call(r, in ? std::span<std::uint8_t>() : data, in ? data : std::span<std::uint8_t>());
  }
  ck_result claim(std::uint8_t) override { return CK_OK; }
  ck_result reset() override { return CK_OK; }
  ck_result set_line(const ck_serial_line&) override { return CK_OK; }  // a model has no line to set
  ck_result set_alternate(std::uint8_t interface, std::uint8_t alternate) override {
    ipc::BusRequest r{};
    r.op = ipc::BusOp::set_alternate;
    r.value = interface;
    r.index = alternate;
    return link_.call(r, {}, {});
  }
  ck_result clear_halt(std::uint8_t endpoint) override {
    ipc::BusRequest r{};
    r.op = ipc::BusOp::clear_halt;
    r.endpoint = endpoint;
    return link_.call(r, {}, {});
  }
  ck_result read(std::uint8_t endpoint, std::span<std::uint8_t> data, std::uint32_t timeout_ms) override {
    // Checked and sent in one go, so that the simulator sees a cancel after the read it is meant for.
    std::unique_lock order(mutex_);
    if (cancelled_) return CK_E_AGAIN;
    ipc::BusRequest r{};
    r.op = ipc::BusOp::read;
    r.endpoint = endpoint;
    r.length = static_cast<std::uint32_t>(data.size());
    r.timeout_ms = timeout_ms;
    return link_.call(r, {}, data, &order);
  }
  ck_result write(std::uint8_t endpoint, std::span<const std::uint8_t> data,
                  std::uint32_t timeout_ms) override {
    ipc::BusRequest r{};
    r.op = ipc::BusOp::write;
    r.endpoint = endpoint;
    r.length = static_cast<std::uint32_t>(data.size());
    r.timeout_ms = timeout_ms;
    return link_.call(r, data, {});
  }
  void cancel(bool cancelled) override {
    std::lock_guard order(mutex_);
    cancelled_ = cancelled;
    if (cancelled) link_.tell(ipc::BusOp::cancel);
  }

 private:
  VirtualLink& link_;
  std::mutex mutex_;
  bool cancelled_ = false;
};

}  // namespace

VirtualLink::VirtualLink(ipc::Channel channel)
    : channel_(std::move(channel)), receiver_([this] { receive(); }) {}

VirtualLink::~VirtualLink() {
  stopping_ = true;
  receiver_.join();
}

void VirtualLink::receive() {
  std::vector<std::byte> message;
  while (!stopping_) {
    // The slice bounds how long the destructor waits; answers wake it at once.
    const ipc::Received got = channel_.receive(message, nullptr, 50);
    if (got == ipc::Received::nothing) continue;
    std::optional<ipc::BusReply> reply;
    if (got == ipc::Received::message) reply = ipc::parse_bus_answer(message);
    std::lock_guard lock(mutex_);
    if (!reply) {
      gone_ = true;
      answered_.notify_all();
      return;
    }
    const auto it = waiting_.find(reply->head.id);
    if (it == waiting_.end()) continue;  // given up meanwhile
    Waiting& w = it->second;
    const std::size_t n = std::min(reply->payload.size(), w.into.size() - w.filled);
    if (n > 0) std::memcpy(w.into.data() + w.filled, reply->payload.data(), n);
    w.filled += n;
    if (reply->head.more != 0) continue;
    w.result = reply->head.result;
    w.done = true;
    answered_.notify_all();
  }
}

bool VirtualLink::send(const ipc::BusRequest& head, std::span<const std::uint8_t> payload) {
  const auto wire = ipc::bus_message(head, std::as_bytes(payload));
  std::lock_guard lock(send_mutex_);
  return channel_.send_within(wire, 1000) == ipc::Sent::ok;
}

void VirtualLink::tell(ipc::BusOp op) {
  ipc::BusRequest r{};
  r.op = op;
  send(r, {});
}

ck_result VirtualLink::call(ipc::BusRequest head, std::span<const std::uint8_t> payload,
                            std::span<std::uint8_t> into, std::unique_lock<std::mutex>* until_sent) {
  std::unique_lock lock(mutex_);
  if (gone_) return CK_E_GONE;
  head.id = next_id_++;
  Waiting& w = waiting_[head.id];
  w.into = into;
  lock.unlock();
  const bool sent = send(head, payload);
  if (until_sent) until_sent->unlock();
  lock.lock();
  if (sent)
    answered_.wait_for(lock, std::chrono::milliseconds(head.timeout_ms + grace_ms),
                       [&] { return w.done || gone_; });
  ck_result result = w.done ? w.result : CK_E_GONE;
  // A result that promises more than came is a lie of the simulator's.
  if (!into.empty() && result > static_cast<ck_result>(w.filled)) result = CK_E_IO;
  waiting_.erase(head.id);
  return result;
}

Opened open_virtual(VirtualLink& link, const ck_endpoint& endpoint) {
  ipc::BusRequest r{};
  r.op = ipc::BusOp::open;
  const ck_result result = link.call(r, {}, {});
  if (result < 0)
    return {nullptr, result, std::string("virtual device ") + endpoint.path + " is not plugged in"};
  return {std::make_unique<VirtualPort>(link), CK_OK, {}};
}

}  // namespace caukham::pluginhost
