#include "pluginhost/transport/transport.hpp"

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "ipc/validate.hpp"
#include "pluginhost/host_table.hpp"
#include "pluginhost/transport/trace.hpp"
#include "pluginhost/transport/traffic.hpp"
#include "pluginhost/wire.hpp"

using caukham::pluginhost::HostTable;
using caukham::pluginhost::PortBackend;

// What the plugin holds as an opaque pointer.
struct ck_port {
  std::unique_ptr<PortBackend> backend;
  HostTable* host;
  // In use: an endpoint address of USB with its direction in bit 7 (others: 0), and control transfers.
  std::array<std::atomic<bool>, 256> busy{};
  std::atomic<bool> controlling{false};
  std::atomic<int> running{0};
};

namespace caukham::pluginhost {
namespace {

constexpr std::uint32_t max_timeout_ms = 10000;

// Marks an endpoint of a port as in use for the length of one call.
class InUse {
 public:
  InUse(ck_port* port, std::atomic<bool>& flag, const char* call)
      : port_(port), flag_(flag), mine_(!flag.exchange(true)) {
    ++port_->running;
    if (!mine_) port->host->plugin_misbehaves(call, "two threads use one endpoint of a port at once");
  }
  ~InUse() {
    if (mine_) flag_ = false;
    --port_->running;
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  explicit operator bool() const { return mine_; }

 private:
  ck_port* port_;
  std::atomic<bool>& flag_;
  bool mine_;
};
// HID and serial have one endpoint, 0, for both directions: reading is told from writing by bit 7 here as well.
std::atomic<bool>& reading(ck_port* port, std::uint8_t endpoint) { return port->busy[endpoint | 0x80u]; }
std::atomic<bool>& writing(ck_port* port, std::uint8_t endpoint) { return port->busy[endpoint & 0x7Fu]; }

// No exception crosses the border.
template <class Call>
ck_result guarded(const ck_port* port, const char* name, Call call) noexcept {
  try {
    return call();
  } catch (const std::exception& e) {
    port->host->log(CK_LOG_ERROR, std::string("transport ") + name + ": " + e.what());
  }
  return CK_E_INTERNAL;
}

bool sane(const void* data, std::uint32_t bytes, std::uint32_t most, std::uint32_t timeout_ms) {
  return data && bytes >= 1 && bytes <= most && timeout_ms >= 1 && timeout_ms <= max_timeout_ms;
}

std::span<const std::uint8_t> moved(const void* data, ck_result result) {
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(result > 0 ? result : 0)};
}

ck_result CK_ABI t_open(const ck_host* host, const ck_endpoint* endpoint, ck_port** out) {
  if (!host || !endpoint || !out) return CK_E_INVALID;
  *out = nullptr;
  HostTable& table = HostTable::of(host);
  ck_endpoint wanted;
  if (!take_wire(wanted, endpoint, CK_ENDPOINT_SIZE_1_0) || ipc::wrong_with(wanted)) return CK_E_INVALID;
  try {
    Opened opened = table.transport()->open(wanted);
    if (!opened.port) {
      table.log(CK_LOG_ERROR, opened.why);
      return opened.result < 0 ? opened.result : CK_E_IO;
    }
    *out = new ck_port{std::move(opened.port), &table};
    Trace::note("open", 0, CK_OK, {});
    Traffic::opened(wanted);
    return CK_OK;
  } catch (const std::exception& e) {
    table.log(CK_LOG_ERROR, std::string("transport open: ") + e.what());
    return CK_E_INTERNAL;
  }
}

void CK_ABI t_close(ck_port* port) {
  if (!port) return;
  if (port->running > 0) {
    port->host->plugin_misbehaves("transport close", "a call is still running on the port");
    port->backend->cancel(true);
    while (port->running > 0) std::this_thread::yield();
  }
  Trace::note("close", 0, CK_OK, {});
  delete port;
}

ck_result CK_ABI t_control(ck_port* port, std::uint8_t request_type, std::uint8_t request,
                           std::uint16_t value, std::uint16_t index, void* data, std::uint16_t length,
                           std::uint32_t timeout_ms) {
  if (!port || (length > 0 && !data) || timeout_ms < 1 || timeout_ms > max_timeout_ms) return CK_E_INVALID;
  return guarded(port, "control", [&]() -> ck_result {
    const InUse use(port, port->controlling, "transport control");
    if (!use) return CK_E_STATE;
    const Traffic::Asking asking;
    const Setup setup{request_type, request, value, index};
    const ck_result r = port->backend->control(setup, {static_cast<std::uint8_t*>(data), length}, timeout_ms);
    asking.asked(setup, r, data);
    Trace::note("control", request, r, moved(data, r));
    return r;
  });
}

ck_result CK_ABI t_claim(ck_port* port, std::uint8_t interface) {
  return port ? guarded(port, "claim", [&] { return port->backend->claim(interface); }) : CK_E_INVALID;
}
ck_result CK_ABI t_set_alternate(ck_port* port, std::uint8_t interface, std::uint8_t alternate) {
  return port ? guarded(port, "set_alternate",
                        [&] { return port->backend->set_alternate(interface, alternate); })
              : CK_E_INVALID;
}
ck_result CK_ABI t_clear_halt(ck_port* port, std::uint8_t endpoint) {
  return port ? guarded(port, "clear_halt", [&] { return port->backend->clear_halt(endpoint); })
              : CK_E_INVALID;
}
ck_result CK_ABI t_reset(ck_port* port) {
  return port ? guarded(port, "reset", [&] { return port->backend->reset(); }) : CK_E_INVALID;
}
ck_result CK_ABI t_set_line(ck_port* port, const ck_serial_line* given) {
  ck_serial_line line;
  if (!port || !take_wire(line, given, CK_SERIAL_LINE_SIZE_1_0)) return CK_E_INVALID;
  if (line.baud == 0 || line.data_bits < 7 || line.data_bits > 8 || line.parity > CK_PARITY_EVEN || line.stop_bits < 1 ||
      line.stop_bits > 2 || line.flow > CK_FLOW_RTS_CTS || line.dtr > 1 || line.rts > 1)
    return CK_E_INVALID;
  return guarded(port, "set_line", [&] {
    const ck_result r = port->backend->set_line(line);
    if (r >= 0) Traffic::line_set(line);
    return r;
  });
}

ck_result CK_ABI t_read(ck_port* port, std::uint8_t endpoint, void* data, std::uint32_t capacity,
                        std::uint32_t timeout_ms) {
  if (!port || !sane(data, capacity, CK_TRANSPORT_MAX_READ, timeout_ms) || (endpoint != 0 && (endpoint & 0x80) == 0))
    return CK_E_INVALID;
  return guarded(port, "read", [&]() -> ck_result {
    const InUse use(port, reading(port, endpoint), "transport read");
    if (!use) return CK_E_STATE;
    const ck_result r =
        port->backend->read(endpoint, {static_cast<std::uint8_t*>(data), capacity}, timeout_ms);
    if (r != CK_E_AGAIN) Trace::note("in", endpoint, r, moved(data, r));
    Traffic::came(endpoint, r, data);
    return r;
  });
}

ck_result CK_ABI t_write(ck_port* port, std::uint8_t endpoint, const void* data, std::uint32_t bytes,
                         std::uint32_t timeout_ms) {
  if (!port || !sane(data, bytes, CK_TRANSPORT_MAX_WRITE, timeout_ms) || (endpoint & 0x80) != 0)
    return CK_E_INVALID;
  return guarded(port, "write", [&]() -> ck_result {
    const InUse use(port, writing(port, endpoint), "transport write");
    if (!use) return CK_E_STATE;
    const Traffic::Asking asking;
    const std::span given(static_cast<const std::uint8_t*>(data), bytes);
    const ck_result r = port->backend->write(endpoint, given, timeout_ms);
    asking.wrote(endpoint, given, r);
    Trace::note("out", endpoint, r, moved(data, r));
    return r;
  });
}

void CK_ABI t_cancel(ck_port* port, std::int32_t cancelled) {
  if (port) port->backend->cancel(cancelled != 0);
}

constexpr ck_host_transport the_table = {t_open,     t_close, t_control, t_claim, t_set_alternate,
                                         t_clear_halt, t_reset,   t_set_line, t_read,  t_write, t_cancel};

}  // namespace

const ck_host_transport* Transport::table() const { return &the_table; }

void Transport::allow(const std::optional<ck_endpoint>& endpoint) {
  std::lock_guard lock(mutex_);
  allowed_ = endpoint;
}

Opened Transport::open(const ck_endpoint& endpoint) {
  {
    std::lock_guard lock(mutex_);
    if (!allowed_ || allowed_->link != endpoint.link || allowed_->flags != endpoint.flags ||
        std::strcmp(allowed_->path, endpoint.path) != 0)
      return {nullptr, CK_E_DENIED, "a plugin may open only the endpoint it was given"};
  }
  return opener_(endpoint);
}

Opened open_hardware(const ck_endpoint& endpoint) {
  switch (endpoint.link) {
    case CK_LINK_USB: return open_usb(endpoint);
    case CK_LINK_HID: return open_hid(endpoint);
    case CK_LINK_SERIAL: return open_serial(endpoint);
    default:
      return {nullptr, CK_E_UNSUPPORTED, "a class camera is reached through the system, not the transport"};
  }
}

}  // namespace caukham::pluginhost
